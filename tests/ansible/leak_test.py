"""Where a password could show: everything Ansible prints or logs, every process, every file left behind.

Plays log in by every way the collection has (cached, uncached, another user, su, async, docker, from a vault, with a
refused password), encrypt, and ask what is logged in, at the highest verbosity, with Ansible's debugging on and its
temporary files kept. A sampler reads the argument lists and environments of all processes, those of the hosts included,
while they run, and the modes of the files that hold arguments.
"""

import base64
import os
import shutil
import subprocess
import threading
import time
import unittest
from pathlib import Path

from support import RegistryTest, bind, give_python, new_token

LOUD = {'ANSIBLE_DEBUG': '1', 'ANSIBLE_KEEP_REMOTE_FILES': '1', 'ANSIBLE_LOG_PATH': 'ansible.log'}
ARGUMENT_FILES = [f'{parent}/{name}*/arguments' for name in ('ansible-tmp-', 'regvault-tmp-')
                  for parent in ('root/.ansible/tmp', 'home/*/.ansible/tmp', 'var/tmp', 'tmp')]


class Sampler(threading.Thread):
    """Collects every distinct /proc/PID/{cmdline,environ} it sees, and the modes of argument files of hosts."""

    def __init__(self, roots):
        super().__init__(daemon=True)
        self.seen = set()
        self.modes = set()
        self._roots = roots
        self._stop_now = threading.Event()

    def run(self):
        while not self._stop_now.is_set():
            for process in os.listdir('/proc'):
                if process.isdigit():
                    for name in ('cmdline', 'environ'):
                        try:
                            self.seen.add(Path('/proc', process, name).read_bytes())
                        except OSError:
                            pass  # it has ended
            for file in (file for root in self._roots for pattern in ARGUMENT_FILES for file in root.glob(pattern)):
                try:
                    self.modes.add(oct(file.stat().st_mode & 0o777))
                except OSError:
                    pass
            time.sleep(0.002)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._stop_now.set()
        self.join()


class LeakTest(RegistryTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bind(shutil.which('docker'), cls.hosts['h2'], '/usr/bin/docker')
        cls.wrong = new_token()
        cls.secrets = (cls.registry.token, cls.wrong)
        cls.logged_in = {cls.scratch / 'registry/token'}  # where the token may be: also what plays before made
        cls.key = cls.scratch / 'key'
        cls.key.write_text(new_token())
        cls.variables = cls.scratch / 'secrets.yml'
        cls.variables.write_text(cls.encrypt(f'token: "{cls.registry.token}"\nwrong: "{cls.wrong}"\n'
                                             f'su_password: "{cls.passwords["root"]}"\n'))

    @classmethod
    def encrypt(cls, text):
        return subprocess.run(['ansible-vault', 'encrypt', '--vault-password-file', cls.key], capture_output=True,
                              text=True, check=True, input=text).stdout

    def forms(self):
        """The secrets, and what they look like in base64, alone and behind the user's name."""
        for secret in self.secrets:
            yield secret.encode()
            for text in (secret, f'{self.registry.user}:{secret}'):
                yield base64.b64encode(text.encode()).rstrip(b'=')

    # --- the tasks; what each must end as is the first word of its name

    def right(self, name, **arguments):
        return self.login(name, password='{{ token }}', **{'engine': 'podman', **arguments})

    def refused(self, name, keywords={}, **arguments):
        return self.login(name, keywords={'ignore_errors': True, **keywords},
                          **{'engine': 'podman', 'password': '{{ wrong }}', 'auth_file': '/srv/refused.json',
                             **arguments})

    def logins(self, keywords={}, **arguments):
        """Succeeding and failing."""
        return [self.right('changed: right', keywords=keywords, **arguments),
                self.refused('failed: refused', keywords=keywords, **arguments)]

    def info(self):
        """The collection's other module for hosts, when it has it."""
        if not (self.collections / 'ansible_collections/regvault/registry/plugins/action/login_info.py').is_file():
            return []
        return [{'name': 'ok: info', 'regvault.registry.login_info': {}}]

    def secret(self, name, value, keywords={}, **arguments):
        return {'name': name, 'regvault.registry.secret': {
            'path': str(self.scratch / 'vars.yml'), 'key': 'ghcr.token', 'value': value, **arguments}, **keywords}

    def inline(self):
        """A task of its own file, with its password as a !vault block."""
        file = self.scratch / 'inline.yml'
        block = ''.join(f'      {line}\n' for line in self.encrypt(self.registry.token).splitlines())
        file.write_text('- name: "ok: inline"\n  regvault.registry.login:\n'
                        f'    registry: "{self.registry.name}"\n    username: {self.registry.user}\n'
                        f'    engine: podman\n    password: !vault |\n{block}')
        return {'ansible.builtin.include_tasks': str(file)}

    # --- the plays

    def loud_play(self, tasks, **play):
        """Runs it, checks what every task ended as, and that nothing shows but in the files that hold the logins."""
        roots = [host.root for host in self.hosts.values()]
        log = self.scratch / 'ansible.log'
        with Sampler(roots) as sampler:
            run = self.play(tasks, vars_files=[str(self.variables)],
                            arguments=['-vvvvv', '--diff', '--vault-password-file', str(self.key)],
                            environment={**LOUD, 'ANSIBLE_LOG_PATH': str(log)}, **play)
        host = play.get('hosts', 'h1')
        for task in tasks:
            if 'name' in task:
                self.assertEqual(task['name'].split(':')[0], run.status(task['name'], host), run.output[-5000:])
        self.assert_clean('the output of ansible-playbook', run.output.encode())
        self.assertTrue(any(b'login\0' in text or b'/secret_' in text for text in sampler.seen), 'no process was seen')
        for text in sampler.seen:
            self.assert_clean('an argument list or environment', text)
        self.assertGreater(log.stat().st_size, 10_000)
        for file in (self.registry.log, *self.state.glob('h*/sshd.log')):
            self.assert_clean(str(file), file.read_bytes())
        self.logged_in.update(
            self.hosts[host].directory / 'upper' / file.lstrip('/') for task in tasks
            if 'regvault.registry.login' in task for file in run.result(task['name'], host).get('auth_files', []))
        for one in self.hosts.values():
            self.assert_files_clean(one.directory / 'upper')
            self.assert_files_clean(one.path('/dev/shm'))  # not in the overlay
        self.assert_files_clean(self.scratch)
        self.assertEqual(set(), {path for one in self.hosts.values() for pattern in ARGUMENT_FILES
                                 for path in one.root.glob(pattern)})
        return run, sampler

    def test_podman(self):
        self.loud_play([
            self.right('changed: cold'),
            self.right('ok: warm'),
            self.right('ok: proved again', validate='always'),
            self.right('ok: not kept', keywords={'vars': {'regvault_cache': False}}),
            self.inline(),
            self.right('changed: check', keywords={'check_mode': True}, auth_file='/srv/other.json'),
            self.right('changed: app', keywords={'become_user': 'app'}),
            self.refused('failed: refused'),
            self.refused('failed: not a state', state='perhaps'),
            *self.info(),
        ], become=True)

    def test_docker(self):
        docker = {'engine': 'docker'}
        self.loud_play([*self.logins(**docker, auth_file='/srv/docker/config.json'),
                        self.right('changed: own file', **docker), *self.info()], hosts='h2', become=True)

    def test_su(self):
        su = {'become': True, 'become_method': 'su', 'vars': {'ansible_become_password': '{{ su_password }}'}}
        _, sampler = self.loud_play([*self.logins(su, auth_file='/srv/su.json'), *self.info()])
        self.assertEqual({'0o600'}, sampler.modes)
        self.assert_clean_of(self.passwords['root'], sampler)

    def assert_clean_of(self, password, sampler):
        for text in sampler.seen:
            self.assertNotIn(password.encode(), text)

    def test_async(self):
        jobs = {'async': 60, 'poll': 1}
        python = {'ansible_python_interpreter': give_python(self.hosts['h1'])}
        _, sampler = self.loud_play(self.logins(jobs, auth_file='/srv/async.json'), become=True, vars=python)
        self.assertLessEqual(sampler.modes, {'0o600'})  # it is there for milliseconds

    def test_secret(self):
        (self.scratch / 'vars.yml').write_text('ghcr:\n  user: octocat\n')
        run, _ = self.loud_play([
            self.secret('changed: new', '{{ token }}'),
            self.secret('ok: same', '{{ token }}'),
            self.secret('changed: other', '{{ wrong }}'),
            self.secret('failed: no file', '{{ token }}', {'ignore_errors': True}, path='/nonexistent/vars.yml'),
            self.secret('failed: an unknown argument', '{{ token }}', {'ignore_errors': True}, vaule='{{ token }}'),
            self.login('ok: done', engine='podman', state='absent', auth_file='/srv/none.json'),
        ], become=True)
        self.assertIn('!vault', (self.scratch / 'vars.yml').read_text())

    # --- the search

    def assert_clean(self, where, content):
        for form in self.forms():
            if form in content:
                at = content.index(form)
                self.fail(f'a secret is in {where}, after: {content[max(0, at - 200):at]!r}')

    def assert_files_clean(self, directory):
        for path in directory.rglob('*'):
            if path.is_symlink() or not path.is_file():
                continue
            if path in self.logged_in:  # what proves that the search finds it
                self.assertTrue(any(form in path.read_bytes() for form in self.forms()), path)
            else:
                self.assert_clean(str(path), path.read_bytes())


if __name__ == '__main__':
    unittest.main()
