#!/usr/bin/python3
"""docker-credential-regvault under the real docker, podman, skopeo and buildah, against a real registry: see
engine_support.py. crane and Bazel cannot be installed here: what they do with the helper is done in their place.

Usage: credential_engines_test.py PROGRAM [unittest arguments]
"""

import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'ansible'))
from engine_support import AUTH_FILES, EngineTest, PATH, enter_namespace  # noqa: E402

HELPER = 'docker-credential-regvault'


class CredentialEnginesTest(EngineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.layout = os.path.join(cls.temporary, 'image')
        subprocess.run([HERE.parent / 'support/tiny_image.sh', cls.layout], check=True)

    def setUp(self):
        super().setUp()
        for name in ('.config', '.docker', 'work'):
            shutil.rmtree(f'/root/{name}', ignore_errors=True)
        shutil.rmtree('/run/containers/0', ignore_errors=True)
        self.folder = pathlib.Path('/root/work')
        self.folder.mkdir()
        (self.folder / 'password').write_text('vault password')
        self.inventory = self.folder / 'inventory.yml'
        self.inventory.write_text(f'all:\n  vars:\n    user: {self.registry.user}\n')
        self.run_as_root(PROGRAM, 'set', '--stdin', '--vault-id', 'prod@/root/work/password', '/root/work/inventory.yml',
                         'all.vars.pat', stdin=self.registry.token)
        self.configure({self.registry.name: {'file': str(self.inventory), 'key': 'all.vars.pat',
                                             'username_key': 'all.vars.user', 'vault_id': 'prod@~/work/password'}})
        for path in AUTH_FILES.values():
            self.write(path, {'credHelpers': {self.registry.name: 'regvault'}})

    def write(self, path, content):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        pathlib.Path(path).write_text(json.dumps(content))
        os.chmod(path, 0o600)

    def configure(self, registries):
        self.write('/root/.config/regvault/credentials.json', {'registries': registries})

    def run_as_root(self, *command, stdin='', check=True, **environment):
        done = subprocess.run([str(word) for word in command], input=stdin, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, cwd='/',
                              env={'PATH': f'{pathlib.Path(PROGRAM).parent}:{PATH}', 'HOME': '/root',
                                   'SSL_CERT_FILE': os.path.join(self.registry.cert_dir, 'ca.crt'), **environment})
        if check:
            self.assertEqual(done.returncode, 0, done.stdout)
        if HELPER not in command:
            self.assertNotIn(self.registry.token, done.stdout)
        return done

    def image(self, name='tiny'):
        return f'{self.registry.name}/{name}:latest'

    def push(self, name='tiny'):
        return self.run_as_root('skopeo', 'copy', '--quiet', f'oci:{self.layout}:latest', f'docker://{self.image(name)}')

    def files_with_the_token(self):
        """Nothing but the registry's own may have it: neither the token, nor what an auth file would make of it."""
        encoded = base64.b64encode(self.right_entry().encode())
        found = []
        for place in ('/root', '/home', '/run/containers', '/dev/shm', self.temporary):
            for path in pathlib.Path(place).rglob('*'):
                if path.is_file() and not path.is_relative_to(self.registry.directory):
                    if any(secret in path.read_bytes() for secret in (self.registry.token.encode(), encoded)):
                        found.append(str(path))
        return found

    def tearDown(self):
        self.assertEqual(self.files_with_the_token(), [])
        super().tearDown()

    # --------------------------------------------------------------------------------------------------- push and pull

    def test_skopeo_both_ways(self):
        self.push('both/ways')
        back = os.path.join(self.temporary, 'back')
        self.run_as_root('skopeo', 'copy', '--quiet', f'docker://{self.image("both/ways")}', f'oci:{back}:latest')
        self.assertEqual(sorted(os.listdir(f'{back}/blobs/sha256')), sorted(os.listdir(f'{self.layout}/blobs/sha256')))
        os.unlink(AUTH_FILES['podman'])
        os.unlink(AUTH_FILES['docker'])
        refused = self.run_as_root('skopeo', 'inspect', f'docker://{self.image("both/ways")}', check=False)
        self.assertIn('authentication required', refused.stdout)

    def test_podman(self):
        self.push()
        storage = ('--root', f'{self.temporary}/storage', '--runroot', f'{self.temporary}/runroot', '--storage-driver', 'vfs')
        self.addCleanup(shutil.rmtree, f'{self.temporary}/storage', ignore_errors=True)
        trust = ('--cert-dir', self.registry.cert_dir)
        self.run_as_root('podman', *storage, 'pull', '--quiet', *trust, self.image())
        self.run_as_root('podman', *storage, 'push', '--quiet', *trust, self.image(), self.image('by-podman'))
        self.run_as_root('skopeo', 'inspect', f'docker://{self.image("by-podman")}')

    def test_podman_login(self):
        who = self.run_as_root('podman', 'login', '--get-login', self.registry.name)
        self.assertEqual(who.stdout, f'{self.registry.user}\n')
        again = ('podman', 'login', '--cert-dir', self.registry.cert_dir, '--authfile', AUTH_FILES['podman'],
                 self.registry.name)
        self.assertIn('Existing credentials are valid', self.run_as_root(*again).stdout)
        other = self.run_as_root(*again[:-1], '--username', 'other', '--password-stdin', self.registry.name, stdin='x',
                                 check=False)
        self.assertEqual(other.returncode, 125)
        out = self.run_as_root('podman', 'logout', '--authfile', AUTH_FILES['podman'], self.registry.name, check=False)
        # After that line podman 4.3 dies of a stack overflow, as of every helper that refuses; newer ones print it.
        self.assertTrue(out.stdout.startswith(self.managed()), out.stdout[:400])
        self.assertNotEqual(out.returncode, 0)
        out = self.run_as_root('podman', 'logout', self.registry.name, check=False)  # its own file has no helper
        self.assertRegex(out.stdout, f'(?i)^(error: )?not logged into {self.registry.name}')
        self.push()

    def managed(self):
        return (f'regvault: the login for {self.registry.name} is managed in {self.inventory}; '
                f'use regvault set {self.inventory} all.vars.pat\n')

    def test_docker(self):
        self.push()
        inspected = json.loads(self.run_as_root('docker', 'manifest', 'inspect', self.image()).stdout)
        self.assertEqual(inspected['layers'][0]['mediaType'], 'application/vnd.oci.image.layer.v1.tar+gzip')
        self.write(AUTH_FILES['docker'], {})
        self.assertNotEqual(self.run_as_root('docker', 'manifest', 'inspect', self.image(), check=False).returncode, 0)

    def test_docker_login(self):
        log_in = ('docker', 'login', '--username', self.registry.user, '--password-stdin', self.registry.name)
        self.assertIn('Login Succeeded', self.run_as_root(*log_in, stdin=self.registry.token).stdout)
        known = self.run_as_root('docker', 'login', self.registry.name, check=False)  # goes on to ask a daemon
        self.assertIn(f'Authenticating with existing credentials... [Username: {self.registry.user}]', known.stdout)
        before = self.inventory.read_bytes()
        out = self.run_as_root('docker', 'logout', self.registry.name)
        self.assertEqual(out.stdout, f'Removing login credentials for {self.registry.name}\n' + self.managed() * 2)
        self.assertEqual(self.inventory.read_bytes(), before)
        self.push()

    def test_docker_login_with_another_token(self):
        """What was typed is right, but the inventory has another: docker says where the login is managed."""
        before = self.inventory.read_bytes()
        old = self.registry.token
        new = self.registry.new_token()
        self.assertNotEqual(old, new)
        refused = self.run_as_root('docker', 'login', '--username', self.registry.user, '--password-stdin', self.registry.name,
                                   stdin=new, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f'is managed in {self.inventory}; use regvault set {self.inventory} all.vars.pat', refused.stdout)
        self.assertEqual(self.inventory.read_bytes(), before)
        self.run_as_root(PROGRAM, 'set', '--stdin', '--vault-id', 'prod@/root/work/password', self.inventory, 'all.vars.pat',
                         stdin=new)
        self.push()

    def test_a_store_of_our_own(self):
        """credsStore: whatever docker and podman log in to is kept encrypted."""
        self.configure({'*': {'file': '/root/work/logins.yml', 'vault_id': '/root/work/password', 'writable': True}})
        self.write(AUTH_FILES['docker'], {'credsStore': 'regvault'})
        self.write(AUTH_FILES['podman'], {'credHelpers': {self.registry.name: 'regvault'}})
        log_in = ('login', '--username', self.registry.user, '--password-stdin')
        engines = {'docker': ('docker', ()), 'podman': ('podman', ('--authfile', AUTH_FILES['podman']))}
        for engine, more in engines.values():
            with self.subTest(engine):
                trust = ('--cert-dir', self.registry.cert_dir) if engine == 'podman' else ()
                self.run_as_root(engine, *log_in, *more, *trust, self.registry.name, stdin=self.registry.token)
                self.assertIn('!vault', pathlib.Path('/root/work/logins.yml').read_text())
                self.assertEqual(self.files_with_the_token(), [])
                self.push(engine)
                self.assertEqual(json.loads(self.run_as_root(HELPER, 'list').stdout), {self.registry.name: self.registry.user})
                self.run_as_root(engine, 'logout', *more, self.registry.name)
                self.assertEqual(self.run_as_root(HELPER, 'list').stdout, '{}\n')

    # ------------------------------------------------------------------------------------- those that are not here

    def test_in_the_place_of_bazel(self):
        """rules_oci runs a script of this text for a registry that credHelpers names, and reads three members."""
        script = '#!/usr/bin/env bash\nexec "docker-credential-regvault" get <<< "$1"\n'
        for server in (self.registry.name, f'https://{self.registry.name}'):
            self.assertEqual(self.answer_of(script, server), {'ServerURL': server, 'Username': self.registry.user,
                                                              'Secret': self.registry.token})

    def answer_of(self, script, server):
        done = subprocess.run(['bash', '-c', script, 'bash', server], text=True, stdout=subprocess.PIPE, timeout=60,
                              env={'PATH': f'{pathlib.Path(PROGRAM).parent}:{PATH}', 'HOME': '/root'}, check=True)
        return json.loads(done.stdout)

    def test_in_the_place_of_crane(self):
        """go-containerregistry asks for the repository first, then for the registry, without a line end."""
        for server in (f'{self.registry.name}/acme/app', self.registry.name):
            answer = self.answer_of(f'printf %s "$1" | {HELPER} get', server)
            self.assertEqual(answer['Secret'], self.registry.token)

    # ----------------------------------------------------------------------------------------- where the token goes

    def test_the_token_goes_to_who_asked_and_nowhere_else(self):
        self.push()
        trace = os.path.join(self.registry.directory, 'trace')
        self.addCleanup(os.unlink, trace)
        calls = 'trace=write,writev,pwrite64,sendto,sendmsg,execve'
        self.run_as_root('strace', '-f', '-yy', '-s', '4096', '-e', calls, '-o', trace, 'skopeo', 'inspect', f'docker://{self.image()}')
        text = pathlib.Path(trace).read_text()
        helpers = re.findall(r'^(\d+) +execve\("[^"]*/docker-credential-regvault", \["[^"]*", "get"\]', text, re.M)
        lines = [line for line in text.splitlines() if self.registry.token in line]
        self.assertEqual([line.split()[0] for line in lines], helpers)
        self.assertGreaterEqual(len(lines), 1)
        for line in lines:
            self.assertRegex(line, r'write\(1<pipe:\[\d+\]>, "\{\\"ServerURL')


if __name__ == '__main__':
    enter_namespace()
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
