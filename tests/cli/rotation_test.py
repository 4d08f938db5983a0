"""rotate --verify-token, --plan and --run, all the way: a registry that asks a token server, under the name ghcr.io
(tests/support/internet.py, with a stand-in for GitHub's API), the real ansible-playbook and kubectl, stand-ins for the
Kubernetes API and for gh."""

import os
import pathlib
import shutil
import stat
import sys
import tempfile

import program

SUPPORT = pathlib.Path(__file__).resolve().parents[1] / 'support'
sys.path.insert(0, str(SUPPORT))
from internet import Internet  # noqa: E402
from kubernetes_api import KubernetesApi  # noqa: E402
from tokens import classic_token  # noqa: E402

GH = """#!/bin/sh
# A stand-in for GitHub's command line: keeps what it is given.
[ ! -e "$HOME/gh-kills" ] || { rm "$HOME/gh-kills"; kill -KILL $PPID; exit 1; }
[ ! -e "$HOME/gh-fails" ] || { echo 'HTTP 403: Resource not accessible' >&2; exit 1; }
echo "$*" >>"$HOME/gh.arguments"
cat >"$HOME/gh.secret"
"""

RULES = (SUPPORT / 'rotation.regvault.yml').read_text()

PLAYBOOK = """\
- hosts: gpu
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        dest: "{{ playbook_dir }}/on-{{ inventory_hostname }}"
        content: "{{ iaas_console.ghcr_pat }}"
        mode: "0600"
      connection: local
      no_log: true
"""


class RotationTest(program.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix='regvault-rotation-')
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.internet = Internet(folder)
        cls.internet.__enter__()
        cls.addClassCleanup(cls.internet.__exit__)
        cls.internet.add_user('octocat', {'octo/*': 'pull,push'})
        cls.internet.registry.push('octo/app:1', 'octocat')
        cls.cluster = KubernetesApi(namespaces=['argowf', 'prod'])
        cls.cluster.__enter__()
        cls.addClassCleanup(cls.cluster.__exit__, None, None, None)

    def setUp(self):
        super().setUp()
        self.old = self.internet.add_user('before', {'octo/*': 'pull'}, scopes='read:packages')
        self.new = self.internet.add_user('after', {'octo/*': 'pull'}, scopes='read:packages')
        self.set_token(token=self.old)
        (self.dir / '.regvault.yml').write_text(RULES)
        (self.dir / 'site.yml').write_text(PLAYBOOK)
        gh = self.dir / 'bin/gh'
        gh.parent.mkdir()
        gh.write_text(GH)
        gh.chmod(0o755)
        self.environment |= self.internet.environment | {
            'PATH': f'{gh.parent}:{os.environ["PATH"]}', 'KUBECONFIG': str(self.cluster.kubeconfig(self.dir)),
            'ANSIBLE_PYTHON_INTERPRETER': '/usr/bin/python3'}
        self.journal = self.dir / '.inventory.yml.rotation'
        self.revoked = []
        self.internet.api.on_revoke = self.revoked.append

    def rotate(self, *arguments, token='', code=0):
        result = self.run_program('rotate', '--stdin', *arguments, self.inventory, program.KEY, stdin=token.encode())
        said = result.stdout.decode() + result.stderr.decode()
        self.assertEqual(result.returncode, code, said)
        for secret in (self.old, self.new):
            self.assertNotIn(secret, said)
        return said

    def token_in(self, namespace):
        return self.cluster.secret_config(namespace, 'ghcr-credentials')['auths']['ghcr.io']['password']

    def assert_all_done(self):
        self.assertEqual(self.get_token(), self.new)
        self.assertEqual((self.dir / 'on-gpu-01').read_text(), self.new)
        self.assertEqual([self.token_in('argowf'), self.token_in('prod')], [self.new, self.new])
        self.assertEqual((self.dir / 'gh.secret').read_text(), self.new)
        self.assertEqual(self.revoked, [self.old])
        self.assertFalse(self.journal.exists())

    def test_all_the_way(self):
        plan = self.rotate('--plan')
        self.assertIn('all.vars.iaas_console.ghcr_pat would be replaced', plan)
        self.assertIn('then, as .regvault.yml:3 says:\n        playbook site.yml\n        pull secret ghcr-credentials in argowf\n'
                      '        pull secret ghcr-credentials in prod\n        Actions secret GHCR_PAT of octo/app\n'
                      '        pull of ghcr.io/octo/app:1\n        revocation of the token that was old\n', plan)
        self.assertEqual((self.get_token(), self.revoked, self.journal.exists()), (self.old, [], False))
        said = self.rotate('--run', token=self.new)
        self.assertIn('1/6 playbook site.yml', said)
        self.assertIn('revocation of the token that was old: done', said)
        self.assert_all_done()
        self.assertNotIn(self.new, (self.dir / 'gh.arguments').read_text())

    def test_goes_on_where_it_was_stopped(self):
        (self.dir / 'gh-fails').touch()
        said = self.rotate('--run', token=self.new, code=9)
        self.assertIn('the same command goes on from here', said)
        self.assertEqual(self.token_in('prod'), self.new)
        self.assertEqual(self.revoked, [])
        self.assertEqual(stat.S_IMODE(self.journal.stat().st_mode), 0o600)
        self.assertTrue(self.journal.read_text().startswith('$ANSIBLE_VAULT;'))
        self.assertIn('  done  pull secret ghcr-credentials in prod\n        Actions secret', self.rotate('--plan'))

        (self.dir / 'gh-fails').unlink()
        (self.dir / 'on-gpu-01').write_text('the playbook is not run again')
        said = self.rotate('--run')
        self.assertNotIn('playbook', said)
        self.assertIn('4/6 Actions secret', said)
        (self.dir / 'on-gpu-01').write_text(self.new)
        self.assert_all_done()

    def test_killed_in_a_step(self):
        (self.dir / 'gh-kills').touch()
        self.rotate('--run', token=self.new, code=-9)
        self.assertEqual((self.token_in('prod'), self.revoked), (self.new, []))
        self.rotate('--run')
        self.assert_all_done()

    def test_another_value_meanwhile(self):
        (self.dir / 'site.yml').write_text('- hosts: [broken\n')
        said = self.rotate('--run', token=self.new, code=9)
        self.assertIn('the playbook "site.yml" failed', said)
        self.assertEqual(self.get_token(), self.new)

        self.set_token(token=classic_token())
        said = self.rotate('--run', code=8)
        self.assertIn('since then it got another value', said)

    def test_a_token_that_is_refused_changes_nothing(self):
        for arguments in (('--run',), ('--verify-token',)):
            before = self.inventory.read_bytes()
            said = self.rotate(*arguments, token=classic_token(), code=10)
            self.assertIn('the new token: ', said)
            self.assertEqual(self.inventory.read_bytes(), before)
            self.assertFalse(self.journal.exists())
        self.rotate('--verify-token', token=self.new)
        self.assertEqual(self.get_token(), self.new)

    def test_what_is_known_before(self):
        before = self.inventory.read_bytes()
        self.assertIn('the new token is the old one', self.rotate('--run', token=self.old, code=2))
        (self.dir / '.regvault.yml').write_text(RULES.replace('ghcr.io/octo', 'quay.io/octo'))
        self.assertIn('is not in the registry ghcr.io', self.rotate('--run', token=self.new, code=5))
        (self.dir / '.regvault.yml').write_text(RULES.replace('[argowf, prod]', '[argowf, Prod]'))
        self.assertIn('cannot be the name of a namespace', self.rotate('--run', token=self.new, code=2))
        (self.dir / 'site.yml').unlink()
        self.assertIn('there is no playbook "site.yml"', self.rotate('--plan', code=4))
        (self.dir / '.regvault.yml').unlink()
        self.assertIn('no .regvault.yml has a rotation', self.rotate('--run', token=self.new, code=4))
        self.assertEqual(self.inventory.read_bytes(), before)

    def test_secrets_that_cannot_be_compared_stop_it(self):
        (self.dir / 'group_vars').mkdir()
        other = self.dir / 'group_vars/all.yml'
        other.write_text('other: x\n')
        (self.dir / 'other-pw').write_text('another\n')
        result = self.run_program('encrypt', '--key', 'other', '--vault-id', f'b@{self.dir}/other-pw',
                                  '--encrypt-vault-id', 'b', other)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = self.run_program('rotate', '--run', '--stdin', self.inventory, program.KEY, 'group_vars',
                                  stdin=self.new.encode())
        self.assertEqual(result.returncode, 20, result.stderr)
        self.assertIn(b'not begun', result.stderr)
        self.assertEqual((self.get_token(), self.journal.exists()), (self.old, False))


if __name__ == '__main__':
    program.main()
