#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: plugins/action/login_info.py runs a static binary on the host instead."""

DOCUMENTATION = r"""
module: login_info
short_description: Tell which container registries a host is logged in to
version_added: 0.1.0
description:
  - Tells what is logged in where. It reads every auth file that the engines of a user read, asks the credential helpers
    these name, and says which login counts. Passwords are never shown.
  - A file that cannot be read, or is none, and a helper that fails, are told beside the file. The task does not fail.
  - The host needs no Python, as for M(regvault.registry.login).
options:
  registry:
    description: Only this registry, as C(host) or C(host:port), optionally followed by a namespace (C(ghcr.io/acme)).
    type: str
    aliases: [registry_url]
  engine:
    description:
      - Whose logins, one or a list of C(podman), C(docker), C(buildah) and C(skopeo). They need not be installed.
      - C(auto) is podman and docker, C(none) reads I(auth_file) alone.
    type: list
    elements: str
    choices: [auto, podman, docker, buildah, skopeo, none]
    default: [auto]
  auth_file:
    description: Only this file. It begins with C(/) or C(~/), the home of the user the task runs as.
    type: path
    aliases: [authfile, config_path]
attributes:
  check_mode:
    description: Can run in check mode. Nothing is ever changed.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
  async:
    description: Can run with C(async), on hosts that have Python.
    support: full
  platform:
    description: Hosts it runs on.
    platforms: linux
    support: full
notes:
  - The binary is kept on the host and sent to it as M(regvault.registry.login) says.
seealso:
  - module: regvault.registry.login
author:
  - The regvault authors (@regvault)
"""

EXAMPLES = r"""
- name: See who is logged in to GitHub's container registry
  regvault.registry.login_info:
    registry: ghcr.io
  become: true
  register: ghcr

- name: Refuse to go on where a login would be gone after a reboot
  ansible.builtin.assert:
    that: ghcr.logins | selectattr('in_force') | rejectattr('lasts') | length == 0
    fail_msg: log in again with regvault.registry.login
"""

RETURN = r"""
logins:
  description: Every login, one entry for each engine, registry and file, in the order in which the engine reads.
  returned: success
  type: list
  elements: dict
  contains:
    engine:
      description: The engine that reads it.
      type: str
      sample: podman
    registry:
      description: The registry, or a namespace in it.
      type: str
      sample: ghcr.io
    auth_file:
      description: The file that has it, or names the helper that has.
      type: str
      sample: /root/.config/containers/auth.json
    key:
      description: The name it is kept under there.
      type: str
      sample: ghcr.io
    helper:
      description: The credential helper that has it, if one has.
      type: str
      sample: docker-credential-pass
    username:
      description: The user. Missing where it cannot be read, or looks like a token.
      type: str
      sample: octocat
    in_force:
      description: Whether the engine uses this one. It does not when a file it reads earlier has another.
      type: bool
    lasts:
      description: Whether it is still there after a reboot.
      type: bool
auth_files:
  description: The files the engines read, whether they are there or not.
  returned: success
  type: list
  elements: dict
  contains:
    path:
      description: The file.
      type: str
      sample: /run/containers/0/auth.json
    engines:
      description: Who reads it.
      type: list
      elements: str
      sample: [podman]
    exists:
      description: Whether it is there.
      type: bool
    mode:
      description: Its permission bits.
      type: str
      sample: '0600'
    owner:
      description: Whose it is.
      type: str
      sample: root
    in_memory:
      description: Whether it is on a file system in memory, and gone after a reboot.
      type: bool
    problem:
      description: Why nothing is known of its logins.
      type: str
    warning:
      description: What is wrong with it, such as that others may read it, or that a helper fails.
      type: str
user:
  description: The user on the host whose logins these are.
  returned: success
  type: str
  sample: root
home:
  description: The home of that user, by the user database.
  returned: success
  type: str
  sample: /root
"""
