"""regvault.registry.login on real hosts without Python: podman and docker, root and others, against a real registry."""

import base64
import json
import os
import shutil
import subprocess
import unittest

from support import RegistryTest, new_token

ROOT_FILE = '/root/.config/containers/auth.json'


class LoginTest(RegistryTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The docker client is one static file; the second host has it besides podman.
        docker = shutil.which('docker')
        if not docker:
            raise RuntimeError('docker is not installed')
        place = cls.hosts['h2'].path('/usr/bin/docker')
        place.touch()
        subprocess.run(['mount', '--bind', docker, place], check=True)

    def setUp(self):
        for host in self.hosts.values():
            host.shell('rm -rf /run/containers /run/user/* /tmp/podman-run-* /srv/auth.json'
                       ' /root/.docker /root/.config/containers /home/app/.config /home/app/.docker')

    def entry(self, file, host='h1'):
        """(user, token) of the registry in an auth file on a host; None without."""
        auths = json.loads(self.hosts[host].shell(f'cat {file}')).get('auths', {})
        if self.registry.name not in auths:
            return None
        return tuple(base64.b64decode(auths[self.registry.name]['auth']).decode().split(':'))

    @property
    def right(self):
        return (self.registry.user, self.registry.token)

    def assert_no_secret(self, run, *more):
        for secret in (self.registry.token, *more):
            for form in (secret, base64.b64encode(f'{self.registry.user}:{secret}'.encode()).decode()):
                self.assertNotIn(form, run.output)

    def test_root_changed_then_ok(self):
        run = self.play([self.login('first', engine='podman'), self.login('second', engine='podman')],
                        hosts='all', become=True)
        for name, host in self.hosts.items():
            self.assertEqual(('changed', 'ok'), (run.status('first', name), run.status('second', name)), run.output)
            result = run.result('first', name)
            keys = ('registry', 'username', 'engines', 'auth_files', 'user', 'home')
            self.assertEqual((self.registry.name, self.registry.user, ['podman'], [ROOT_FILE], 'root', '/root'),
                             tuple(result[key] for key in keys))
            self.assertEqual([('podman', ROOT_FILE, True)],
                             [(login['engine'], login['auth_file'], login['changed']) for login in result['logins']])
            self.assertEqual(self.right, self.entry(ROOT_FILE, name))
            self.assertEqual('root 600\n', host.shell(f'stat -c "%U %a" {ROOT_FILE}'))
            self.assertEqual(f'{self.registry.user}\n', host.shell(f'podman login --get-login {self.registry.name}'))
        self.assert_no_secret(run)

    def test_an_unprivileged_user_changed_then_ok(self):
        run = self.play([self.login('first', engine='podman'), self.login('second', engine='podman')],
                        hosts='all', become=True, become_user='app')
        for name, host in self.hosts.items():
            self.assertEqual(('changed', 'ok'), (run.status('first', name), run.status('second', name)), run.output)
            result = run.result('first', name)
            self.assertEqual(('app', '/home/app'), (result['user'], result['home']))
            [file] = result['auth_files']
            self.assertEqual('app 600\n', host.shell(f'stat -c "%U %a" {file}'))
            self.assertEqual(self.right, self.entry(file, name))
            self.assertEqual(f'{self.registry.user}\n',
                             host.shell(f'podman login --get-login {self.registry.name}', user='app'))

    def test_docker_and_podman_by_themselves(self):
        run = self.play([self.login('first'), self.login('second')], hosts='h2', become=True)
        self.assertEqual(('changed', 'ok'), (run.status('first', 'h2'), run.status('second', 'h2')), run.output)
        self.assertEqual(['docker', 'podman'], sorted(run.result('first', 'h2')['engines']))
        for file in (ROOT_FILE, '/root/.docker/config.json'):
            self.assertEqual(self.right, self.entry(file, 'h2'))
        run = self.play([self.login('podman alone')], hosts='h1', become=True)
        self.assertEqual(['podman'], run.result('podman alone')['engines'])

    def test_check_mode_changes_nothing(self):
        run = self.play([self.login('predicted', engine='podman')], become=True, arguments=['--check', '--diff'])
        self.assertEqual('changed', run.status('predicted'), run.output)
        self.assertFalse(self.hosts['h1'].path(ROOT_FILE).exists())
        self.assert_no_secret(run)
        self.play([self.login('log in', engine='podman')], become=True)
        run = self.play([self.login('predicted', engine='podman')], become=True, arguments=['--check'])
        self.assertEqual('ok', run.status('predicted'))

    def test_diff_shows_the_entry_without_the_secret(self):
        run = self.play([self.login('log in', engine='podman'), self.login('again', engine='podman')],
                        become=True, arguments=['--diff'])
        self.assertIn(self.registry.name, json.dumps(run.result('log in')['diff']))
        self.assertIn(self.registry.name, run.output.split('TASK [again]')[0].split('TASK [log in]')[1])
        again = run.result('again')['diff']
        self.assertEqual(again['before'], again['after'])
        self.assert_no_secret(run)

    def test_a_wrong_password_fails_and_changes_nothing(self):
        wrong = new_token()
        self.play([self.login('log in', engine='podman')], become=True)
        run = self.play([self.login('wrong', engine='podman', password=wrong)], become=True)
        self.assertEqual('failed', run.status('wrong'))
        result = run.result('wrong')
        for key in ('msg', 'hint', 'reason'):
            self.assertTrue(result.get(key), f'{key} is missing in {result}')
        self.assertIn(self.registry.name, result['msg'])
        self.assertEqual(self.right, self.entry(ROOT_FILE))
        self.assert_no_secret(run, wrong)

    def test_absent(self):
        absent = {'name': 'log out', 'regvault.registry.login': {'registry': self.registry.name, 'state': 'absent'}}
        run = self.play([self.login('log in'), absent, {**absent, 'name': 'again'}], hosts='all', become=True)
        for name in self.hosts:
            self.assertEqual(('changed', 'changed', 'ok'),
                             tuple(run.status(task, name) for task in ('log in', 'log out', 'again')), run.output)
            self.assertIsNone(self.entry(ROOT_FILE, name))
        self.assertIsNone(self.entry('/root/.docker/config.json', 'h2'))

    def test_sudo_with_a_password(self):
        """sudo reads the password from the same stdin the arguments come on."""
        host, password = self.hosts['h1'], new_token()
        rules = host.path('/etc/sudoers.d/deploy')
        self.addCleanup(rules.write_text, rules.read_text())
        rules.write_text('deploy ALL=(ALL:ALL) ALL\n')
        subprocess.run(['chroot', host.root, 'chpasswd'], input=f'deploy:{password}', text=True, check=True)
        run = self.play([self.login('first', engine='podman'), self.login('second', engine='podman')],
                        become=True, vars={'ansible_become_password': password}, arguments=['-vvvvv'])
        self.assertEqual(('changed', 'ok'), (run.status('first'), run.status('second')), run.output)
        self.assert_no_secret(run, password)
        run = self.play([self.login('log in')], become=True, vars={'ansible_become_password': new_token()})
        self.assertIn('Incorrect sudo password', run.result('log in')['msg'])

    def test_su_with_a_password(self):
        """su asks for it on a terminal, so there is no stdin for the arguments."""
        play = {'become': True, 'become_method': 'su', 'vars': {'ansible_become_password': self.passwords['root']}}
        run = self.play([self.login('first', engine='podman'), self.login('second', engine='podman')],
                        environment={'ANSIBLE_KEEP_REMOTE_FILES': '1'}, **play)
        self.assertEqual(('changed', 'ok'), (run.status('first'), run.status('second')), run.output)
        self.assertEqual(self.right, self.entry(ROOT_FILE))
        self.assertEqual('', self.hosts['h1'].shell('find / -xdev -path "*/ansible-tmp-*"'))

    def test_sudo_with_a_login_shell(self):
        """-i puts a backslash before most characters of the command, and gives it to the user's shell."""
        tasks = [self.login('first', engine='podman'), self.login('second', engine='podman'),
                 self.login('not kept', engine='podman', keywords={'vars': {'regvault_cache': False}})]
        run = self.play(tasks, hosts='all', become=True, become_user='app', vars={'ansible_become_flags': '-i'})
        for name in self.hosts:
            self.assertEqual(('changed', 'ok', 'ok'),
                             tuple(run.status(task, name) for task in ('first', 'second', 'not kept')), run.output)

    def test_ssh_with_a_terminal(self):
        """It would show the arguments again, and not end."""
        run = self.play([self.login('first', engine='podman', keywords={'timeout': 60})], become=True,
                        vars={'ansible_ssh_extra_args': '-tt'}, arguments=['-vvvvv'],
                        environment={'ANSIBLE_DEBUG': '1', 'ANSIBLE_KEEP_REMOTE_FILES': '1'})
        self.assertEqual('changed', run.status('first'), run.output[-3000:])
        self.assert_no_secret(run)
        self.assertEqual('', self.hosts['h1'].shell('find / -xdev -path "*/ansible-tmp-*"'))

    def test_mistakes_that_hold_the_token(self):
        ignore = {'ignore_errors': True}
        run = self.play([
            self.login('in the registry', registry=f'https://octo:{self.registry.token}@ghcr.io', keywords=ignore),
            self.login('not UTF-8', password=self.registry.token + '\udcff', keywords=ignore),
            self.login('no program', keywords={'become': True, 'become_method': 'doas', **ignore}),
        ], vars={'ansible_become_exe': '/nonexistent/doas'}, arguments=['-vvvvv'])
        for task, message in (('in the registry', 'the name of a registry holds a user or a password'),
                              ('not UTF-8', '"password" holds bytes that are not UTF-8'),
                              ('no program', 'the login binary gave no answer (exit code 127): ')):
            self.assertEqual('failed', run.status(task))
            self.assertIn(message, run.result(task)['msg'])
        self.assertIn('/nonexistent/doas', run.result('no program')['msg'])
        self.assert_no_secret(run)

    def test_values_from_a_vault_in_the_task(self):
        """An inline !vault is still encrypted when ansible-core 2.14 hands it to an action."""
        key = self.scratch / 'vault-key'
        key.write_text(new_token())
        encrypted = subprocess.run(['ansible-vault', 'encrypt', '--vault-password-file', key],
                                   input=self.registry.token, capture_output=True, text=True, check=True).stdout
        play = self.scratch / 'vault.yml'
        block = ''.join(f'          {line}\n' for line in encrypted.splitlines())
        play.write_text('- name: log in\n  regvault.registry.login:\n'
                        f'    registry: "{self.registry.name}"\n    username: {self.registry.user}\n'
                        f'    engine: [podman]\n    timeout: 20\n    password: !vault |\n{block}')
        run = self.play([{'ansible.builtin.include_tasks': str(play)}], become=True,
                        arguments=['--vault-password-file', str(key)])
        self.assertEqual('changed', run.status('log in'), run.output)
        self.assertEqual(self.right, self.entry(ROOT_FILE))

    def test_a_file_by_argument_and_by_environment(self):
        run = self.play([
            self.login('argument', engine='podman', auth_file='/srv/auth.json'),
            self.login('environment', engine='podman',
                       keywords={'environment': {'REGISTRY_AUTH_FILE': '/srv/auth.json'}}),
        ], become=True)
        self.assertEqual(('changed', 'ok'), (run.status('argument'), run.status('environment')), run.output)
        self.assertEqual(['/srv/auth.json'], run.result('environment')['auth_files'])

    def test_an_unknown_argument_is_refused(self):
        run = self.play([self.login('log in', passwrod='x')])
        self.assertEqual('failed', run.status('log in'))
        self.assertIn('passwrod', run.result('log in')['msg'])
        self.assert_no_secret(run)

    def test_the_controller_itself(self):
        file = self.scratch / 'auth.json'
        run = self.play([self.login('log in', engine='podman', auth_file=str(file), validate='never')],
                        connection='local', vars={'regvault_cache_dir': str(self.scratch / 'programs')})
        self.assertEqual('changed', run.status('log in'), run.output)
        self.assertIn(self.registry.name, json.loads(file.read_text())['auths'])

    def test_the_installed_tarball(self):
        [archive] = self.collections.glob('regvault-registry-*.tar.gz')
        installed = self.scratch / 'installed'
        subprocess.run(['ansible-galaxy', 'collection', 'install', '--offline', '-p', installed, archive],
                       check=True, capture_output=True, env={**os.environ, 'HOME': str(self.scratch)})
        run = self.play([self.login('log in', engine='podman')], become=True, collections=installed)
        self.assertEqual('changed', run.status('log in'), run.output)


if __name__ == '__main__':
    unittest.main()
