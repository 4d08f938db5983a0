#!/usr/bin/python3
"""examples/github-actions, gitlab, bazel and environments, as far as they run without GitHub, GitLab and Bazel: their
own lines in a shell, with a real registry in the place of ghcr.io, real docker, skopeo, Ansible and systemd-analyze.

Usage: pipelines_test.py PROGRAM [unittest arguments]
"""

import ast
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

import yaml

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / 'examples'
sys.path.insert(0, str(HERE.parent / 'ansible'))
from engine_support import EngineTest, PATH, enter_namespace  # noqa: E402

INVENTORY = 'all:\n  vars:\n    iaas_console:\n      ghcr_user: {}\n  hosts:\n    localhost: {{ansible_connection: local}}\n'
KEY = 'all.vars.iaas_console.ghcr_pat'


class PipelinesTest(EngineTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bin = pathlib.Path(PROGRAM).parent

    def setUp(self):
        super().setUp()
        for name in ('.config', '.docker', 'site'):
            shutil.rmtree(f'/root/{name}', ignore_errors=True)
        shutil.rmtree('/run/containers/0', ignore_errors=True)
        self.site = pathlib.Path('/root/site')
        self.site.mkdir()
        (self.site / 'inventory.yml').write_text(INVENTORY.format(self.registry.user))
        self.environment = {'REGVAULT_PASSWORD_PROD': 'of prod', 'REGVAULT_KEYRING': 'none'}
        self.set('inventory.yml', KEY, self.registry.token)
        subprocess.run([HERE.parent / 'support/tiny_image.sh', self.site / 'image'], check=True)

    def shell(self, script, stdin='', check=True, **variables):
        """A job's lines: bash, as the runners start it, in the project; nobody to ask."""
        done = subprocess.run(['bash', '-e', '-o', 'pipefail', '-c', script], input=stdin, text=True, cwd=self.site, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                              env={'PATH': f'{self.bin}:{PATH}', 'HOME': '/root', 'LANG': 'C.UTF-8',
                                   'SSL_CERT_FILE': os.path.join(self.registry.cert_dir, 'ca.crt'),
                                   **self.environment, **variables})
        self.assertNotIn(self.registry.token, done.stdout)
        if check:
            self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def set(self, file, key, value, options='--vault-id prod@regvault-client'):
        self.shell(f'regvault set --stdin {options} {file} {key}', stdin=value)

    def push(self, name):
        """With a login that is not the pipeline's."""
        auth = f'{self.registry.directory}/auth.json'
        self.shell(f'regvault login --engine skopeo --auth-file {auth} -u {self.registry.user} --stdin {self.registry.name}',
                   stdin=self.registry.token)
        self.shell(f'skopeo copy --quiet --authfile {auth} oci:image:latest docker://{self.registry.name}/{name}')

    # ------------------------------------------------------------------------------------------------ GitHub Actions

    def workflows(self):
        found = {path.name: yaml.safe_load(path.read_text()) for path in sorted((EXAMPLES / 'github-actions').glob('*.yml'))}
        self.assertEqual(len(found), 2)
        return found

    def test_workflows(self):
        for name, workflow in self.workflows().items():
            self.assertEqual(set(workflow), {'name', True, 'permissions', 'jobs'}, name)  # True: YAML's "on"
            self.assertIn('contents', workflow['permissions'])
            for job in workflow['jobs'].values():
                self.assertEqual(job['runs-on'], 'ubuntu-latest')
                for step in job['steps']:
                    self.assertEqual(len({'uses', 'run'} & set(step)), 1, step)
                    if 'uses' in step:
                        self.assertRegex(step['uses'], r'^[a-z-]+/[a-z-]+@v\d+$')
        push = self.workflows()['push-with-github-token.yml']
        self.assertEqual(push['permissions'], {'contents': 'read', 'packages': 'write'})
        steps = {step['uses'].split('@')[0]: step.get('with') for step in push['jobs']['push']['steps']}
        image = steps['docker/build-push-action']['tags']
        self.assertEqual(image, image.lower())
        self.assertEqual(steps['docker/login-action']['registry'], image.split('/')[0])
        self.assertIn('org.opencontainers.image.source=', steps['docker/build-push-action']['labels'])
        for name in self.workflows():
            self.shell(f"regvault diagnose --workflow {EXAMPLES / 'github-actions' / name}")

    def run_job(self, job, secrets):
        """The `run` steps, in their order; returns what they printed, by their names."""
        said = {}
        for step in job['steps']:
            if 'run' not in step or step['name'] == 'Install regvault':
                continue
            variables = {**job['env'], **step.get('env', {}), 'REGISTRY': self.registry.name}
            for name, value in variables.items():
                variables[name] = re.sub(r'\$\{\{ secrets\.(\w+) \}\}', lambda match: secrets[match[1]], value)
            self.assertNotIn('${{', json.dumps([step['run'], variables]))
            said[step['name']] = self.shell(step['run'], **variables)
        return said

    def test_a_vaulted_token_on_github(self):
        self.push('other/app:latest')
        self.environment = {}
        job = self.workflows()['pull-with-vaulted-pat.yml']['jobs']['pull']
        said = self.run_job(job, {'VAULT_PASSWORD_PROD': 'of prod'})
        self.assertIn(f'docker: logged in to {self.registry.name} as {self.registry.user}', said['Log in'])
        self.assertEqual(json.loads(said['Look at the image'])['schemaVersion'], 2)
        self.assertEqual(said['Log out'], f'docker: logged out of {self.registry.name}\n')
        self.assertNotIn(self.registry.name, pathlib.Path('/root/.docker/config.json').read_text())
        with self.assertRaisesRegex(AssertionError, 'REGVAULT_PASSWORD_PROD is set to nothing'):  # as in a fork
            self.run_job(job, {'VAULT_PASSWORD_PROD': ''})

    # -------------------------------------------------------------------------------------------------------- GitLab

    def test_gitlab(self):
        pipeline = yaml.safe_load((EXAMPLES / 'gitlab/.gitlab-ci.yml').read_text())
        variables = {**pipeline.pop('variables'), 'REGISTRY': self.registry.name}
        stages = pipeline.pop('stages')
        self.assertEqual(set(pipeline.pop('default')), {'image'})
        (self.site / 'site.yml').write_text('- hosts: all\n  gather_facts: false\n  tasks:\n'
                                            '    - assert: {that: iaas_console.ghcr_pat | length == 40}\n')
        said = {}
        self.assertEqual([job['stage'] for job in pipeline.values()], stages)
        for name, job in pipeline.items():
            said[name] = self.shell('\n'.join(job['script']), **variables)
            said[name] += self.shell('\n'.join(job.get('after_script', [])), **variables)
        self.assertRegex(said['mirror'], r'sha256:[0-9a-f]{64}\n(.|\n)*logged out of')
        self.assertIn('failed=0', said['configure'])
        (self.site / 'notes.txt').write_text('ghp_' + 'x' * 36)
        self.assertNotEqual(self.shell('regvault scan . || echo refused'), '')

    # --------------------------------------------------------------------------------------------------------- Bazel

    def test_bazel(self):
        """What rules_oci does: it reads config.json, and runs a script of this text for the registry's helper."""
        for name in ('MODULE.bazel', 'BUILD.bazel'):
            nodes = list(ast.walk(ast.parse((EXAMPLES / 'bazel' / name).read_text())))
            self.assertGreaterEqual(sum(isinstance(node, ast.Call) for node in nodes), 3)
        self.assertIn('--repo_env=DOCKER_CONFIG=%workspace%/docker-config', (EXAMPLES / 'bazel/.bazelrc').read_text())
        folder = self.site / 'bazel'
        shutil.copytree(EXAMPLES / 'bazel', folder)
        for path in (folder / 'docker-config/config.json', folder / 'credentials.json'):
            path.write_text(path.read_text().replace('ghcr.io', self.registry.name))
        os.makedirs('/root/.config/regvault', mode=0o700)
        shutil.copy(folder / 'credentials.json', '/root/.config/regvault')
        (server, helper), = json.loads((folder / 'docker-config/config.json').read_text())['credHelpers'].items()
        self.assertEqual((server, helper), (self.registry.name, 'regvault'))
        done = subprocess.run(['bash', '-c', f'exec "docker-credential-{helper}" get <<< "$1" ', 'bash', server], text=True,
                              check=True, stdout=subprocess.PIPE, timeout=60,
                              env={'PATH': f'{self.bin}:{PATH}', 'HOME': '/root', **self.environment})
        answer = json.loads(done.stdout)
        self.assertEqual((answer['Username'], answer['Secret']), (self.registry.user, self.registry.token))
        self.push('acme/base:latest')
        inspected = self.shell(f'DOCKER_CONFIG="$PWD/bazel/docker-config" docker manifest inspect {server}/acme/base:latest')
        self.assertEqual(json.loads(inspected)['schemaVersion'], 2)
        self.assertNotIn('auths', (folder / 'docker-config/config.json').read_text())

    # -------------------------------------------------------------------------------------------------- environments

    def take_environments(self):
        shutil.copytree(EXAMPLES / 'environments', self.site, dirs_exist_ok=True)
        config = self.site / 'ansible.cfg'
        config.write_text(config.read_text().replace('/usr/bin/regvault-client', f'{self.bin}/regvault-client'))
        self.environment |= {'REGVAULT_PASSWORD_DEV': 'of dev'}

    def play(self, limit):
        (self.site / 'site.yml').write_text('- hosts: all\n  gather_facts: false\n  connection: local\n  tasks:\n'
                                            '    - debug: {msg: "{{ ghcr_user }}/{{ ghcr_pat }}"}\n')
        return self.shell(f'ansible-playbook site.yml --limit {limit}', check=False)

    def test_environments(self):
        self.take_environments()
        self.shell('git init --quiet')
        for name in ('dev', 'prod'):
            self.set(f'group_vars/{name}.yml', 'ghcr_pat', f'a token of {name}', '')
            self.assertIn(f'$ANSIBLE_VAULT;1.2;AES256;{name}\n', (self.site / f'group_vars/{name}.yml').read_text())
        self.shell('regvault list group_vars')
        self.assertIn('acme-dev/a token of dev', self.play('dev'))
        self.assertIn('acme-prod/a token of prod', self.play('prod'))
        del self.environment['REGVAULT_PASSWORD_PROD']  # who has dev's only
        said = self.play('dev')
        self.assertIn('acme-dev/a token of dev', said)
        self.assertIn('didnotfindasecretforvault-id=prod', ''.join(said.split()))  # Ansible folds its warnings anywhere
        self.assertNotIn('a token of prod', self.play('prod'))
        (self.site / 'group_vars/prod.yml').write_text('ghcr_pat: in the clear\n')
        self.assertIn('ghcr_pat', self.shell('regvault list group_vars || test $? = 20'))

    def test_systemd(self):
        self.take_environments()
        for path in (self.site / 'systemd').iterdir():
            path.write_text(path.read_text().replace('/usr/bin/regvault', str(PROGRAM)))
        self.assertEqual(self.shell('cd systemd; systemd-analyze verify --man=no ./regvault-check.service ./regvault-check.timer'), '')
        self.assertIn('Normalized form: *-*-* 07:00:00', self.shell("systemd-analyze calendar '*-*-* 07:00'"))

        # What it starts, with the credentials where systemd would have put them.
        text = (self.site / 'systemd/regvault-check.service').read_text().replace('\\\n', ' ')
        command = re.search('^ExecStart=(.*)$', text, re.M)[1]
        for name in ('d', 'S/regvault-check'):
            os.makedirs(self.site / name)
        (self.site / 'd/prod').write_text('of prod')
        (self.site / 'd/vars.yml').write_text(f'ghcr_user: {self.registry.user}\n')
        self.set('d/vars.yml', 'ghcr_pat', self.registry.token, '--encrypt-vault-id prod')
        self.push('acme/app:latest')
        for name, value in (('%d', f'{self.site}/d'), ('%S', f'{self.site}/S'), ('ghcr.io', self.registry.name)):
            command = command.replace(name, value)
        self.assertEqual(self.shell(command), '')
        metrics = (self.site / 'S/regvault-check/ghcr.prom').read_text()
        self.assertIn(f'regvault_check_success{{registry="{self.registry.name}"}} 1', metrics)
        self.registry.new_token()
        self.assertNotEqual(self.shell(f'{command} || echo failed: $?'), '')

    # --------------------------------------------------------------------------------------------------------- pages

    def test_pages_name_what_is_there(self):
        for folder in ('github-actions', 'gitlab', 'bazel', 'environments'):
            text = (EXAMPLES / folder / 'README.md').read_text()
            for target in re.findall(r'\]\(([^):]+)\)', text):
                self.assertTrue((EXAMPLES / folder / target).exists(), f'{folder}/README.md: {target}')


if __name__ == '__main__':
    enter_namespace()
    PROGRAM = sys.argv.pop(1)
    unittest.main(verbosity=2)
