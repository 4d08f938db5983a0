#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: plugins/action/secret.py runs a static binary on the controller instead."""

DOCUMENTATION = r"""
module: secret
short_description: Encrypt variables into an inventory or vars file
version_added: 0.1.0
description:
  - Sets variables of a YAML file on the controller to values, encrypted with Ansible Vault in place, or takes them out.
    Every other byte of the file, comments and layout included, stays as it is.
  - Several variables of one file are written at once; when one of them cannot be, none is.
  - Idempotent. The value in the file is decrypted and compared; an equal one is not encrypted again.
  - A file that is one vault as a whole stays one, under its vault id; the values in it are not encrypted twice.
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
      - Required, unless I(secrets) is given.
    type: str
  value:
    description: The value to encrypt. Required with I(key) when I(state=present). Never logged, nor returned.
    type: str
  secrets:
    description:
      - Several variables of the file, instead of I(key) and I(value).
      - Either a mapping of keys to values, or a list of mappings with C(key), C(value) and, where it differs from the
        task's, C(state), C(plain), C(encrypt_vault_id), C(parents), C(indent) and C(doc). With I(state=absent) an entry
        of the list may be a key alone.
    type: raw
  state:
    description: C(present) sets the variables; C(absent) takes them out of the file, whatever their values.
    type: str
    choices: [present, absent]
    default: present
  plain:
    description: Write the values as they are, not encrypted.
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
      - The label of the vault secret to encrypt with. Without it, a value that is replaced keeps its label, and a new
        one takes that of the file's creation rule (C(.regvault.yml)), where there is one.
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
  allow_ephemeral:
    description:
      - Write although the file is thrown away when the play ends. AWX and the automation controller run each job in a
        container of its own, on a copy of the project, so there the task fails when it would change something.
      - Set it where I(path) is on a volume that stays.
    type: bool
    default: false
attributes:
  check_mode:
    description: Can run in check mode, and tells what it would change.
    support: full
  diff_mode:
    description: Shows how the variables stand in the file before and after, never their values.
    support: full
  async:
    description: Is not supported.
    support: none
  platform:
    description: Controllers it runs on.
    platforms: linux
    support: full
notes:
  - A value that looks like a GitHub token which was not copied whole is written, with a warning.
  - The values travel on the standard input of the binary, as do the vault secrets. They are in no argument list,
    environment or log.
  - In a C(loop) over items that hold values, set C(no_log), as Ansible prints a failed item whole. Better give all of
    them to one task, with I(secrets).
  - With I(secrets), the changes are made in a copy of the file first (mode 0600, in memory where the controller has
    such a place; values are encrypted there as they are in the file).
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

    - name: Encrypt the whole login at once
      regvault.registry.secret:
        path: inventory.yml
        parents: true
        secrets:
          all.vars.iaas_console.ghcr_user: octocat
          all.vars.iaas_console.ghcr_pat: "{{ token }}"

    - name: The same, the user in the clear, and what was there before taken out
      regvault.registry.secret:
        path: inventory.yml
        parents: true
        secrets:
          - key: all.vars.iaas_console.ghcr_user
            value: octocat
            plain: true
          - key: all.vars.iaas_console.ghcr_pat
            value: "{{ token }}"
          - key: all.vars.registry_password
            state: absent

    - name: Take variables out
      regvault.registry.secret:
        path: group_vars/all/vault.yml  # may be encrypted as a whole
        state: absent
        secrets: [old_user, old_token]
"""

RETURN = r"""
path:
  description: The file.
  returned: success
  type: str
  sample: /srv/play/inventory.yml
secrets:
  description: What became of each variable, in the order they were given.
  returned: success
  type: list
  elements: dict
  contains:
    key:
      description: The variable.
      type: str
      sample: all.vars.iaas_console.ghcr_pat
    action:
      description: What was done, or would be in check mode, C(inserted), C(replaced), C(removed) or C(unchanged).
      type: str
      sample: replaced
    changed:
      description: Whether that is a change.
      type: bool
    label:
      description: The vault id label the value is encrypted with, by itself or with its file. Only if it is encrypted.
      type: str
      sample: default
    line:
      description: The line of the file the variable is in, or was. In a file that is one vault, of its text.
      type: int
      sample: 12
key:
  description: As in I(secrets).
  returned: success, with I(key)
  type: str
  sample: all.vars.iaas_console.ghcr_pat
label:
  description: As in I(secrets).
  returned: success, with I(key), when the value is encrypted
  type: str
  sample: default
line:
  description: As in I(secrets).
  returned: success, with I(key)
  type: int
  sample: 12
action:
  description: As in I(secrets).
  returned: success, with I(key)
  type: str
  sample: replaced
diff:
  description: How the variables stand in the file before and after, with C(--diff); never their values.
  returned: with diff mode
  type: dict
msg:
  description: What failed, in one line.
  returned: failure
  type: str
hint:
  description: What to do about it.
  returned: failure, where there is something to say
  type: str
reason:
  description: The cause, as a word that stays the same between versions.
  returned: failure, mostly
  type: str
  sample: ephemeral
"""
