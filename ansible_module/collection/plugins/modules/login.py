#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation only: plugins/action/login.py runs a static binary on the host instead."""

DOCUMENTATION = r"""
module: login
short_description: Log a host's container engines in to registries
version_added: 0.1.0
description:
  - Makes sure that the container engines of a host are logged in to a registry with a username and a password or
    token, and still are after a reboot. Nothing is changed, and the registry is not contacted, when the login the engine
    will use is right already.
  - A login is proved with the engine itself, in a scratch file; only then the entry is put into the real one. A wrong
    password leaves the host as it was.
  - The host needs no Python. A static binary for x86_64 or aarch64 Linux does the work; its arguments travel on its
    standard input, so the password is in no argument list, environment, temporary file or log.
options:
  registry:
    description: The registry, as C(host) or C(host:port), optionally followed by a namespace (C(ghcr.io/acme)).
    type: str
    default: ghcr.io
    aliases: [registry_url]
  registries:
    description:
      - Several logins in one task, instead of I(registry). Each item has a I(registry), and may have any of the other
        options; what it does not say the task says.
      - When one fails, the others are done nevertheless. Then the task fails, and C(logins) tells which.
    type: list
    elements: dict
  username:
    description: The user. Needed unless C(state=absent).
    type: str
  password:
    description: The password or token. Needed unless C(state=absent).
    type: str
  engine:
    description:
      - Which engines to log in, one or a list of C(podman), C(docker), C(buildah) and C(skopeo).
      - C(auto) takes podman and docker, whichever the host has; where it has neither, buildah and skopeo. (These two
        use podman's logins.)
      - C(none) writes I(auth_file) without any engine and without asking the registry. That is for the kubelet
        (C(/var/lib/kubelet/config.json)) and CRI-O (C(global_auth_file) of its configuration).
    type: list
    elements: str
    choices: [auto, podman, docker, buildah, skopeo, none]
    default: [auto]
  state:
    description:
      - C(present) logs in.
      - C(absent) removes the login from all of the engine's own files and the credential helpers they name, or from
        I(auth_file). No password is needed. A warning tells when another file the engine reads still grants access.
    type: str
    choices: [present, absent]
    default: present
  auth_file:
    description:
      - The file to keep the login in, instead of the one the engine uses by itself. It begins with C(/) or C(~/), the
        home of the user the task runs as.
      - A file of another user gets a login only if it is named here. Better log that user in with C(become_user), as
        that user could have put a symbolic link there.
      - With C(engine=auto) on a host with both engines it is docker's if its name is C(config.json), else podman's.
    type: path
    aliases: [authfile, config_path]
  persist:
    description:
      - Whether the login survives a reboot. podman, buildah and skopeo keep theirs in a directory of the session
        (C(/run/containers/0/auth.json) for root), which is in memory. With C(true) it goes to
        C(~/.config/containers/auth.json), and what they would read before that file is removed, with a warning.
      - The default is C(true), unless I(auth_file) is given, or the task's environment names a file with
        C(REGISTRY_AUTH_FILE) or C(DOCKER_CONFIG). With these, C(true) is an error.
      - docker's file always survives.
    type: bool
  tls_verify:
    description: Whether the registry's certificate is verified. Not for docker.
    type: bool
    aliases: [tlsverify]
  cert_dir:
    description: A directory on the host with the registry's CA certificate (C(*.crt)). Not for docker.
    type: path
    aliases: [certdir]
  validate:
    description:
      - When the password is proved with the registry.
      - C(changed) does so before an entry is written, C(never) not at all. The last writes the entry as given.
      - C(always) logs in at every run, in a scratch file, also when the entry is right. A token that was revoked or has
        expired fails the task with the reason C(credentials-refused), a registry that cannot be asked with another one
        (C(unreachable), C(timeout), …). The entry stays in both cases.
    type: str
    choices: [changed, always, never]
    default: changed
  timeout:
    description:
      - How long each engine may take, in seconds, up to 3600. One that takes longer is ended and the task fails.
    type: int
    default: 60
  executable:
    description: The engine's program, where it is not found by itself. For one I(engine).
    type: path
attributes:
  check_mode:
    description: Can run in check mode. The entry is compared, the registry is not contacted.
    support: full
  diff_mode:
    description: Shows which entries are added, changed or removed. A password is never part of it.
    support: full
  async:
    description:
      - Can run with C(async), on hosts that have Python (Ansible's async_wrapper needs it). The arguments are then in a
        file with mode 0600, which the binary removes as soon as it has read it.
    support: full
  platform:
    description: Hosts it runs on.
    platforms: linux
    support: full
notes:
  - The binary is kept on the host, in C(~/.ansible/regvault) of the user the task runs as (after C(become)), under its
    SHA-256. The directory must belong to that user with mode 0700; directory, owner and hash are checked before every
    run. The two newest are kept. Check mode may put it there, too.
  - Set the variable C(regvault_cache_dir) for another directory (it begins with C(/) or C(~/)), or
    C(regvault_cache) to C(false) to keep nothing on the host. Where the directory cannot be used, the task warns and
    sends the binary into a temporary directory (C(ansible_remote_tmp), C(/var/tmp) or C(/tmp)) at every run.
  - With C(become_method=su) or C(ssh -tt), and with connections without pipelining, a program has no standard input.
    There the arguments are put into a file with mode 0600 in Ansible's temporary directory. The program removes it as
    soon as it has read it, and the directory goes even with C(ANSIBLE_KEEP_REMOTE_FILES). Where no program may run there
    (noexec), set C(ansible_remote_tmp) to a directory where one may.
  - In a C(loop) over items that hold the password, set C(no_log). Ansible prints a failed item whole.
  - Variables given with the C(environment) keyword reach the engine by way of a command line, as they do for every
    module. Do not put a password there.
  - Where a file names a credential helper for the registry (C(credsStore) for docker, C(credHelpers) for all), the login
    goes to the helper, is compared with what the helper has, and is kept in no file. A helper has ten seconds and no
    terminal; one that fails is named. The helpers of C(registries.conf) are not used.
  - The home directory is the one of the user database, whatever C($HOME) says. With C(become_user) and no
    C(XDG_RUNTIME_DIR), podman's own rules say where its session is.
  - podman, buildah and skopeo prefer an entry for a namespace (C(ghcr.io/acme)) for the images in it. A warning tells
    when there is one.
seealso:
  - module: regvault.registry.login_info
  - module: regvault.registry.secret
  - module: containers.podman.podman_login
  - module: community.docker.docker_login
author:
  - The regvault authors (@regvault)
"""

EXAMPLES = r"""
# inventory.yml holds iaas_console.ghcr_pat, encrypted: regvault set inventory.yml all.vars.iaas_console.ghcr_pat
- name: Log the GPU hosts in to GitHub's container registry
  hosts: gpu
  gather_facts: false
  become: true
  tasks:
    - name: Log in podman and docker, whichever the host has
      regvault.registry.login:
        username: octocat
        password: "{{ iaas_console.ghcr_pat }}"

    - name: Log in one engine to a registry with its own CA
      regvault.registry.login:
        registry: registry.example.org:5000
        username: deploy
        password: "{{ registry_password }}"
        engine: podman
        cert_dir: /etc/pki/registry

    - name: Log in the user the service runs as
      become_user: app
      regvault.registry.login:
        username: octocat
        password: "{{ iaas_console.ghcr_pat }}"
        engine: podman

    - name: Prove at every run that the token still works
      regvault.registry.login:
        username: octocat
        password: "{{ iaas_console.ghcr_pat }}"
        validate: always

    - name: Log in to two registries
      regvault.registry.login:
        username: octocat
        registries:
          - registry: ghcr.io
            password: "{{ iaas_console.ghcr_pat }}"
          - registry: registry.example.org:5000
            username: deploy
            password: "{{ registry_password }}"
            engine: podman

    - name: Give the kubelet of a node the registry's login
      regvault.registry.login:
        username: octocat
        password: "{{ iaas_console.ghcr_pat }}"
        engine: none
        auth_file: /var/lib/kubelet/config.json

    - name: Log out
      regvault.registry.login:
        registry: ghcr.io
        state: absent
"""

RETURN = r"""
registry:
  description: The registry, as it is written in the auth file.
  returned: unless I(registries) is given
  type: str
  sample: ghcr.io
username:
  description: The user that is logged in.
  returned: when C(state=present), unless I(registries) is given
  type: str
  sample: octocat
engines:
  description: The engines the task was for.
  returned: success
  type: list
  elements: str
  sample: [podman]
logins:
  description: What was done, one entry for each registry and engine, and one for each registry that failed.
  returned: always, unless an argument is wrong
  type: list
  elements: dict
  contains:
    registry:
      description: The registry.
      type: str
      sample: ghcr.io
    username:
      description: The user, when C(state=present).
      type: str
      sample: octocat
    engine:
      description: The engine.
      type: str
      sample: podman
    auth_file:
      description: The file that holds the entry.
      type: str
      sample: /root/.config/containers/auth.json
    helper:
      description: The credential helper that has the login, where that file names one.
      type: str
      sample: docker-credential-pass
    changed:
      description: Whether the entry is new, other or gone.
      type: bool
    action:
      description: What was done with the entry, or would be done in check mode.
      type: str
      sample: already logged in
    failed:
      description: That this login failed. C(msg), C(hint), C(reason) and C(engine) are then as for the whole task.
      type: bool
auth_files:
  description: The files that hold the logins.
  returned: success
  type: list
  elements: str
  sample: [/root/.config/containers/auth.json]
user:
  description: The user on the host the task ran as.
  returned: success
  type: str
  sample: root
home:
  description: The home of that user, by the user database.
  returned: success
  type: str
  sample: /root
diff:
  description: The entries before and after, with C(--diff). Passwords are not shown, only that they change.
  returned: with diff mode
  type: dict
msg:
  description: What failed, in one line.
  returned: failure
  type: str
  sample: 'podman: ghcr.io refused the credentials (invalid username/password)'
hint:
  description: What to do about it.
  returned: failure, where there is something to say
  type: str
reason:
  description: The cause, as a word that stays the same between versions.
  returned: failure
  type: str
  sample: credentials-refused
engine:
  description: The engine that failed.
  returned: when an engine failed
  type: str
  sample: podman
engine_output:
  description: What the engine said, without the password.
  returned: when an engine failed
  type: str
"""
