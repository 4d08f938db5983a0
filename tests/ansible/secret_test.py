"""regvault.registry.secret: a play encrypts a variable into a file on the controller, and Ansible reads it back."""

import base64
import unittest

from secret_play import INVENTORY, KEY, SecretPlay
from support import new_token


class SecretTest(SecretPlay):
    def test_encrypts_in_place_once(self):
        run = self.run_play(self.secret('first'))
        self.assertEqual(('changed',), self.status(run, 'first'), run.output)
        text = self.file.read_text()
        result = self.result(run, 'first')
        self.assertEqual((str(self.file), KEY, 'replaced', 6),
                         tuple(result[name] for name in ('path', 'key', 'action', 'line')))
        before, after = INVENTORY.split('to be replaced\n')
        self.assertTrue(text.startswith(before + '!vault |\n') and text.endswith(after), text)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat'))

        run = self.run_play(self.secret('second'))
        self.assertEqual(('ok',), self.status(run, 'second'))
        self.assertEqual('unchanged', self.result(run, 'second')['action'])
        self.assertEqual(text, self.file.read_text())

    def test_check_mode_and_diff(self):
        run = self.run_play(self.secret('predicted'), arguments=['--check', '--diff'])
        self.assertEqual(('changed',), self.status(run, 'predicted'), run.output)
        self.assertEqual(INVENTORY, self.file.read_text())
        self.assertTrue(self.result(run, 'predicted')['diff'])
        self.assertNotIn(self.value, run.output)
        self.run_play(self.secret('for good'))
        run = self.run_play(self.secret('predicted'), arguments=['--check', '--diff'])
        self.assertEqual(('ok',), self.status(run, 'predicted'))

    def test_a_new_variable(self):
        run = self.run_play(self.secret('new', key='all.vars.new_pat'),
                            self.secret('deep', key='all.vars.a.b', parents=True),
                            self.secret('no parents', key='all.vars.c.d', keywords={'ignore_errors': True}))
        self.assertEqual(('changed', 'changed', 'failed'), self.status(run, 'new', 'deep', 'no parents'), run.output)
        self.assertEqual('inserted', self.result(run, 'new')['action'])
        self.assertEqual([self.value] * 2, [self.read_back('new_pat'), self.read_back('a', 'b')])

    def test_absent(self):
        self.run_play(self.secret('encrypt', key='all.vars.new_pat'))
        absent = {'path': str(self.file), 'key': 'all.vars.new_pat', 'state': 'absent'}
        task = {'name': 'remove', 'regvault.registry.secret': absent}
        run = self.run_play(task, ids=(), arguments=['--check', '--diff'])
        self.assertEqual(('changed',), self.status(run, 'remove'), run.output)
        run = self.run_play(task, ids=())
        self.assertEqual(('changed',), self.status(run, 'remove'), run.output)
        self.assertEqual('removed', self.result(run, 'remove')['action'])
        self.assertEqual(INVENTORY, self.file.read_text())
        self.assertEqual(('ok',), self.status(self.run_play(task, ids=()), 'remove'))

    def test_labels(self):
        run = self.run_play(self.secret('prod', encrypt_vault_id='prod'), ids=('default', 'prod'))
        self.assertEqual(('changed',), self.status(run, 'prod'), run.output)
        self.assertEqual('prod', self.result(run, 'prod')['label'])
        self.assertIn('$ANSIBLE_VAULT;1.2;AES256;prod\n', self.file.read_text())
        self.value = new_token()
        run = self.run_play(self.secret('keeps its label'), ids=('default', 'prod'))
        self.assertEqual('prod', self.result(run, 'keeps its label')['label'], run.output)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat', ids=('prod',)))

    def test_a_new_value_follows_the_creation_rule(self):
        rules = self.scratch / '.regvault.yml'
        self.addCleanup(rules.unlink)
        rules.write_text('creation_rules:\n  - path: inventory.yml\n    vault_id: prod\n')
        run = self.run_play(self.secret('new'), ids=('default', 'prod'))
        self.assertEqual('prod', self.result(run, 'new')['label'], run.output)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat', ids=('prod',)))

    def test_vault_secrets_of_the_task(self):
        run = self.run_play(self.secret('file', vault_password_file=str(self.scratch / 'prod')))
        self.assertEqual(('changed',), self.status(run, 'file'), run.output)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat', ids=('prod',)))
        run = self.run_play(self.secret('id', vault_id=[f'prod@{self.scratch / "prod"}'], key='all.vars.other'), ids=())
        self.assertEqual(('changed',), self.status(run, 'id'), run.output)

    def test_nothing_to_encrypt_with(self):
        run = self.run_play(self.secret('no key'), ids=())
        self.assertEqual(('failed',), self.status(run, 'no key'))
        self.assertIn('vault', self.result(run, 'no key')['msg'])
        self.assertEqual(INVENTORY, self.file.read_text())

    def test_a_wrong_password_changes_nothing(self):
        self.run_play(self.secret('encrypt'))
        text = self.file.read_text()
        self.value = new_token()
        run = self.run_play(self.secret('other key'), ids=('prod',))
        # It may be replaced only by who can read it: otherwise idempotence could not be told.
        self.assertEqual(('failed',), self.status(run, 'other key'), run.output)
        self.assertEqual(text, self.file.read_text())

    def test_paths(self):
        self.file.rename(self.scratch / 'linked.yml')
        self.file = self.scratch / 'linked.yml'
        run = self.run_play(self.secret('beside the play', path='beside.yml'), self.secret('home', path='~/linked.yml'),
                            files={'beside.yml': self.file})
        self.assertEqual(('changed', 'ok'), self.status(run, 'beside the play', 'home'), run.output)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat'))
        run = self.run_play(self.secret('missing', path='missing.yml'))
        self.assertEqual(('failed',), self.status(run, 'missing'))
        self.assertIn('missing.yml', self.result(run, 'missing')['msg'])

    def test_plain(self):
        run = self.run_play(self.secret('plain', key='all.vars.iaas_console.url', value='https://new.example.org',
                                        plain=True))
        self.assertEqual(('changed',), self.status(run, 'plain'), run.output)
        self.assertEqual(INVENTORY.replace('console.example', 'new.example'), self.file.read_text())

    def test_a_damaged_token_is_warned_of(self):
        self.value = 'ghp_' + self.value[:20]
        run = self.run_play(self.secret('damaged'))
        self.assertEqual(('changed',), self.status(run, 'damaged'), run.output)
        self.assertIn('its checksum is wrong', ' '.join(self.result(run, 'damaged')['warnings']))
        self.assertNotIn(self.value, run.output)

    def test_an_unknown_argument_is_refused(self):
        run = self.run_play(self.secret('typo', vaule='x'))
        self.assertEqual(('failed',), self.status(run, 'typo'))
        self.assertIn('vaule', self.result(run, 'typo')['msg'])
        self.assertEqual(INVENTORY, self.file.read_text())

    def test_each_mistake_is_told_once(self):
        run = self.run_play(self.secret('mistakes', key=['all', 'vars'], value=1.5))
        self.assertEqual('"key" must be a string, not an array; '
                         '"value" came as a number, which is not what was typed: put it in quotes',
                         self.result(run, 'mistakes')['msg'])

    def test_become_is_no_matter(self):
        run = self.run_play(self.secret('encrypt'), become=True, become_user='nobody')
        self.assertEqual(('changed',), self.status(run, 'encrypt'), run.output)
        self.assertEqual(0, self.file.stat().st_uid)

    def test_nothing_shows(self):
        variables = self.scratch / 'value.yml'
        variables.write_text(f'the_value: {self.value}\n')
        run = self.run_play(self.secret('encrypt', value='{{ the_value }}'), vars_files=[str(variables)],
                            arguments=['-vvvvv', '--diff'], environment={'ANSIBLE_DEBUG': '1'})
        self.assertEqual(('changed',), self.status(run, 'encrypt'), run.output[-3000:])
        for secret in (self.value, self.passwords['default']):
            for form in (secret, base64.b64encode(secret.encode()).decode().rstrip('=')):
                self.assertNotIn(form, run.output)


if __name__ == '__main__':
    unittest.main()
