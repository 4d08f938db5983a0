"""The role regvault.registry.ghcr on real hosts: one host first, and a refused token is tried by no other."""

import base64
import json
import subprocess
import unittest

from support import SUPPORT, RegistryTest, new_token

ROOT_FILE = '/run/containers/0/auth.json'
IMAGE = 'acme/tiny:1'
FIRST, ALL = 'Log in one host, with proof', 'Log in all hosts'
STOP, UNPROVED = 'Stop the play, as the registry refused the token', 'Stop, as the token is not proved'
EXAMPLE = SUPPORT.parents[1] / 'examples/log-in-a-fleet.yml'


class RoleTest(RegistryTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        layout, login = cls.scratch / 'image', cls.scratch / 'push.json'
        subprocess.run([SUPPORT / 'tiny_image.sh', layout], check=True)
        pair = base64.b64encode(f'{cls.registry.user}:{cls.registry.token}'.encode()).decode()
        login.write_text(json.dumps({'auths': {cls.registry.name: {'auth': pair}}}))
        subprocess.run(['skopeo', 'copy', '-q', '--authfile', login, '--dest-cert-dir', cls.scratch / 'registry/certs',
                        f'oci:{layout}:latest', f'docker://{cls.registry.name}/{IMAGE}'], check=True)
        login.unlink()

    def setUp(self):
        for host in self.hosts.values():
            host.shell('rm -rf /run/containers /root/.config/containers /srv/auth.json; podman rmi -f -a 2>/dev/null',
                       check=False)
        self.more_hosts = {}
        self.log_before = len(self.log())

    def inventory(self):
        inventory = super().inventory()
        inventory['all']['hosts'] = {**self.more_hosts, **inventory['all']['hosts']}
        return inventory

    def unreachable_first(self, number=1):
        """Hosts before h1 that nobody answers for: an address of the test's network that no host has."""
        subnet = (self.state / 'address').read_text().strip().rsplit('.', 1)[0]
        self.more_hosts = {f'a{n}': {'ansible_host': f'{subnet}.{240 + n}', 'ansible_ssh_timeout': 2,
                                     'ansible_timeout': 2} for n in range(number)}

    def run_role(self, token=None, arguments=(), strategy='linear', roles=('regvault.registry.ghcr',), **variables):
        variables = {'ghcr_registry': self.registry.name,
                     'iaas_console': {'ghcr_user': self.registry.user, 'ghcr_pat': token or self.registry.token},
                     **variables}
        return self.play([], hosts='all', roles=roles, vars=variables, become=True,
                         arguments=arguments, strategy=strategy)

    def log(self):
        return self.registry.log.read_text().splitlines()

    def refused(self):
        """The addresses whose credentials the registry refused in this test."""
        return [next(part for part in line.split() if part.startswith('http.request.remoteaddr=')).split('"')[1]
                .rsplit(':', 1)[0] for line in self.log()[self.log_before:] if 'error authenticating user' in line]

    def logged_in(self):
        """The hosts whose podman says so."""
        asked = f'podman login --get-login {self.registry.name} 2>/dev/null'
        return [name for name, host in self.hosts.items() if host.shell(asked, check=False) == self.registry.user + '\n']

    def statuses(self, run, task, names=('h1', 'h2')):
        return tuple(run.status(task, name) for name in names)

    def assert_not_run(self, run, task):
        self.assertNotIn(f': {task}]', run.output)

    def test_logs_in_and_stays(self):
        run = self.run_role()
        self.assertEqual(0, run.exit_code, run.output)
        self.assertEqual('changed', run.status(FIRST))
        self.assertEqual(('ok', 'changed'), self.statuses(run, ALL), run.output)
        self.assertEqual(['h1', 'h2'], self.logged_in())
        self.assertNotIn(self.registry.token, run.output)
        run = self.run_role()
        self.assertEqual('ok', run.status(FIRST), run.output)  # proved all the same
        self.assertEqual(('ok', 'ok'), self.statuses(run, ALL), run.output)
        self.assertIn('changed=0', run.output)
        self.assertNotIn('changed=1', run.output)

    def test_a_refused_token_is_tried_by_one_host(self):
        wrong = new_token()
        run = self.run_role(wrong)
        self.assertNotEqual(0, run.exit_code)
        self.assertEqual(1, len(self.refused()), self.refused())
        self.assertEqual([self.hosts['h1'].address], self.refused())
        self.assertEqual('failed', run.status(STOP))
        message = run.result(STOP)['msg']
        self.assertIn(f'h1: podman: {self.registry.name} refused the credentials', message)
        self.assertIn('no other host has tried it', message)
        self.assert_not_run(run, ALL)
        self.assertEqual([], self.logged_in())
        self.assertNotIn(wrong, run.output)

    def test_a_refused_token_leaves_the_logins_there_are(self):
        self.run_role()
        self.log_before = len(self.log())
        run = self.run_role(new_token())
        self.assertNotEqual(0, run.exit_code)
        self.assertEqual(1, len(self.refused()), run.output)
        self.assertEqual(['h1', 'h2'], self.logged_in())
        self.assertEqual(0, self.run_role().exit_code)

    def test_a_first_host_that_is_down_is_passed_over(self):
        self.unreachable_first(2)
        run = self.run_role()
        self.assertEqual(('unreachable', 'unreachable', 'ok', 'changed'),
                         self.statuses(run, ALL, ('a0', 'a1', 'h1', 'h2')), run.output)
        self.assertEqual(['h1', 'h2'], self.logged_in())
        self.assertEqual([], self.refused())
        self.assertEqual(4, run.exit_code, run.output)  # ansible-playbook's: hosts were unreachable

    def test_a_refused_token_behind_a_first_host_that_is_down(self):
        self.unreachable_first()
        run = self.run_role(new_token())
        self.assertEqual([self.hosts['h1'].address], self.refused(), run.output)
        self.assertIn('h1: podman: ', run.result(STOP, 'a0')['msg'])
        self.assert_not_run(run, ALL)
        self.assertEqual([], self.logged_in())

    def test_no_host_can_try(self):
        self.unreachable_first(2)
        run = self.run_role(ghcr_candidates=2)
        message = run.result(UNPROVED, 'a0')['msg']
        self.assertIn('none of the first 2 hosts could log in to', message)
        self.assertIn('the last, a1: ', message)
        self.assert_not_run(run, ALL)
        self.assertEqual([], self.logged_in())

    def test_a_first_host_with_trouble_of_its_own_is_passed_over(self):
        for trouble, prepare, undo in (
                ('no engine', 'mv /usr/bin/podman /usr/bin/podman.away', 'mv /usr/bin/podman.away /usr/bin/podman'),
                ('a broken auth file', f'mkdir -p /run/containers/0 && echo "{{" > {ROOT_FILE}', f'rm {ROOT_FILE}')):
            with self.subTest(trouble):
                self.hosts['h1'].shell(prepare)
                try:
                    run = self.run_role()
                finally:
                    self.hosts['h1'].shell(undo)
                self.assertEqual(('failed', 'ok'), self.statuses(run, ALL), run.output)
                self.assertEqual(['h2'], self.logged_in())
                self.assertEqual(2, run.exit_code)

    def test_hosts_that_run_ahead_do_not_try_a_token(self):
        run = self.run_role(new_token(), strategy='free')
        self.assertNotEqual(0, run.exit_code)
        self.assertIn(self.refused(), ([], [self.hosts['h1'].address]), run.output)  # h2 may stop the play before
        self.assertIn('no host has tried the token first', run.output)
        self.assertEqual([], self.logged_in())

    def test_a_condition_that_leaves_out_the_first_host(self):
        role = {'role': 'regvault.registry.ghcr', 'when': 'inventory_hostname != "h1"'}
        run = self.run_role(roles=[role])
        self.assertIn('no host has tried the token first', run.result(UNPROVED, 'h2')['msg'])
        self.assertEqual([], self.logged_in())

    def test_check_mode_asks_no_registry(self):
        run = self.run_role(new_token(), arguments=('--check',), ghcr_verify_image=f'{self.registry.name}/{IMAGE}')
        self.assertEqual(0, run.exit_code, run.output)
        self.assertEqual(('changed', 'changed'), self.statuses(run, ALL), run.output)
        self.assertEqual(self.log_before, len(self.log()))
        self.assertEqual([], self.logged_in())

    def test_verifies_by_a_pull(self):
        image = f'{self.registry.name}/{IMAGE}'
        run = self.run_role(ghcr_verify_image=image)
        self.assertEqual(('changed', 'changed'), self.statuses(run, 'Pull the image'), run.output)
        self.assertIn(image.split(':1')[0], self.hosts['h2'].shell('podman images'))
        run = self.run_role(ghcr_verify_image=image)
        self.assertEqual(('ok', 'ok'), self.statuses(run, 'Pull the image'), run.output)
        run = self.run_role(ghcr_verify_image=f'{self.registry.name}/acme/none:1; true')
        self.assertEqual(('failed', 'failed'), self.statuses(run, 'Pull the image'), run.output)

    def test_an_auth_file_is_used_for_the_pull_too(self):
        run = self.run_role(ghcr_auth_file='/srv/auth.json', ghcr_engine=['podman'], ghcr_tls_verify=True,
                            ghcr_verify_image=f'{self.registry.name}/{IMAGE}')
        self.assertEqual(('changed', 'changed'), self.statuses(run, 'Pull the image'), run.output)
        self.assertEqual([], self.logged_in())
        self.assertIn(self.registry.name, self.hosts['h1'].shell('cat /srv/auth.json'))

    def test_absent(self):
        self.run_role()
        run = self.run_role(ghcr_state='absent', iaas_console=None)
        self.assertEqual(('changed', 'changed'), self.statuses(run, 'Take the login away'), run.output)
        self.assertEqual([], self.logged_in())
        self.assertEqual(('ok', 'ok'), self.statuses(self.run_role(ghcr_state='absent'), 'Take the login away'))

    def test_variables_of_other_names(self):
        run = self.run_role(iaas_console=None, ghcr_user='{{ user }}', ghcr_token='{{ tokens.registry }}',
                            user=self.registry.user, tokens={'registry': self.registry.token}, ghcr_no_log=True)
        self.assertEqual(0, run.exit_code, run.output)
        self.assertEqual(['h1', 'h2'], self.logged_in())
        self.assertNotIn(self.registry.token, run.output)

    def test_mistakes(self):
        token = new_token()
        for name, variables, message in (
                ('no token', {'iaas_console': {'ghcr_user': 'octocat'}}, 'the role needs ghcr_user and ghcr_token'),
                ('no variables', {'iaas_console': None}, 'the role needs ghcr_user and ghcr_token'),
                ('a state', {'ghcr_state': 'presnt'}, 'value of ghcr_state must be one of: present, absent'),
                ('a token in a list', {'ghcr_token': [token]}, '"password" must be a string')):
            with self.subTest(name):
                run = self.run_role(token, arguments=('-vvvv',), **variables)
                self.assertNotEqual(0, run.exit_code)
                self.assertIn(message, run.output.replace('\\"', '"'))
                self.assertNotIn(token, run.output)
        self.assertEqual([], self.refused())

    def test_nothing_shows(self):
        """At the highest verbosity; also runs the role's own test playbook and the example."""
        key, variables = self.scratch / 'key', self.scratch / 'secrets.yml'
        key.write_text(new_token())
        wrong = new_token()
        block = subprocess.run(['ansible-vault', 'encrypt', '--vault-password-file', key], capture_output=True,
                               text=True, check=True, input=self.registry.token).stdout
        variables.write_text(f'iaas_console:\n  ghcr_user: {self.registry.user}\n  ghcr_pat: !vault |\n' +
                             ''.join(f'    {line}\n' for line in block.splitlines()))
        (self.scratch / 'wrong.yml').write_text(f'ghcr_token: {wrong}\n')
        test = self.collections / 'ansible_collections/regvault/registry/roles/ghcr/tests/test.yml'
        arguments = ('-e', f'ghcr_registry={self.registry.name}', '-e', f'@{variables}', '-b', '-vvvvv',
                     '--vault-password-file', str(key))
        runs = [self.play([], hosts='nobody', arguments=(*arguments, *more, str(playbook)),
                          environment={'ANSIBLE_DEBUG': '1'})
                for playbook, more in ((test, ()), (test, ('-e', f'@{self.scratch / "wrong.yml"}')),
                                       (EXAMPLE, ('-e', f'image={self.registry.name}/{IMAGE}', '-e', 'target=all')))]
        for run in runs:
            for secret in (self.registry.token, wrong):
                for form in (secret, base64.b64encode(f'{self.registry.user}:{secret}'.encode()).decode()):
                    self.assertNotIn(form, run.output)
        self.assertEqual([0, 2, 0], [run.exit_code for run in runs], runs[-1].output[-3000:])
        self.assertEqual(('changed', 'changed'), self.statuses(runs[0], 'Take the login away'))
        self.assertEqual('failed', runs[1].status(STOP))
        self.assertEqual(('changed', 'changed'), self.statuses(runs[2], 'Pull the image'))
        self.assertEqual(1, len(self.refused()))


if __name__ == '__main__':
    unittest.main()
