"""The collection as a package: what ansible-doc shows, what the tarball holds, that both say what the binaries do."""

import json
import os
import re
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from support import collections

SOURCES = Path(__file__).resolve().parents[2] / 'ansible_module/collection'
OPTIONS = {
    'login': {'registry', 'username', 'password', 'engine', 'state', 'auth_file', 'tls_verify', 'cert_dir', 'validate',
              'timeout', 'executable', 'persist', 'registries'},
    'login_info': {'registry', 'engine', 'auth_file'},
    'secret': {'path', 'key', 'value', 'secrets', 'state', 'plain', 'encrypt_vault_id', 'vault_id',
               'vault_password_file', 'parents', 'indent', 'doc', 'allow_ephemeral'},
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
        done = subprocess.run([self.collection / f'programs/{program}_x86_64'], input=json.dumps(arguments), text=True,
                              capture_output=True, cwd='/proc', timeout=60)
        return json.loads(done.stdout)

    def test_ansible_doc_lists_them(self):
        listed = self.ansible('ansible-doc', '-l', 'regvault.registry').splitlines()
        self.assertEqual([f'regvault.registry.{name}' for name in sorted(OPTIONS)],
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

    def test_ansible_doc_knows_the_filter_and_the_role(self):
        name = 'regvault.registry.dockerconfigjson'
        self.assertIn(name, self.ansible('ansible-doc', '-t', 'filter', '-l', 'regvault.registry'))
        self.assertIn('EXAMPLES:', self.ansible('ansible-doc', '-t', 'filter', name))
        doc = json.loads(self.ansible('ansible-doc', '-j', '-t', 'filter', name))[name]['doc']
        self.assertEqual({'_input', 'b64'}, set(doc['options']))

        name = 'regvault.registry.ghcr'
        self.assertIn(name, self.ansible('ansible-doc', '-t', 'role', '-l', 'regvault.registry'))
        options = set(json.loads(self.ansible('ansible-doc', '-j', '-t', 'role', name))[name]['entry_points']['main']
                      ['options'])
        role = SOURCES / 'roles/ghcr'
        used = set(re.findall(r'\bghcr_[a-z]\w*', ''.join(path.read_text() for path in role.glob('tasks/*.yml'))))
        defaults = set(re.findall(r'^(?:# )?(ghcr_\w+):', (role / 'defaults/main.yml').read_text(), re.MULTILINE))
        readme = set(re.findall(r'\bghcr_[a-z]\w*', (role / 'README.md').read_text()))
        self.assertEqual(options, defaults)
        self.assertEqual(options, readme - {'ghcr_pat'})
        self.assertEqual(options, used - {'ghcr_pat'})

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
        for name in ('programs/login_x86_64', 'programs/login_info_x86_64', 'programs/secret_x86_64'):
            self.assertEqual(0o755, modes[name])
        files = {str(path.relative_to(SOURCES)) for folder in ('meta', 'plugins', 'roles', 'tests')
                 for path in (SOURCES / folder).rglob('*') if path.is_file() and '__pycache__' not in path.parts}
        files |= {'MANIFEST.json', 'FILES.json', 'README.md', 'LICENSE', 'CHANGELOG.md'}
        self.assertEqual(files, {name for name in modes if not name.startswith('programs/')})
        self.assertEqual({0o644}, {modes[name] for name in files})
        for name in ('meta/runtime.yml', 'meta/execution-environment.yml', 'plugins/filter/dockerconfigjson.yml',
                     'plugins/action/login.py', 'plugins/modules/secret.py', 'roles/ghcr/meta/argument_specs.yml'):
            self.assertIn(name, files)
        self.assertLess(archive.stat().st_size, 20_000_000)  # Galaxy's limit

        installed = self.scratch / 'installed'
        output = self.ansible('ansible-galaxy', 'collection', 'install', '--offline', str(archive), path=installed)
        self.assertIn(f'regvault.registry:{version} was installed successfully', output)
        for name, mode in modes.items():
            self.assertTrue((installed / 'ansible_collections/regvault/registry' / name).is_file(), name)
        binary = installed / 'ansible_collections/regvault/registry/programs/login_x86_64'
        self.assertEqual(0o755, binary.stat().st_mode & 0o777)


if __name__ == '__main__':
    unittest.main()
