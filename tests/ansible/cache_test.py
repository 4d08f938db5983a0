"""How the login binary gets onto a host, is kept there and trusted, as plays see it."""

import hashlib
import json
import os
import shutil
import subprocess
import unittest

from support import RegistryTest

DEPLOY, APP = 1000, 1001
CACHE = '/home/deploy/.ansible/regvault'


class CacheTest(RegistryTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        binary = cls.collections / 'ansible_collections/regvault/registry/programs/login_x86_64'
        cls.sha256 = hashlib.sha256(binary.read_bytes()).hexdigest()

    def setUp(self):
        for host in self.hosts.values():
            for user in ('root', 'home/deploy', 'home/app'):
                shutil.rmtree(host.path(f'/{user}/.ansible'), ignore_errors=True)
        self.cache = self.hosts['h1'].path(CACHE)

    def log_in(self, hosts='h1', login={}, **play):
        """Runs one login task; its result must be good. Returns (warnings, round trips by host)."""
        task = self.login('log in', engine='podman', validate='never', **login)
        run = self.play([task], hosts=hosts, arguments=['-vvv'], **play)
        names = ('h1', 'h2') if hosts == 'all' else (hosts,)
        for name in names:
            self.assertIn(run.status('log in', name), ('ok', 'changed'), run.output)
        trips = {name: run.output.count(f'<{self.hosts[name].address}> SSH: EXEC') for name in names}
        return run.result('log in', names[0]).get('warnings', []), trips

    def assert_one_warning(self, warnings, *texts):
        self.assertEqual(1, len(warnings), warnings)
        for text in texts:
            self.assertIn(text, warnings[0])

    def temporary_files(self):
        return self.hosts['h1'].shell('find / -xdev -name "regvault-tmp-*" -o -path "*/ansible-tmp-*"').split()

    def test_three_round_trips_cold_one_warm(self):
        self.assertEqual(([], {'h1': 3, 'h2': 3}), self.log_in('all'))
        self.assertEqual(([], {'h1': 1, 'h2': 1}), self.log_in('all'))
        self.assertEqual(([], {'h1': 3}), self.log_in(become=True, become_user='app'))
        self.assertEqual(([], {'h1': 1}), self.log_in(become=True, become_user='app'))
        for host in self.hosts.values():
            found = host.shell(f'stat -c "%U %a %n" {CACHE} {CACHE}/*').split('\n')
            self.assertEqual([f'deploy 700 {CACHE}', f'deploy 700 {CACHE}/{self.sha256}', ''], found)
        self.assertEqual([f'{self.sha256}'], os.listdir(self.hosts['h1'].path('/home/app/.ansible/regvault')))

    def test_a_damaged_copy_is_replaced(self):
        """Whatever lies there under the name of the binary: it leaves a trace if it runs."""
        trap = b'#!/bin/sh\ntouch /tmp/trapped\n'
        file = self.cache / self.sha256

        def swapped_for(path):
            def swap():
                file.unlink()
                file.symlink_to(path)
            return swap

        def written(owner, mode, content=None):
            def write():
                file.write_bytes(content or file.read_bytes())
                os.chown(file, owner, owner)
                file.chmod(mode)
            return write

        self.hosts['h1'].path('/srv/trap.sh').write_bytes(trap)
        self.hosts['h1'].path('/srv/trap.sh').chmod(0o755)
        self.log_in()
        for name, damage in {
                'other content': written(DEPLOY, 0o700, trap),
                "somebody else's": written(APP, 0o755),
                "root's": written(0, 0o755),
                'all may write': written(DEPLOY, 0o777),
                'a link': swapped_for('/srv/trap.sh')}.items():
            with self.subTest(name):
                damage()
                warnings, trips = self.log_in()
                self.assert_one_warning(warnings, 'was not the one stored there; it was not run, and is replaced')
                self.assertEqual({'h1': 3}, trips)
                self.assertEqual(([], {'h1': 1}), self.log_in())
        self.assertFalse(self.hosts['h1'].path('/tmp/trapped').exists())
        self.assertEqual(trap, self.hosts['h1'].path('/srv/trap.sh').read_bytes())

    def test_a_directory_others_may_write_is_not_used(self):
        self.log_in()
        for owner, mode in ((DEPLOY, 0o777), (APP, 0o755), (0, 0o755)):
            with self.subTest(owner=owner, mode=oct(mode)):
                os.chown(self.cache, owner, owner)
                self.cache.chmod(mode)
                warnings, trips = self.log_in()
                self.assert_one_warning(warnings, 'is not cached on this host but sent each time',
                                        f'{CACHE} must belong to deploy with mode 0700')
                self.assertEqual({'h1': 3}, trips)
                self.assertEqual([], self.temporary_files())
                self.assertEqual([self.sha256], os.listdir(self.cache))

    def test_a_link_to_a_directory_of_somebody_else(self):
        self.log_in()
        trap = self.hosts['h1'].path('/srv/trap')
        shutil.copytree(self.cache, trap)
        self.addCleanup(shutil.rmtree, trap)
        shutil.rmtree(self.cache)
        os.chown(trap, APP, APP)
        trap.chmod(0o755)
        self.cache.symlink_to('/srv/trap')
        warnings, _ = self.log_in()
        self.assert_one_warning(warnings, 'must belong to deploy')

    def test_no_cache_wanted(self):
        for play in ({}, {'become': True, 'become_user': 'app'}):
            variables = {'regvault_cache': '{{ wanted }}', 'wanted': 'no'}
            self.assertEqual(([], {'h1': 3}), self.log_in(vars=variables, **play))
        self.assertFalse(self.cache.exists())
        self.assertEqual([], self.temporary_files())

    def test_another_directory(self):
        directory = '/home/deploy/it\'s "here"'
        variables = {'regvault_cache_dir': '{{ where }}', 'where': directory}
        self.assertEqual(([], {'h1': 3}), self.log_in(vars=variables))
        self.assertEqual(([], {'h1': 1}), self.log_in(vars=variables))
        self.assertFalse(self.cache.exists())
        shutil.rmtree(self.hosts['h1'].path(directory))

    def test_a_user_without_a_home(self):
        warnings, trips = self.log_in(become=True, become_user='nobody', login={'auth_file': '/tmp/auth.json'})
        self.assert_one_warning(warnings, '/nonexistent/.ansible/regvault cannot be made')
        self.assertEqual({'h1': 4}, trips)
        self.assertEqual([], self.temporary_files())

    def mount_noexec(self, inside):
        place = self.hosts['h1'].path(inside)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'noexec,mode=1777', 'noexec', place], check=True)
        self.addCleanup(subprocess.run, ['umount', place], check=True)

    def test_noexec(self):
        self.mount_noexec('/home/deploy')
        keys = self.hosts['h1'].path('/home/deploy/.ssh')
        shutil.copytree(self.hosts['h1'].directory / 'upper/home/deploy/.ssh', keys)
        subprocess.run(['chown', '-R', '1000:1000', keys], check=True)
        warnings, _ = self.log_in()
        self.assert_one_warning(warnings, 'programs in ~/.ansible/regvault cannot be run')
        self.mount_noexec('/var/tmp')
        self.log_in()
        self.mount_noexec('/tmp')
        run = self.play([self.login('log in')])
        self.assertEqual('failed', run.status('log in'))
        self.assertEqual('the login binary cannot be sent to the host: programs cannot be written and run in any of '
                         'these directories (~/.ansible/tmp, /var/tmp, /tmp); set regvault_cache_dir to a directory '
                         'that lets programs run', run.result('log in')['msg'])

    def test_a_machine_without_a_binary(self):
        other = self.scratch / 'aarch64-only'
        shutil.copytree(self.collections, other)
        directory = other / 'ansible_collections/regvault/registry/programs'
        (directory / 'login_aarch64').unlink(missing_ok=True)
        (directory / 'login_x86_64').rename(directory / 'login_aarch64')
        run = self.play([self.login('log in')], collections=other)
        self.assertEqual('there is no login binary for Linux x86_64, only for Linux aarch64',
                         run.result('log in')['msg'])
        (directory / 'login_aarch64').unlink()
        run = self.play([self.login('log in')], collections=other)
        self.assertIn('the collection holds no login binary', run.result('log in')['msg'])

    def test_settings_that_make_no_sense(self):
        for variables, message in (
                ({'regvault_cache_dir': 'cache'}, 'regvault_cache_dir must begin with / or ~/, it is "cache"'),
                ({'regvault_cache': 'perhaps'}, 'regvault_cache must be true or false: ')):
            result = self.play([self.login('log in')], vars=variables).result('log in')
            self.assertTrue(result['msg'].startswith(message), json.dumps(result))


if __name__ == '__main__':
    unittest.main()
