#!/usr/bin/python3
"""login, logout and status with the real podman, docker and pass, against a real registry: see engine_support.py.

Usage: login_test.py PROGRAM [unittest arguments]
"""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'ansible'))
from engine_support import AUTH_FILES, EngineTest, PATH, SESSION_FILE, enter_namespace  # noqa: E402


class LoginVerbTest(EngineTest):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path('/root/work')
        self.folder.mkdir(exist_ok=True)
        (self.folder / 'password').write_text('vault password')
        (self.folder / 'vars.yml').write_text(f'user: {self.registry.user}\npat: x\n')
        self.assertEqual(self.run_program('set', '--stdin', 'vars.yml', 'pat', stdin=self.registry.token).returncode, 0)

    def run_program(self, *arguments, stdin='', **environment):
        """HOME is the user's; the engines trust the registry's certificate by SSL_CERT_FILE."""
        done = subprocess.run([PROGRAM, *arguments], cwd=self.folder, input=stdin, text=True, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                              env={'PATH': PATH, 'HOME': '/root', 'ANSIBLE_VAULT_PASSWORD_FILE': 'password',
                                   'SSL_CERT_FILE': os.path.join(self.registry.cert_dir, 'ca.crt'), **environment})
        self.assertNotIn(self.registry.token, done.stdout + done.stderr)
        return done

    def log_in(self, *more, **keywords):
        return self.run_program('login', '--from', 'vars.yml:pat', '--username-from', 'vars.yml:user', *more,
                                self.registry.name, **keywords)

    def test_both_engines(self):
        lines = [f'{engine}: {{}} to {self.registry.name} as {self.registry.user} ({path})\n'
                 for engine, path in AUTH_FILES.items()]
        for action in ('logged in', 'already logged in'):
            done = self.log_in()
            self.assertEqual((done.returncode, done.stdout), (0, ''.join(lines).format(action, action)), done.stderr)
        for path in AUTH_FILES.values():
            self.assertEqual(self.entry(path), self.right_entry())
        status = self.run_program('status', '--json', self.registry.name)
        self.assertEqual(status.returncode, 0, status.stdout)
        self.assertEqual([(login['engine'], login['in_force']) for login in json.loads(status.stdout)['logins']],
                         [('podman', True), ('podman', False), ('docker', True)])
        done = self.run_program('logout', self.registry.name)
        self.assertEqual(done.stdout, ''.join(f'{engine}: logged out of {self.registry.name}\n' for engine in AUTH_FILES))
        self.assertEqual(self.run_program('status', self.registry.name).returncode, 20)

    def test_a_refused_token(self):
        done = self.run_program('login', '-u', self.registry.user, '--stdin', '--engine', 'podman', self.registry.name,
                                stdin='wrong')
        self.assertEqual(done.returncode, 10, done.stderr)
        self.assertTrue(done.stderr.startswith(f'regvault: error: podman: {self.registry.name} refused the credentials'))
        self.assertIn('regvault: hint: check the user name and the token', done.stderr)
        self.assertFalse(os.path.exists(AUTH_FILES['podman']))

    def test_for_the_session(self):
        done = self.log_in('--engine', 'podman', '--no-persist')
        self.assertIn(f'({SESSION_FILE})', done.stdout, done.stderr)

    def test_a_registry_that_is_not_there(self):
        done = self.run_program('login', '-u', 'octocat', '--stdin', '--engine', 'podman', '127.0.0.1:1', stdin='x')
        self.assertEqual(done.returncode, 9, done.stderr)
        self.assertIn('cannot be reached (connection refused)', done.stderr)


if __name__ == '__main__':
    enter_namespace()
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
