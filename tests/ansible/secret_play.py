"""What the tests of regvault.registry.secret share: an inventory, two vault secrets, plays on the controller."""

import shutil
from pathlib import Path

from support import PlaybookTest, new_token

INVENTORY = """\
# the fleet
all:
  vars:
    iaas_console:
      url: https://console.example.org   # stays
      ghcr_pat: to be replaced
    port: 0o644
  hosts: {}
"""
KEY = 'all.vars.iaas_console.ghcr_pat'


class SecretPlay(PlaybookTest):
    BINARY = 'ansible_collections/regvault/registry/programs/secret_x86_64'

    def setUp(self):
        self.value = new_token()
        self.passwords = {name: new_token() for name in ('default', 'prod')}
        for name, password in self.passwords.items():
            (self.scratch / name).write_text(password + '\n')
        self.file = self.scratch / 'inventory.yml'
        self.file.write_text(INVENTORY)

    def secret(self, name, keywords={}, **arguments):
        task = {'path': str(self.file), 'key': KEY, 'value': self.value, **arguments}
        return {'name': name, 'regvault.registry.secret': task, **keywords}

    def run_play(self, *tasks, ids=('default',), arguments=(), **keywords):
        vault_ids = [text for name in ids for text in ('--vault-id', f'{name}@{self.scratch / name}')]
        return self.play(list(tasks), 'nowhere', arguments=[*vault_ids, *arguments], **keywords)

    def read_back(self, *keys, ids=('default', 'prod')):
        """The value at all.vars…, decrypted by Ansible."""
        expression = 'all.vars' + ''.join(f'["{key}"]' for key in keys)
        run = self.run_play({'name': 'show', 'ansible.builtin.debug': {'msg': '{{ ' + expression + ' }}'}}, ids=ids,
                            vars_files=[str(self.file)])
        return run.result('show', 'nowhere')['msg']

    def status(self, run, *names):
        return tuple(run.status(name, 'nowhere') for name in names)

    def result(self, run, name):
        return run.result(name, 'nowhere')

    def copy_of_the_collection(self) -> Path:
        """One to change; its binaries are left out."""
        copy = self.scratch / 'copy'
        self.addCleanup(shutil.rmtree, copy)
        shutil.copytree(self.collections / 'ansible_collections/regvault', copy / 'ansible_collections/regvault',
                        ignore=shutil.ignore_patterns('*_x86_64', '*_aarch64'))
        wrapper = copy / self.BINARY
        wrapper.touch(0o755)
        return copy
