#!/usr/bin/python3
"""Every command of docs/cookbook.md, as it stands there, from top to bottom in one folder: with the real podman, docker,
skopeo, kubectl and ansible-playbook; ghcr.io (a real registry) and GitHub's API under their own names, see
tests/support/internet.py; stand-ins for the Kubernetes API and for gh.

Usage: cookbook_test.py PROGRAM [unittest arguments]
"""

import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path[:0] = [str(HERE.parent / 'ansible'), str(HERE.parent / 'support')]
from engine_support import PATH, enter_namespace, prepare_namespace  # noqa: E402
from internet import Internet  # noqa: E402
from kubernetes_api import KubernetesApi  # noqa: E402

INVENTORY = """\
all:
  vars:
    iaas_console:
      ghcr_user: octocat
  hosts:
    gpu-01:
"""

RULES = (HERE.parent / 'support/rotation.regvault.yml').read_text()

PLAYBOOK = """\
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - regvault.registry.login:
        registry: ghcr.io
        username: "{{ iaas_console.ghcr_user }}"
        password: "{{ iaas_console.ghcr_pat }}"
        engine: podman
"""

WORKFLOW = """\
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: ${{ github.actor }}
          password: ${{ secrets.GITHUB_TOKEN }}
      - run: docker push ghcr.io/octo/app:1
"""

DENIED = 'Error response from daemon: Head "https://ghcr.io/v2/octo/app/manifests/1": denied: denied\n'
NOT_FOUND = ('Error response from daemon: failed to resolve reference "ghcr.io/octo/app:2": ghcr.io/octo/app:2: not found\n')


class Recipe:
    """A `$ ` line of the page: the command, and what it ends with."""

    def __init__(self, line):
        found = re.fullmatch(r'(.*?)(?: +# exit code (\d+))?', line)
        self.command, self.code = found[1], int(found[2] or 0)

    @staticmethod
    def all():
        page = (PROJECT / 'docs/cookbook.md').read_text()
        return [Recipe(line) for line in re.findall(r'^\$ (.*)$', page, re.MULTILINE)]


class CookbookTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.mkdtemp(prefix='regvault-cookbook-')
        os.chmod(folder, 0o711)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        prepare_namespace(folder)
        self.internet = Internet(folder, public=['octo/open'])
        self.internet.__enter__()
        self.addCleanup(self.internet.__exit__)
        self.cluster = KubernetesApi(namespaces=['argowf', 'prod'])
        self.cluster.__enter__()
        self.addCleanup(self.cluster.__exit__, None, None, None)
        self.cluster.images['ghcr.io/octo/app:1'] = None
        ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=60)
        self.old, self.new = [
            self.internet.add_user(login, {'octo/*': 'pull,push'}, scopes='write:packages', admin=True,
                                   expires=ends.strftime('%Y-%m-%d %H:%M:%S UTC')) for login in ('before', 'after')]
        for image in ('octo/app:1', 'octo/open:latest'):
            self.internet.registry.push(image, 'before')
        self.internet.api.workflow['octo/app'] = 'write'
        self.folder = pathlib.Path('/root/site')
        self.folder.mkdir()
        self.prepare_files()

    def prepare_files(self):
        programs = pathlib.Path('/root/bin')
        programs.mkdir()
        for name in ('regvault', 'docker-credential-regvault'):
            (programs / name).symlink_to(PROGRAM)
        stand_in = programs / 'gh'
        stand_in.write_text('#!/bin/sh\ncat >/root/gh.secret\n')
        stand_in.chmod(0o755)
        self.environment = {
            'PATH': f'{programs}:{PATH}', 'HOME': '/root', 'LANG': 'C.UTF-8', 'CR_PAT': self.old,
            'ANSIBLE_VAULT_PASSWORD_FILE': '/root/password', 'KUBECONFIG': str(self.cluster.kubeconfig('/root')),
            'ANSIBLE_COLLECTIONS_PATH': os.environ.get('REGVAULT_COLLECTIONS', str(PROJECT / 'build/collection')),
            'ANSIBLE_PYTHON_INTERPRETER': '/usr/bin/python3', **self.internet.environment}
        pathlib.Path('/root/password').write_text('vault password')
        kubernetes = PROJECT / 'examples/kubernetes'
        files = {'inventory.yml': INVENTORY, '.regvault.yml': RULES, 'site.yml': PLAYBOOK, 'build.yml': WORKFLOW,
                 'vars.yml': 'quay_token: in-the-clear-for-once\n', 'denied.log': DENIED, 'not-found.log': NOT_FOUND,
                 'deployment.yml': (kubernetes / 'deployment.yml').read_text(),
                 'seldon-deployment.yml': (kubernetes / 'seldon-deployment.yml').read_text(),
                 'pull-secrets.sh': (kubernetes / 'pull-secrets.sh').read_text(),
                 'wrong.txt': 'no-token', 'restart.sh': '#!/bin/sh\ntouch restarted\n'}
        for name, text in files.items():
            (self.folder / name).write_text(text)
        for name in ('pull-secrets.sh', 'restart.sh'):
            (self.folder / name).chmod(0o755)

    def configure_helper(self):
        """What the page calls "with docker-credential-regvault configured"."""
        configuration = {'registries': {'ghcr.io': {
            'file': '/root/site/inventory.yml', 'key': 'all.vars.iaas_console.ghcr_pat', 'username': 'octocat',
            'vault_id': '/root/password'}}}
        for path, content in (('.config/regvault/credentials.json', configuration),
                              ('.config/containers/auth.json', {'credHelpers': {'ghcr.io': 'regvault'}})):
            file = pathlib.Path('/root', path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content))
            file.chmod(0o600)

    def run_recipe(self, recipe):
        token = self.new if ' --run ' in recipe.command else self.old
        command = recipe.command
        if re.match(r'regvault (set|rotate --run) ', command):
            command += ' --stdin'  # asked for on a terminal otherwise
        done = subprocess.run(['sh', '-c', command], input=token, text=True, cwd=self.folder, env=self.environment, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, recipe.code, f'{recipe.command}\n{said}')
        for secret in (self.old, self.new):
            self.assertNotIn(secret, said, recipe.command)
        return said

    def test_from_top_to_bottom(self):
        said = {}
        for recipe in Recipe.all():
            if recipe.command.startswith('docker-credential-regvault'):
                self.configure_helper()
            elif 'login' in recipe.command:
                shutil.rmtree('/root/.config/containers', ignore_errors=True)
            said[recipe.command] = self.run_recipe(recipe)
        self.assertTrue((self.folder / 'restarted').exists())
        self.assertIn('podman: logged in to ghcr.io as octocat', ''.join(said.values()))
        self.assertIn('docker: logged in to ghcr.io as octocat', ''.join(said.values()))
        self.assertIn('workflow-permissions', ''.join(said.values()))
        self.assertEqual(pathlib.Path('/root/gh.secret').read_text(), self.new)
        self.assertEqual(self.cluster.secret_config('argowf', 'ghcr-credentials')['auths']['ghcr.io']['password'], self.new)
        self.assertEqual(self.cluster.pull_secrets('argowf'), ['ghcr-credentials'])
        self.assertFalse((self.folder / '.inventory.yml.rotation').exists())


if __name__ == '__main__':
    enter_namespace()
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
