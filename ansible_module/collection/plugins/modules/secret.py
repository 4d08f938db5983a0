#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: plugins/action/secret.py runs a static binary on the controller instead."""

from __future__ import annotations

DOCUMENTATION = r"""
module: secret
short_description: Encrypt a variable into an inventory or vars file
version_added: 0.1.0
description:
  - Sets one variable of a YAML file on the controller to a value, encrypted with Ansible Vault in place. Every other
    byte of the file, comments and layout included, stays as it is.
  - Idempotent. The value in the file is decrypted and compared; an equal one is not encrypted again.
  - Works on the controller only, as the user who runs Ansible, whatever host the task is for and whatever C(become)
    says. Use C(run_once) or C(delegate_to=localhost) in a play for many hosts.
options:
  path:
    description:
      - The file. A relative path begins at the playbook's directory; C(~) is the home of the user who runs Ansible.
    type: path
    required: true
  key:
    description:
      - The variable, as a path through the mappings of the file (C(all.vars.iaas_console.ghcr_pat)). A name with a dot
        is quoted (C(a."b.c"[0])); a JSON array works, too.
    type: str
    required: true
  value:
    description: The value to encrypt. Required when I(state=present).
    type: str
  state:
    description: C(present) sets the variable; C(absent) takes it out of the file, whatever its value.
    type: str
    choices: [present, absent]
    default: present
  plain:
    description: Write the value as it is, not encrypted.
    type: bool
    default: false
  vault_id:
    description:
      - Vault ids to use instead of those of the play, as C(label@source) or C(source).
      - Without this and I(vault_password_file) the vault secrets the play was started with are used. They are handed
        over on the binary's standard input.
    type: list
    elements: str
  vault_password_file:
    description: Files (or executable scripts) with a vault password, instead of the play's vault secrets.
    type: list
    elements: path
  encrypt_vault_id:
    description:
      - The label of the vault secret to encrypt with. Without it, a value that is replaced keeps its label, and a new one
        takes that of the file's creation rule (C(.regvault.yml)), where there is one.
    type: str
  parents:
    description: Make the mappings that I(key) leads through where they are missing.
    type: bool
    default: false
  indent:
    description: How many spaces an encrypted block is indented by (1 to 60), instead of what the file shows.
    type: int
  doc:
    description: Which YAML document of the file, counted from 0, where it holds more than one.
    type: int
attributes:
  check_mode:
    description: Can run in check mode, and tells what it would change.
    support: full
  diff_mode:
    description: Shows how the variable stands in the file before and after, never its value.
    support: full
  async:
    description: Is not supported.
    support: none
  platform:
    description: Controllers it runs on.
    platforms: linux
    support: full
seealso:
  - module: regvault.registry.login
author:
  - The regvault authors (@regvault)
"""

EXAMPLES = r"""
- name: Put a new token into the inventory
  hosts: localhost
  gather_facts: false
  vars_prompt:
    - name: token
      prompt: GitHub token
  tasks:
    - name: Encrypt it in place
      regvault.registry.secret:
        path: inventory.yml
        key: all.vars.iaas_console.ghcr_pat
        value: "{{ token }}"

    - name: Encrypt it for production, with a key of its own
      regvault.registry.secret:
        path: group_vars/prod/registry.yml
        key: ghcr_pat
        value: "{{ token }}"
        vault_id: prod@~/.vault/prod
        encrypt_vault_id: prod
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /srv/play/inventory.yml
key:
  description: The variable.
  returned: success
  type: str
  sample: all.vars.iaas_console.ghcr_pat
label:
  description: The vault id label the value is encrypted with.
  returned: when the value is encrypted
  type: str
  sample: default
line:
  description: The line of the file the variable is in.
  returned: success
  type: int
  sample: 12
action:
  description: What was done, C(inserted), C(replaced), C(removed) or C(unchanged).
  returned: success
  type: str
  sample: replaced
diff:
  description: How the variable stands in the file before and after, with C(--diff); never its value.
  returned: with diff mode, when something changes
  type: dict
msg:
  description: What failed, in one line.
  returned: failure
  type: str
hint:
  description: What to do about it.
  returned: failure, where there is something to say
  type: str
"""
