"""The collection as a package: what ansible-doc shows, what the tarball holds, that both say what the binaries do."""

import json
import os
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from support import collections

OPTIONS = {
    'login': {'registry', 'username', 'password', 'engine', 'state', 'auth_file', 'tls_verify', 'cert_dir', 'validate',
              'timeout', 'executable'},
    'secret': {'path', 'key', 'value', 'state', 'plain', 'encrypt_vault_id', 'vault_id', 'vault_password_file',
               'parents', 'indent', 'doc'},
}


class CollectionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.collections = collections()
        cls.collection = cls.collections / 'ansible_collections/regvault/registry'
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)

    def ansible(self, *command, path=None):
        path = str(path or self.collections)
        environment = {**os.environ, 'HOME': str(self.scratch), 'ANSIBLE_COLLECTIONS_PATH': path}
        done = subprocess.run(command, env=environment, cwd=self.scratch, capture_output=True, text=True)
        self.assertEqual((0, ''), (done.returncode, done.stderr), command)
        return done.stdout

    def ask(self, program, arguments):
        """What a binary answers; its directory is one nothing can be changed in."""
        done = subprocess.run([self.collection / f'bin/{program}_x86_64'], input=json.dumps(arguments), text=True,
                              capture_output=True, cwd='/proc', timeout=60)
        return json.loads(done.stdout)

    def test_ansible_doc_lists_both(self):
        listed = self.ansible('ansible-doc', '-l', 'regvault.registry').splitlines()
        self.assertEqual(['regvault.registry.login', 'regvault.registry.secret'],
                         sorted(line.split()[0] for line in listed))
        for line in listed:
            self.assertNotIn('UNDOCUMENTED', line)

    def test_ansible_doc_knows_every_option(self):
        for name, options in OPTIONS.items():
            module = f'regvault.registry.{name}'
            text = self.ansible('ansible-doc', module)
            self.assertIn('EXAMPLES:', text)
            self.assertIn('RETURN VALUES:', text)
            doc = json.loads(self.ansible('ansible-doc', '-j', module))[module]['doc']
            self.assertEqual(options, set(doc['options']))
            self.assertTrue(doc['has_action'])

    def test_the_binaries_know_every_documented_option(self):
        for name in OPTIONS:
            module = f'regvault.registry.{name}'
            doc = json.loads(self.ansible('ansible-doc', '-j', module))[module]['doc']
            for option, about in doc['options'].items():
                for spelling in (option, *about.get('aliases', [])):
                    # The second argument is unknown to everybody, the first must not be.
                    answer = self.ask(name, {'_ansible_check_mode': True, spelling: '', 'zzz_unknown': ''})
                    self.assertTrue(answer['failed'])
                    self.assertIn('zzz_unknown', answer['msg'])
                    self.assertNotRegex(answer['msg'], f'unknown [^;]*"{spelling}"')

    def test_the_tarball(self):
        version = next(line.split()[1] for line in (self.collection / 'galaxy.yml').read_text().splitlines()
                       if line.startswith('version:'))
        archive = self.collections / f'regvault-registry-{version}.tar.gz'
        with tarfile.open(archive) as tar:
            modes = {member.name: member.mode for member in tar if member.isfile()}
        for name in ('bin/login_x86_64', 'bin/secret_x86_64'):
            self.assertEqual(0o755, modes[name])
        for name in ('MANIFEST.json', 'FILES.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'meta/runtime.yml',
                     'plugins/action/login.py', 'plugins/modules/secret.py'):
            self.assertEqual(0o644, modes[name])
        self.assertEqual([], [name for name in modes if 'pycache' in name or name.endswith(('.sh', '.in'))])
        self.assertLess(archive.stat().st_size, 20_000_000)  # Galaxy's limit

        installed = self.scratch / 'installed'
        output = self.ansible('ansible-galaxy', 'collection', 'install', '--offline', str(archive), path=installed)
        self.assertIn(f'regvault.registry:{version} was installed successfully', output)
        for name, mode in modes.items():
            self.assertTrue((installed / 'ansible_collections/regvault/registry' / name).is_file(), name)
        binary = installed / 'ansible_collections/regvault/registry/bin/login_x86_64'
        self.assertEqual(0o755, binary.stat().st_mode & 0o777)

    def test_the_binaries_are_static(self):
        for binary in (self.collection / 'bin').iterdir():
            headers = subprocess.run(['readelf', '-lW', binary], capture_output=True, text=True, check=True).stdout
            self.assertNotIn('INTERP', headers, binary.name)
        for binary in (self.collection / 'bin').glob('login_*'):
            self.assertLess(binary.stat().st_size, 1_500_000, binary.name)


if __name__ == '__main__':
    unittest.main()
