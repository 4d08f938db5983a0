"""The collection as ansible-test and ansible-lint see it, as far as they work without a network.

ansible-test installs what many of its tests need from PyPI. Those that need nothing are run by it. The programs of the
others are part of it, and are run as it runs them, with Debian's packages: validate-modules (python3-voluptuous),
yamllint, pep8 (python3-pycodestyle). The binaries are left out: ansible-test takes every file in bin/ for Python.
"""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import yaml

from support import collections

PROJECT = Path(__file__).resolve().parents[2]
PROGRAMS = Path('/usr/lib/python3/dist-packages/ansible_test/_util/controller/sanity')
PYTHON = '/usr/bin/python3'
WITHOUT_A_NETWORK = (
    'action-plugin-docs', 'changelog', 'compile', 'empty-init', 'future-import-boilerplate', 'ignores', 'line-endings',
    'metaclass-boilerplate', 'no-assert', 'no-basestring', 'no-illegal-filenames', 'no-main-display', 'no-smart-quotes',
    'no-unicode-literals', 'replace-urlopen', 'shebang', 'symlinks', 'use-argspec-type-path', 'use-compat-six')


class SanityTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        cls.collection = cls.scratch / 'ansible_collections/regvault/registry'
        shutil.copytree(collections() / 'ansible_collections/regvault/registry', cls.collection)
        cls.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith('ANSIBLE_')},
            'HOME': str(cls.scratch), 'LC_ALL': 'C.UTF-8', 'PYTHONPATH': str(cls.scratch),
            'ANSIBLE_COLLECTIONS_PATH': str(cls.scratch)}

    def run_here(self, *command, cwd=None, **keywords):
        return subprocess.run(command, cwd=cwd or self.collection, env=self.environment, capture_output=True, text=True,
                              timeout=200, **keywords)

    def files(self, *patterns):
        return sorted(str(path.relative_to(self.collection)) for pattern in patterns
                      for path in self.collection.glob(pattern) if 'output' not in path.parts)

    def test_ansible_test(self):
        tests = [word for name in WITHOUT_A_NETWORK for word in ('--test', name)]
        done = self.run_here('ansible-test', 'sanity', '--color', 'no', '--python', '3.11', *tests)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        for name in WITHOUT_A_NETWORK:
            if name != 'ignores':
                self.assertIn(f'Running sanity test "{name}"', done.stdout + done.stderr)

    def test_validate_modules(self):
        for more, files in (([], self.files('plugins/modules/*')),
                            (['--plugin-type', 'filter'], self.files('plugins/filter/*'))):
            self.assertTrue(files)
            done = self.run_here(PYTHON, PROGRAMS / 'validate-modules/validate.py', '--format', 'json', '--arg-spec',
                                 '--collection', 'ansible_collections/regvault/registry', '--collection-version',
                                 '0.1.0', *more, *files)
            self.assertIn(done.returncode, (0, 3), done.stderr)
            for file, said in json.loads(done.stdout).items():
                self.assertEqual([], said['errors'], file)

    def test_runtime_metadata(self):
        done = self.run_here(PYTHON, PROGRAMS / 'code-smell/runtime-metadata.py', 'meta/runtime.yml')
        self.assertEqual((0, '', ''), (done.returncode, done.stdout, done.stderr))
        runtime = yaml.safe_load((self.collection / 'meta/runtime.yml').read_text())
        modules = {Path(file).stem for file in self.files('plugins/modules/*.py')}
        self.assertEqual(modules, set(runtime['action_groups']['registry']))

    def test_execution_environment(self):
        """What ansible-builder reads: no packages are needed."""
        said = yaml.safe_load((self.collection / 'meta/execution-environment.yml').read_text())
        self.assertEqual({'version': 1, 'dependencies': {}}, said)

    def test_yamllint(self):
        files = self.files('*.yml', 'meta/*.yml', 'tests/*.yml', 'roles/**/*.yml', 'plugins/**/*.yml', 'plugins/*/*.py')
        done = self.run_here(PYTHON, PROGRAMS / 'yamllint/yamllinter.py', input='\n'.join(files))
        self.assertEqual([], json.loads(done.stdout)['messages'], done.stderr)

    def test_pep8(self):
        ignored = ','.join((PROGRAMS / 'pep8/current-ignore.txt').read_text().split())
        done = self.run_here(PYTHON, '-m', 'pycodestyle', '--max-line-length', '160', '--config', '/dev/null',
                             '--ignore', ignored, 'plugins')
        self.assertEqual((0, ''), (done.returncode, done.stdout), done.stderr)

    def test_ansible_lint(self):
        """The role, the playbooks of examples/, and the examples that ansible-doc shows."""
        project = self.scratch / 'project'
        (project / 'tasks').mkdir(parents=True)
        shutil.copytree(self.collection / 'roles', project / 'roles')
        playbooks = project / 'playbooks'
        shutil.copytree(PROJECT / 'examples', playbooks, ignore=lambda _, names: [
            name for name in names if not name.endswith('.yml')])
        for file in self.files('plugins/modules/*.py'):
            variables = {}
            exec((self.collection / file).read_text(), variables)  # documentation only
            examples = variables['EXAMPLES']
            folder = playbooks if 'hosts' in yaml.safe_load(examples)[0] else project / 'tasks'
            (folder / f'{Path(file).stem}_examples.yml').write_text('---\n' + examples)
        for file in self.files('plugins/filter/*.yml'):
            examples = yaml.safe_load((self.collection / file).read_text())['EXAMPLES']
            (project / 'tasks' / Path(file).name).write_text('---\n' + examples)
        files = sorted(str(path.relative_to(project)) for folder in ('playbooks', 'tasks')
                       for path in (project / folder).glob('*.yml'))
        self.assertIn('playbooks/log-in-a-fleet.yml', files)
        self.run_here('git', 'init', '-q', cwd=project)
        done = self.run_here('ansible-lint', '--offline', '--strict', '--nocolor', '-p', 'roles', *files, cwd=project)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn('Passed with production profile: 0 failure(s), 0 warning(s)', done.stderr)


if __name__ == '__main__':
    unittest.main()
