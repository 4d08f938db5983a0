"""The programs the collection sends to hosts, by themselves: what they are made of, and what they do alone.

Each of login and its kin, for each machine, AArch64 under qemu-user: size, static linking, and runs in an empty root
directory, where there is no libc, no /etc, no /proc, no /dev.
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import collections

HOST_PROGRAMS = ('login', 'login_info')  # the second once the collection has it
EMULATORS = {'x86_64': [], 'aarch64': ['qemu-aarch64-static']}
ELF_MACHINE = {'x86_64': 'Advanced Micro Devices X86-64', 'aarch64': 'AArch64'}
SIZE_AT_MOST = 1_500_000
NOBODY = 65534


class BinariesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = collections() / 'ansible_collections/regvault/registry/programs'

    def binaries(self, programs=HOST_PROGRAMS):
        """(file, machine) of every one there is; login is there for both machines."""
        for program in programs:
            for machine in EMULATORS:
                file = self.directory / f'{program}_{machine}'
                if program == 'login' or file.exists():
                    with self.subTest(file.name):
                        yield file, machine

    def all_binaries(self):
        return self.binaries(sorted({file.name[:-len('_x86_64')] for file in self.directory.glob('*_x86_64')}))

    def readelf(self, option, file):
        return subprocess.run(['readelf', '-W', option, file], capture_output=True, text=True, check=True,
                              env={'LC_ALL': 'C', 'PATH': os.environ['PATH']}).stdout

    # --- what they are made of

    def test_the_machine(self):
        for file, machine in self.all_binaries():
            self.assertRegex(self.readelf('-h', file), f'Machine: +{ELF_MACHINE[machine]}\n')

    def test_nothing_is_linked_dynamically(self):
        for file, _ in self.all_binaries():
            segments = self.readelf('-l', file)
            for kind in ('INTERP', 'DYNAMIC'):
                self.assertNotRegex(segments, rf'(?m)^ +{kind}\b')
            self.assertIn('There is no dynamic section in this file.', self.readelf('-d', file))

    def test_stripped_and_hardened(self):
        for file, _ in self.all_binaries():
            sections = self.readelf('-S', file)
            for name in ('.symtab', '.strtab', '.debug'):
                self.assertNotIn(f' {name}', sections)
            stack = next(line for line in self.readelf('-l', file).splitlines() if 'GNU_STACK' in line)
            self.assertNotIn('RWE', stack)

    def test_size(self):
        for file, _ in self.binaries():
            self.assertLessEqual(file.stat().st_size, SIZE_AT_MOST)

    def test_without_iostream(self):
        """Its locales alone are a third of the size; the name of its class would be in the type information."""
        for file, _ in self.binaries():
            self.assertNotIn(b'St8ios_base', file.read_bytes())

    def test_no_path_of_the_build(self):
        root = str(Path(__file__).resolve().parents[2]).encode()
        for file, _ in self.all_binaries():
            self.assertNotIn(root, file.read_bytes())

    # --- in an empty root directory

    def ask(self, file, machine, arguments, *words, user=0, environment={}):
        """(exit code, answer, {file in the root directory: content} afterwards)."""
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            root.chmod(0o755)
            shutil.copy(file, root / 'program')
            command = ['/program', *words]
            for emulator in EMULATORS[machine]:
                shutil.copy(shutil.which(emulator), root / 'emulator')
                command.insert(0, '/emulator')
            if arguments is not None and words:
                (root / words[-1]).write_text(json.dumps(arguments))
            own = set(os.listdir(root))

            def enter():
                os.chroot(root)
                os.chdir('/')
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)

            done = subprocess.run(command, input='' if words else json.dumps(arguments), capture_output=True, text=True,
                                  preexec_fn=enter, env=environment, timeout=60)
            self.assertEqual('', done.stderr)
            left = {path.name: path.read_text() for path in root.iterdir() if path.name not in {'program', 'emulator'}
                    and (path.name not in own or path.name in words)}
        return done.returncode, done.stdout, left

    def test_version(self):
        for file, machine in self.all_binaries():
            code, text, _ = self.ask(file, machine, None, '--version')
            self.assertEqual(0, code)
            self.assertRegex(text, rf'^{file.name[:-len(machine) - 1]} \(regvault\) \d+\.\d+\.\d+\n$')

    LOGIN = {'registry': 'r.example', 'username': 'octocat', 'password': 'x'}
    HOME = {'HOME': '/'}
    # arguments, environment → the message, or None for a success
    QUESTIONS = {
        'no arguments at all': ({}, {}, '"username" and "password" are needed to log in'),
        'an unknown argument': ({**LOGIN, 'passwrod': 'x'}, {},
                                'unknown argument "passwrod": did you mean "password"?'),
        'no home': (LOGIN, {}, 'user {user} has no home directory'),
        'no engine': (LOGIN, HOME, 'neither podman nor docker is installed on this host'),
        'an engine that is not there': ({**LOGIN, 'engine': 'docker'}, HOME, 'docker is not installed on this host'),
        'an executable that is not there': ({**LOGIN, 'executable': '/usr/bin/podman'}, HOME,
                                            'executable "/usr/bin/podman" is not there, or may not be run'),
    }

    def test_login_says_what_is_missing(self):
        for file, machine in self.binaries(['login']):
            for user in (0, NOBODY):
                for name, (arguments, environment, message) in self.QUESTIONS.items():
                    with self.subTest(name, user=user):
                        code, text, left = self.ask(file, machine, arguments, user=user, environment=environment)
                        answer = json.loads(text)
                        self.assertEqual((1, True, False), (code, answer['failed'], answer['changed']))
                        self.assertEqual(message.format(user=user), answer['msg'])
                        self.assertEqual({}, left)

    def test_login_writes_an_auth_file(self):
        for file, machine in self.binaries(['login']):
            arguments = {**self.LOGIN, 'validate': 'never', 'auth_file': '/auth.json'}
            code, text, left = self.ask(file, machine, arguments, environment=self.HOME)
            self.assertEqual((0, True), (code, json.loads(text)['changed']), text)
            self.assertEqual(['auth.json'], list(left))
            self.assertEqual({'auths': {'r.example': {'auth': 'b2N0b2NhdDp4'}}}, json.loads(left['auth.json']))

    def test_secret_encrypts(self):
        """What it writes, Ansible reads; on AArch64 that is another cipher code of OpenSSL, and of ours."""
        value = 'tok-' + secrets.token_hex(16)
        for file, machine in self.binaries(['secret']):
            with tempfile.TemporaryDirectory() as name:
                key, variables = Path(name, 'key'), Path(name, 'vars.yml')
                key.write_text('a key')
                variables.write_text('user: octocat\n')
                arguments = {'path': str(variables), 'key': 'token', 'value': value, 'vault_password_file': str(key)}
                done = subprocess.run([*EMULATORS[machine], file], input=json.dumps(arguments), text=True, cwd=name,
                                      capture_output=True, timeout=60)
                self.assertTrue(json.loads(done.stdout).get('changed'), done)
                shown = subprocess.run(
                    ['ansible', 'localhost', '-m', 'ansible.builtin.debug', '-a', 'var=token', '-e', f'@{variables}',
                     '--vault-password-file', key], capture_output=True, text=True, timeout=60,
                    env={**os.environ, 'HOME': name})
                self.assertIn(f'"token": "{value}"', shown.stdout, shown.stderr)

    def test_an_argument_file_is_removed(self):
        for file, machine in self.binaries():
            for words, left in ((['/arguments'], {'arguments'}), (['--remove-arguments', '/arguments'], set())):
                with self.subTest(words=words):
                    code, text, files = self.ask(file, machine, {'zzz': 'x'}, *words[:-1], words[-1].lstrip('/'),
                                                 environment=self.HOME)
                    self.assertEqual(1, code)
                    self.assertIn('"zzz"', json.loads(text)['msg'])
                    self.assertEqual(left, set(files))


if __name__ == '__main__':
    unittest.main()
