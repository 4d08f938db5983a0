"""Where a password could show: everything Ansible prints, every process, every file left behind, the registry's log.

One play logs in by every way the collection has (cached, uncached, another user, su, a refused password), at the
highest verbosity, with Ansible's debugging on and its temporary files kept. A sampler reads the argument lists and
environments of all processes, those of the hosts included, while it runs.
"""

import base64
import os
import subprocess
import threading
import time
import unittest
from pathlib import Path

from support import RegistryTest, new_token


class Sampler(threading.Thread):
    """Collects every distinct /proc/PID/{cmdline,environ} it sees."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = set()
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
            time.sleep(0.002)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._stop_now.set()
        self.join()


class LeakTest(RegistryTest):
    def forms(self, secrets):
        """The secrets, and what they look like in base64, alone and behind the user's name."""
        for secret in secrets:
            yield secret.encode()
            for text in (secret, f'{self.registry.user}:{secret}'):
                yield base64.b64encode(text.encode()).rstrip(b'=')

    def secret_task(self, name, **arguments):
        return self.login(name, engine='podman', password='{{ token }}', **arguments)

    def run_everything(self, wrong):
        key = self.scratch / 'key'
        key.write_text(new_token())
        variables = self.scratch / 'secrets.yml'
        encrypted = subprocess.run(
            ['ansible-vault', 'encrypt', '--vault-password-file', key], capture_output=True, text=True, check=True,
            input=f'token: "{self.registry.token}"\nwrong: "{wrong}"\nsu_password: "{self.passwords["root"]}"\n').stdout
        variables.write_text(encrypted)
        su = {'become_method': 'su', 'vars': {'ansible_become_password': '{{ su_password }}'}}
        return self.play(
            [
                self.secret_task('cold'),
                self.secret_task('warm'),
                self.secret_task('proved again', validate='always'),
                self.secret_task('check', keywords={'check_mode': True}, auth_file='/srv/other.json'),
                self.secret_task('app', keywords={'become_user': 'app'}),
                self.secret_task('not kept', keywords={'vars': {'regvault_cache': False}}),
                self.secret_task('su', keywords=su, auth_file='/srv/su.json'),
                self.login('refused', engine='podman', password='{{ wrong }}', auth_file='/srv/refused.json',
                           keywords={'ignore_errors': True}),
                self.login('refused with su', engine='podman', password='{{ wrong }}', auth_file='/srv/refused.json',
                           keywords={'ignore_errors': True, **su}),
            ],
            become=True, vars_files=[str(variables)],
            arguments=['-vvvvv', '--diff', '--vault-password-file', str(key)],
            environment={'ANSIBLE_DEBUG': '1', 'ANSIBLE_KEEP_REMOTE_FILES': '1'})

    def test_no_secret_shows(self):
        wrong = new_token()
        secrets = (self.registry.token, wrong)
        with Sampler() as sampler:
            run = self.run_everything(wrong)
        for task in ('cold', 'app', 'su'):
            self.assertEqual('changed', run.status(task), run.output[-5000:])
        for task in ('warm', 'proved again', 'not kept'):
            self.assertEqual('ok', run.status(task), run.output[-5000:])
        for task in ('refused', 'refused with su'):
            self.assertEqual('failed', run.status(task), run.output[-5000:])

        self.assert_clean('the output of ansible-playbook', run.output.encode(), secrets)
        self.assertTrue(any(b'podman\0login' in text for text in sampler.seen), 'the sampler saw no podman login')
        for text in sampler.seen:
            self.assert_clean('an argument list or environment', text, secrets)
        self.assert_clean("the registry's log", self.registry.log.read_bytes(), secrets)

        kept = {file for task in ('cold', 'app', 'su') for file in run.result(task)['auth_files']}
        host = self.hosts['h1'].directory / 'upper'
        self.assert_files_clean(host, secrets, {host / file.lstrip('/') for file in kept})
        self.assert_files_clean(self.hosts['h1'].path('/dev/shm'), secrets, set())  # not in the overlay
        self.assert_files_clean(self.scratch, secrets, {self.scratch / 'registry/token'})

    def assert_clean(self, where, content, secrets):
        for form in self.forms(secrets):
            if form in content:
                at = content.index(form)
                self.fail(f'a secret is in {where}, after: {content[max(0, at - 200):at]!r}')

    def assert_files_clean(self, directory, secrets, but):
        for path in directory.rglob('*'):
            if path.is_file() and not path.is_symlink() and path not in but:
                self.assert_clean(str(path), path.read_bytes(), secrets)
        for path in but:  # the search would have found it
            self.assertTrue(any(form in path.read_bytes() for form in self.forms(secrets)), path)


if __name__ == '__main__':
    unittest.main()
