"""regvault.registry.login over every kind of connection and become, with the round trips each takes.

What has_pipelining says of a connection decides: with it the arguments travel on stdin, whether the user has switched
pipelining on or not; without it (containers.podman.podman) they are in a file while the program starts.
"""

import hashlib
import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

from support import RegistryTest, bind, new_token

CACHE = '/root/.ansible/regvault'
PIPELINING = {'on': {'ANSIBLE_PIPELINING': '1'}, 'off': {'ANSIBLE_PIPELINING': '0'}}


class ConnectionsTest(RegistryTest):
    def setUp(self):
        self.host = self.hosts['h1']
        for host in self.hosts.values():
            host.shell('rm -rf /root/.ansible /home/*/.ansible /srv/* /run/containers /tmp/podman-run-*'
                       ' /run/user/* /root/.config /home/*/.config /home/*/auth.json')

    def log_in_twice(self, variables, arguments={}, **play):
        """The first task sends the program, the second finds it (where there is a cache). Returns the run."""
        tasks = [self.login(name, engine='podman', **arguments) for name in ('first', 'second')]
        run = self.play(tasks, vars=variables, arguments=['-vvvvv'], **play)
        self.assertEqual(('changed', 'ok'), (run.status('first'), run.status('second')), run.output[-5000:])
        for task in ('first', 'second'):
            self.assertEqual([], run.result(task).get('warnings', []))
        self.assertNotIn(self.registry.token, run.output)
        return run

    def assert_nothing_left(self, root='/'):
        self.assertEqual('', self.host.shell(
            f'find {root} -xdev -path "*/ansible-tmp-*" -o -name "regvault-tmp-*"'))

    # --- ssh

    def test_ssh_with_pipelining_on_and_off(self):
        for name, environment in PIPELINING.items():
            with self.subTest(name):
                self.setUp()
                run = self.log_in_twice({}, become=True, environment=environment)
                self.assertEqual(3 + 1, run.output.count(f'<{self.host.address}> SSH: EXEC'))
                self.assertNotIn('PUT ', run.output)
                self.assert_nothing_left()

    def test_serial(self):
        run = self.play([self.login('log in', engine='podman')], hosts='all', become=True, serial=1)
        self.assertEqual(['changed', 'changed'], [run.status('log in', name) for name in self.hosts], run.output)
        self.assertEqual(2, run.output.count('PLAY [all]'))

    # --- become: sudo with a password, su with one and a terminal are in login_test.py

    def test_su_without_a_password(self):
        """Root needs none, but su still counts as without stdin."""
        run = self.log_in_twice({'ansible_user': 'root', 'ansible_become_method': 'su'},
                                become=True, become_user='app')
        self.assertEqual(('app', '/home/app'), tuple(run.result('first')[key] for key in ('user', 'home')))
        self.assertIn('PUT ', run.output)
        self.assertFalse(self.host.path('/home/app/.ansible').exists())
        self.assert_nothing_left()

    def test_su_where_no_program_runs(self):
        place = self.host.path('/srv/noexec')
        place.mkdir()
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'noexec,mode=1777', 'noexec', place], check=True)
        self.addCleanup(subprocess.run, ['umount', place], check=True)
        run = self.play([self.login('log in')], become=True, become_method='su', vars={
            'ansible_remote_tmp': '/srv/noexec', 'ansible_become_password': self.passwords['root']})
        self.assertRegex(run.result('log in')['msg'],
                         '^the login binary cannot be run in /srv/noexec/ansible-tmp-[^ ]*; '
                         'set ansible_remote_tmp to a directory that lets programs run')
        self.assertEqual([], os.listdir(place))

    def test_between_two_users_without_rights(self):
        """Ansible hands app what deploy sent by an access list; without setfacl on the host it refuses to."""
        play = {'become': True, 'become_user': 'app',
                'vars': {'ansible_become_method': 'su', 'ansible_become_password': self.passwords['app']}}
        setfacl = '/usr/bin/setfacl'
        for there in (False, True):
            with self.subTest(setfacl=there):
                if there:
                    bind(shutil.which('setfacl'), self.host, setfacl)
                    self.addCleanup(subprocess.run, ['umount', self.host.path(setfacl)], check=True)
                task = self.login('log in', engine='podman')
                run = self.play([task], arguments=['-vvvvv'], **play)
                self.assertEqual('changed' if there else 'failed', run.status('log in'), run.output[-5000:])
                if not there:
                    self.assertIn('Failed to set permissions on the temporary files', run.result('log in')['msg'])
                self.assertNotIn(self.registry.token, run.output)
                self.assert_nothing_left()

    def test_become_that_fails(self):
        rules = self.host.path('/etc/sudoers.d/deploy')
        self.addCleanup(rules.write_text, rules.read_text())
        rules.write_text('')
        run = self.play([self.login('log in')], become=True)
        self.assertEqual(('failed', 'Missing sudo password'), (run.status('log in'), run.result('log in')['msg']))

    # --- no ssh at all

    def local_login(self, name, **arguments):
        """On the controller, whose podman is told which certificate to trust."""
        return self.login(name, engine='podman', cert_dir=str(self.scratch / 'registry/certs'), **arguments)

    def test_local(self):
        for pipelining, environment in PIPELINING.items():
            for become in (False, True):
                with self.subTest(pipelining=pipelining, become=become):
                    name = f'{pipelining}-{become}'
                    file, cache = self.scratch / f'{name}.json', self.scratch / f'cache-{name}'
                    run = self.play([self.local_login(task, auth_file=str(file)) for task in ('first', 'second')],
                                    connection='local', become=become, vars={'regvault_cache_dir': str(cache)},
                                    environment=environment, arguments=['-vvvvv'])
                    self.assertEqual(('changed', 'ok'), (run.status('first'), run.status('second')),
                                     run.output[-5000:])
                    self.assertEqual(1, len(os.listdir(cache)))
                    self.assertEqual(3 + 1, run.output.count('EXEC '))
                    self.assertIn(self.registry.name, json.loads(file.read_text())['auths'])
                    self.assertNotIn(self.registry.token, run.output)

    def test_chroot(self):
        for pipelining, environment in PIPELINING.items():
            with self.subTest(pipelining):
                self.setUp()
                run = self.log_in_twice(
                    {'ansible_host': str(self.host.root), 'ansible_connection': 'community.general.chroot'},
                    environment=environment)
                self.assertEqual('/root', run.result('first')['home'])
                self.assertEqual(1, len(os.listdir(self.host.path(CACHE))))
                self.assertEqual(3 + 1, run.output.count('EXEC '))
                self.assertNotIn('PUT ', run.output)
                self.assert_nothing_left()

    def test_chroot_become(self):
        """Linux lets nobody but root run podman in a chroot: the entry is written unproved."""
        written = {'validate': 'never', 'auth_file': '/home/app/auth.json'}
        chroot = {'ansible_host': str(self.host.root), 'ansible_connection': 'community.general.chroot'}
        for method, sends_a_file in (('sudo', False), ('su', True)):
            with self.subTest(method):
                self.setUp()
                run = self.log_in_twice(chroot, written, become=True, become_user='app', become_method=method)
                self.assertEqual('/home/app', run.result('first')['home'])
                self.assertEqual(sends_a_file, 'PUT ' in run.output)
                self.assert_nothing_left()


class OtherMachineTest(RegistryTest):
    """A host that says it is AArch64, and runs what it is sent through qemu-user.

    Its shell's `exec` does that here, as the kernel's binfmt_misc would for every program.
    """

    def test_aarch64(self):
        host = self.hosts['h1']
        bind(shutil.which('qemu-aarch64-static'), host, '/usr/bin/qemu-aarch64-static')
        bash = host.path('/usr/local/bin/aarch64-sh')
        bash.write_text('#!/bin/bash\n'
                        'exec() { echo "$1" >> /tmp/emulated; builtin exec qemu-aarch64-static "$@"; }\n'
                        '[ "$1" = -c ] && eval "$2"\n')
        uname = host.path('/usr/local/bin/uname')
        uname.write_text('#!/bin/sh\n/usr/bin/uname "$@" | sed s/x86_64/aarch64/\n')
        for file in (bash, uname):
            file.chmod(0o755)
            self.addCleanup(file.unlink)
        sha256 = hashlib.sha256((self.collections / 'ansible_collections/regvault/registry/programs/login_aarch64')
                                .read_bytes()).hexdigest()
        wrong = self.login('refused', engine='podman', password=new_token(), auth_file='/srv/auth.json',
                           keywords={'ignore_errors': True})
        run = self.play([self.login('first', engine='podman'), self.login('second', engine='podman'), wrong],
                        vars={'ansible_shell_executable': '/usr/local/bin/aarch64-sh'}, become=True)
        self.assertEqual(('changed', 'ok', 'failed'),
                         tuple(run.status(task) for task in ('first', 'second', 'refused')), run.output[-5000:])
        self.assertIn('refused the credentials', run.result('refused')['msg'])
        self.assertEqual([sha256], os.listdir(host.path('/root/.ansible/regvault')))
        self.assertEqual([f'./{sha256}'] * 3, host.path('/tmp/emulated').read_text().split())
        self.assertEqual(f'{self.registry.user}\n', host.shell(f'podman login --get-login {self.registry.name}'))


class ContainerTest(RegistryTest):
    """The podman connection has no stdin. A real container, of busybox and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_room_for_containers()
        cls.state_of_podman = cls.scratch / 'podman'
        cls.options = ['--root', str(cls.state_of_podman / 'root'), '--runroot', str(cls.state_of_podman / 'run'),
                       '--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--events-backend', 'none']
        archive = make_busybox_archive(cls.scratch)
        cls.podman('import', archive, 'localhost/regvault-test:1')
        cls.podman('run', '-d', '--name', 'regvault-test', '--network', 'none', '--cgroups', 'disabled',
                   '--ulimit', 'nofile=1000:1000', '--ulimit', 'nproc=1000:1000',  # fewer than anybody has
                   'localhost/regvault-test:1', 'sleep', '100000')
        cls.addClassCleanup(cls.podman, 'rm', '--force', '--time', '0', 'regvault-test')

    @classmethod
    def podman(cls, *arguments):
        done = subprocess.run(['podman', *cls.options, *arguments], capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise AssertionError(f'podman {" ".join(map(str, arguments))}: {done.stderr}')
        return done.stdout

    def test_podman_connection(self):
        """Nothing asks a registry: the container has neither podman nor a network."""
        variables = {'ansible_host': 'regvault-test', 'ansible_connection': 'containers.podman.podman',
                     'ansible_user': 'root', 'ansible_podman_extra_args': ' '.join(self.options)}
        arguments = {'engine': 'podman', 'validate': 'never', 'auth_file': '/root/auth.json'}
        wrong = {**arguments, 'state': 'perhaps'}
        for name, environment in PIPELINING.items():
            with self.subTest(name):
                self.podman('exec', 'regvault-test', 'rm', '-f', '/root/auth.json')
                run = self.play(
                    [self.login('first', **arguments), self.login('second', **arguments),
                     self.login('wrong', keywords={'ignore_errors': True}, **wrong)],
                    vars=variables, arguments=['-vvvvv'],
                    environment={'ANSIBLE_KEEP_REMOTE_FILES': '1', 'ANSIBLE_DEBUG': '1', **environment})
                self.assertEqual(('changed', 'ok', 'failed'),
                                 tuple(run.status(task) for task in ('first', 'second', 'wrong')), run.output[-5000:])
                self.assertIn('perhaps', run.result('wrong')['msg'])
                self.assertNotIn(self.registry.token, run.output)
                stored = json.loads(self.podman('exec', 'regvault-test', 'cat', '/root/auth.json'))
                self.assertIn(self.registry.name, stored['auths'])
                found = self.podman('exec', 'regvault-test', 'find', '/', '-xdev', '-path', '*/ansible-tmp-*')
                self.assertEqual('', found)


def make_room_for_containers():
    """crun refuses the mixture of both kinds of control groups; what this namespace shows of them is its own."""
    groups = Path('/sys/fs/cgroup')
    if not (groups / 'cgroup.controllers').exists():
        subprocess.run(['umount', '--recursive', '--lazy', groups], check=True)
        subprocess.run(['mount', '-t', 'cgroup2', 'none', groups], check=True)


def make_busybox_archive(scratch):
    top = scratch / 'busybox'
    for name in ('bin', 'etc', 'root', 'tmp', 'proc', 'dev', 'sys'):
        (top / name).mkdir(parents=True)
    shutil.copy(shutil.which('busybox'), top / 'bin/busybox')
    subprocess.run(['chroot', top, '/bin/busybox', '--install', '-s', '/bin'], check=True)
    (top / 'etc/passwd').write_text('root:x:0:0:root:/root:/bin/sh\n')
    archive = scratch / 'busybox.tar'
    subprocess.run(['tar', '-C', top, '-cf', archive, '.'], check=True)
    return archive


if __name__ == '__main__':
    unittest.main()
