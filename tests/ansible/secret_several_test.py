"""regvault.registry.secret with `secrets`: several variables of one file, all of them or none."""

import base64
import os
import subprocess
import unittest

from secret_play import INVENTORY, KEY, SecretPlay
from support import new_token

USER = 'all.vars.iaas_console.ghcr_user'


class SeveralTest(SecretPlay):
    def several(self, name, secrets, **arguments):
        return self.secret(name, secrets=secrets, **{'key': None, 'value': None, **arguments})

    def play_one(self, *tasks, **keywords):
        """Plays tasks, the last of which is to have worked; its result."""
        run = self.run_play(*tasks, **keywords)
        self.assertNotEqual('failed', self.status(run, tasks[-1]['name'])[0], run.output)
        return self.result(run, tasks[-1]['name'])

    def actions(self, result):
        return [(entry['key'], entry['action'], entry['changed']) for entry in result['secrets']]

    def refused(self, secrets, message, **arguments):
        before = self.file.read_bytes()
        run = self.run_play(self.several('refused', secrets, **arguments), arguments=['-vvvv'])
        self.assertEqual(('failed',), self.status(run, 'refused'), run.output)
        self.assertEqual(message, self.result(run, 'refused')['msg'])
        self.assertEqual(before, self.file.read_bytes())
        self.assertNotIn(self.value, run.output)

    def test_a_mapping(self):
        task = self.several('both', {USER: 'octocat', KEY: self.value})
        result = self.play_one(task)
        self.assertEqual([(USER, 'inserted', True), (KEY, 'replaced', True)], self.actions(result))
        self.assertEqual(['default', 'default'], [entry['label'] for entry in result['secrets']])
        self.assertNotIn('key', result)
        lines = self.file.read_text().splitlines()
        for entry in result['secrets']:
            self.assertIn(entry['key'].split('.')[-1] + ': !vault |', lines[entry['line'] - 1])
        self.assertEqual(['octocat', self.value], [self.read_back('iaas_console', name)
                                                   for name in ('ghcr_user', 'ghcr_pat')])
        text = self.file.read_text()
        result = self.play_one(task)
        self.assertEqual([(USER, 'unchanged', False), (KEY, 'unchanged', False)], self.actions(result))
        self.assertFalse(result['changed'])
        self.assertEqual(text, self.file.read_text())

    def test_a_list_where_entries_differ(self):
        result = self.play_one(self.several('all kinds', [
            {'key': 'all.vars.new.user', 'value': 'octocat', 'plain': True},
            {'key': 'all.vars.new.pat', 'value': self.value, 'encrypt_vault_id': 'prod'},
            {'key': 'all.vars.port', 'state': 'absent'},
            {'key': 'all.vars.none', 'state': 'absent'},
        ], parents=True, encrypt_vault_id='default'), ids=('default', 'prod'))
        self.assertEqual([('all.vars.new.user', 'inserted', True), ('all.vars.new.pat', 'inserted', True),
                          ('all.vars.port', 'removed', True), ('all.vars.none', 'unchanged', False)],
                         self.actions(result))
        self.assertEqual([None, 'prod', None, None], [entry.get('label') for entry in result['secrets']])
        text = self.file.read_text()
        self.assertIn('user: octocat\n', text)
        self.assertNotIn('port', text)
        self.assertEqual(self.value, self.read_back('new', 'pat', ids=('prod',)))

    def test_absent_by_keys_alone(self):
        self.play_one(self.several('insert', {'all.vars.a': 'x', 'all.vars.b': 'y'}))
        task = self.several('remove', ['all.vars.a', 'all.vars.b'], state='absent')
        self.assertTrue(self.play_one(task, arguments=['--check'], ids=())['changed'])
        self.assertNotEqual(INVENTORY, self.file.read_text())
        self.assertEqual([('all.vars.a', 'removed', True), ('all.vars.b', 'removed', True)],
                         self.actions(self.play_one(task, ids=())))
        self.assertEqual(INVENTORY, self.file.read_text())
        self.assertFalse(self.play_one(task, ids=())['changed'])

    def test_check_mode_and_diff(self):
        run = self.run_play(self.several('predicted', {USER: self.value, KEY: self.value}),
                            arguments=['--check', '--diff'])
        self.assertEqual(('changed',), self.status(run, 'predicted'), run.output)
        self.assertEqual(INVENTORY, self.file.read_text())
        diff = self.result(run, 'predicted')['diff']
        after = ': !vault, new value (vault id default)\n'
        self.assertEqual((f'{KEY}: in the clear\n', USER + after + KEY + after, str(self.file)),
                         tuple(diff[name] for name in ('before', 'after', 'before_header')))
        self.assertNotIn(self.value, run.output)

    def test_one_write(self):
        """Whoever reads the file meanwhile sees the old one or the new one, with both."""
        os.link(self.file, self.scratch / 'before.yml')
        self.addCleanup((self.scratch / 'before.yml').unlink)
        trace = self.scratch / 'trace'
        copy = self.copy_of_the_collection()
        (copy / self.BINARY).write_text('#!/bin/sh\nexec strace -f -e trace=rename,renameat,renameat2 '
                                        f'-o {trace} {self.collections / self.BINARY} "$@"\n')
        result = self.play_one(self.several('both', {USER: 'octocat', KEY: self.value}), collections=copy)
        self.assertTrue(result['changed'])
        renames = [line for line in trace.read_text().splitlines() if 'inventory.yml"' in line and '= 0' in line]
        self.assertEqual(1, len(renames), renames)
        self.assertEqual(INVENTORY, (self.scratch / 'before.yml').read_text())

    def test_someone_else_is_faster(self):
        """What was written between reading and writing stays."""
        script = self.scratch / 'password.sh'
        script.write_text(f'#!/bin/sh\ncat {self.scratch / "default"}\n'
                          f'grep -q faster {self.file} || echo "# faster" >> {self.file}\n')
        script.chmod(0o755)
        task = self.several('both', {USER: 'octocat', KEY: self.value}, vault_password_file=[str(script)])
        self.assertEqual([(USER, 'inserted', True), (KEY, 'replaced', True)], self.actions(self.play_one(task)))
        self.assertTrue(self.file.read_text().endswith('# faster\n'))
        self.assertEqual(['octocat', self.value], [self.read_back('iaas_console', name)
                                                   for name in ('ghcr_user', 'ghcr_pat')])

    def test_none_when_one_cannot_be(self):
        self.refused({KEY: self.value, 'all.vars.iaas_console.nowhere.deep': 'x'},
                     f'{self.file}:4:5: "nowhere" is not in "all.vars.iaas_console"')
        self.file.write_text(INVENTORY.replace('0o644', '"{{ other }}"'))
        self.refused([{'key': KEY, 'value': self.value}, {'key': 'all.vars.port', 'value': 'x'}],
                     f'{self.file}:7:11: "all.vars.port" is a template: its value comes from elsewhere')
        self.assertEqual([], [path.name for path in self.scratch.glob('.*regvault*')])

    def test_mistakes(self):
        for name, secrets, message, more in (
                ('both ways', {KEY: 'x'}, '"key" and "secrets" exclude each other', {'key': KEY}),
                ('a text', KEY, '"secrets" must be a list or a mapping, not a string', {}),
                ('empty', [], '"secrets" is empty', {}),
                ('a typo', [{'key': KEY, 'vaule': self.value}],
                 'secrets, entry 1: unknown argument "vaule": did you mean "value"?; "value" is missing or empty', {}),
                ('no value', [KEY], 'secrets, entry 1: "value" is missing or empty', {}),
                ('twice', [{'key': KEY, 'value': 'x'}, {'key': 'all.vars."iaas_console".ghcr_pat', 'value': 'y'}],
                 f'secrets, entry 2: "{KEY}" is there twice', {}),
                ('two mistakes', {'a[': 'x', 'b': 1.5},
                 'secrets: "a[": "key": KEY "a[", character 3: a number is expected; '
                 'secrets: "b": "value" came as a number, which is not what was typed: put it in quotes', {})):
            with self.subTest(name):
                self.refused(secrets, message, **more)

    def test_a_file_that_is_one_vault(self):
        """It stays one, under its label, and nothing in it is encrypted twice."""
        self.file.write_text('ghcr_pat: old\nother: kept  # why\n')
        subprocess.run(['ansible-vault', 'encrypt', '--vault-id', f'prod@{self.scratch / "prod"}',
                        '--encrypt-vault-id', 'prod', self.file], check=True, capture_output=True,
                       env={**os.environ, 'HOME': str(self.scratch)})
        task = self.several('both', {'ghcr_pat': self.value, 'ghcr_user': 'octocat'})
        result = self.play_one(task, ids=('default', 'prod'))
        self.assertEqual([('ghcr_pat', 'replaced', True), ('ghcr_user', 'inserted', True)], self.actions(result))
        self.assertEqual(['prod', 'prod'], [entry['label'] for entry in result['secrets']])
        sealed = self.file.read_text()
        self.assertTrue(sealed.startswith('$ANSIBLE_VAULT;1.2;AES256;prod\n'))
        view = subprocess.run(['ansible-vault', 'view', '--vault-id', f'prod@{self.scratch / "prod"}', self.file],
                              capture_output=True, text=True, env={**os.environ, 'HOME': str(self.scratch)})
        self.assertEqual(f'ghcr_pat: {self.value}\nother: kept  # why\nghcr_user: octocat\n', view.stdout)
        self.assertFalse(self.play_one(task, ids=('prod',))['changed'])
        self.assertEqual(sealed, self.file.read_text())

        single = self.secret('one', key='ghcr_user', state='absent', value=None)
        self.assertEqual('removed', self.play_one(single, ids=('prod',))['action'])
        self.assertTrue(self.file.read_text().startswith('$ANSIBLE_VAULT;1.2;AES256;prod\n'))
        run = self.run_play(self.several('no key', {'ghcr_pat': 'x', 'b': 'y'}), ids=('default',))
        self.assertEqual(('failed',), self.status(run, 'no key'))
        self.assertIn(f'no vault secret at hand opens "{self.file}" (vault id "prod")',
                      self.result(run, 'no key')['msg'])

    def test_nothing_shows(self):
        other = new_token()
        before = set(os.listdir('/dev/shm'))
        for arguments in ([], ['--check']):
            run = self.run_play(
                self.several('encrypt', [{'key': KEY, 'value': '{{ the_value }}'}, {'key': USER, 'value': other}]),
                self.several('refused', {KEY: self.value, 'no.where': other}),
                vars={'the_value': self.value}, arguments=['-vvvvv', '--diff', *arguments],
                environment={'ANSIBLE_DEBUG': '1'})
            self.assertEqual(('changed', 'failed'), self.status(run, 'encrypt', 'refused'), run.output[-3000:])
            for secret in (self.value, other, self.passwords['default']):
                for form in (secret, base64.b64encode(secret.encode()).decode().rstrip('=')):
                    self.assertNotIn(form, run.output)
            self.file.write_text(INVENTORY)
        self.assertEqual(before, set(os.listdir('/dev/shm')))


if __name__ == '__main__':
    unittest.main()
