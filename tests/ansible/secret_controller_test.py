"""regvault.registry.secret and the controller it runs on: how it gets at the play's vault secrets, which binary it
takes, and what it does where its files do not last."""

import os
import unittest

from secret_play import INVENTORY, KEY, SecretPlay

ON_A_TERMINAL = """\
# ansible-playbook on a terminal, whose user types the vault password
log_user 0
set timeout 100
set file [open $env(TEST_PASSWORD_FILE)]
set password [gets $file]
spawn -noecho /usr/bin/ansible-playbook {*}$argv
expect "PROMPT"
send -- "$password\\r"
log_user 1
expect eof
exit [lindex [wait] 3]
"""

# What Python says of the machine, on a controller that is another one.
OTHER_MACHINE = """\
import os
real = os.uname()
os.uname = lambda: os.uname_result((real.sysname, real.nodename, real.release, real.version, '{machine}'))
"""


class ControllerTest(SecretPlay):
    def test_ask_vault_pass(self):
        programs = self.scratch / 'programs'
        programs.mkdir()
        (programs / 'ansible-playbook').write_text(f'#!/bin/sh\nexec expect -f {programs}/script -- "$@"\n')
        (programs / 'ansible-playbook').chmod(0o755)
        environment = {'PATH': f'{programs}:{os.environ["PATH"]}', 'TEST_PASSWORD_FILE': str(self.scratch / 'prod')}
        for option, prompt in ((['--ask-vault-pass'], 'Vault password: '), (['--vault-id', 'prod@prompt'], '(prod): ')):
            self.file.write_text(INVENTORY)
            (programs / 'script').write_text(ON_A_TERMINAL.replace('PROMPT', prompt))
            run = self.run_play(self.secret('first'), self.secret('second'), ids=(), arguments=option,
                                environment=environment)
            self.assertEqual(('changed', 'ok'), self.status(run, 'first', 'second'), run.output)
            self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat', ids=('prod',)))
            self.assertNotIn(self.passwords['prod'], run.output)

    def test_a_script_that_tells_the_password(self):
        script = self.scratch / 'password.sh'
        script.write_text(f'#!/bin/sh\ncat {self.scratch / "prod"}\n')
        script.chmod(0o755)
        run = self.run_play(self.secret('encrypt'), ids=(), environment={'ANSIBLE_VAULT_PASSWORD_FILE': str(script)})
        self.assertEqual(('changed',), self.status(run, 'encrypt'), run.output)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat', ids=('prod',)))

    def test_where_files_do_not_last(self):
        for variables, environment, job in (({'awx_job_id': 61}, {}, 'the AWX job 61'),
                                            ({'tower_job_id': '{{ 60 + 2 }}'}, {}, 'the AWX job 62'),
                                            ({}, {'AWX_PRIVATE_DATA_DIR': '/tmp/awx_61'}, 'the AWX job')):
            with self.subTest(job):
                self.file.write_text(INVENTORY)
                self.assert_refused(variables, environment, job)

    def assert_refused(self, variables, environment, job):
        several = {'secrets': {KEY: self.value, 'all.vars.b': 'x'}, 'key': None, 'value': None}
        tasks = [self.secret('one', keywords={'ignore_errors': True}),
                 self.secret('several', keywords={'ignore_errors': True}, **several)]
        run = self.run_play(*tasks, vars=variables, environment=environment)
        self.assertEqual(('failed', 'failed'), self.status(run, 'one', 'several'), run.output)
        for task in ('one', 'several'):
            result = self.result(run, task)
            self.assertEqual(f'"{self.file}" would not last: what is written on the controller is thrown away with '
                             f'{job}', result['msg'])
            self.assertEqual('ephemeral', result['reason'])
            self.assertIn('allow_ephemeral: true', result['hint'])
        self.assertEqual(INVENTORY, self.file.read_text())

        run = self.run_play(self.secret('allowed', allow_ephemeral=True), self.secret('nothing to write'),
                            vars=variables, environment=environment)
        self.assertEqual(('changed', 'ok'), self.status(run, 'allowed', 'nothing to write'), run.output)
        self.assertEqual(self.value, self.read_back('iaas_console', 'ghcr_pat'))

    def test_the_binary_is_the_machines(self):
        copy = self.copy_of_the_collection()
        for machine in ('x86_64', 'aarch64'):
            binary = copy / self.BINARY.replace('x86_64', machine)
            binary.write_text(f'#!/bin/sh\ncat > /dev/null\necho \'{{"changed": false, "action": "{machine}"}}\'\n')
            binary.chmod(0o755)
        for machine in ('x86_64', 'aarch64'):
            run = self.on_a_machine(machine, copy)
            self.assertEqual(machine, self.result(run, 'encrypt').get('action'), run.output)
        run = self.on_a_machine('riscv64', copy)
        self.assertEqual('there is no secret binary for Linux riscv64, only for Linux x86_64 and Linux aarch64',
                         self.result(run, 'encrypt')['msg'])

    def on_a_machine(self, machine, collections):
        (self.scratch / 'sitecustomize.py').write_text(OTHER_MACHINE.format(machine=machine))
        return self.run_play(self.secret('encrypt'), collections=collections,
                             environment={'PYTHONPATH': str(self.scratch)})


if __name__ == '__main__':
    unittest.main()
