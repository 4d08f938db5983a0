# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""regvault.registry.secret: runs the secret binary on the controller. Documented in plugins/modules/secret.py."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import Any, Optional

from ansible import constants as C
from ansible.module_utils.common.text.converters import to_text
from ansible.plugins.action import ActionBase

from ..plugin_utils.binaries import choose, find_binaries
from ..plugin_utils.exchange import task_arguments, task_result
from ..plugin_utils.failure import task_failure

JOB_VARIABLES = ('awx_job_id', 'tower_job_id')  # extra variables of every AWX and automation controller job
JOB_ENVIRONMENT = 'AWX_PRIVATE_DATA_DIR'


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _requires_connection = False  # the file is on the controller, whatever host the task is for

    def run(self, tmp: None = None, task_vars: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)  # refuses async, in plain words
        arguments = task_arguments(self)
        if isinstance(arguments.get('path'), str):
            arguments['path'] = self._absolute(arguments['path'])
        if not any(arguments.get(name) for name in ('vault_id', 'vault_password_file')):
            arguments['regvault_vault_secrets'] = self._loaded_vault_secrets()
        ephemeral = self._ephemeral(task_vars or {})
        if ephemeral:
            arguments['regvault_ephemeral'] = ephemeral
        result.update(self._run_here(arguments))
        return result

    def _absolute(self, path: str) -> str:
        """A relative path begins at the playbook, as the paths of other controller-side actions do."""
        return os.path.join(self._loader.get_basedir(), os.path.expanduser(path))

    def _ephemeral(self, task_vars: dict[str, Any]) -> str:
        """What throws the files of this controller away when the play ends: AWX runs each job in a new container."""
        for name in JOB_VARIABLES:
            if name in task_vars:
                return f'the AWX job {self._templar.template(task_vars[name])}'
        return 'the AWX job' if os.environ.get(JOB_ENVIRONMENT) else ''

    def _loaded_vault_secrets(self) -> list[dict[str, str]]:
        """What --ask-vault-pass, --vault-id, ansible.cfg and so on gave this run, in Ansible's order of trying."""
        secrets = self._loader._vault.secrets or []
        return [{'label': str(label), 'password_base64': base64.b64encode(secret.bytes).decode()}
                for label, secret in secrets]

    def _run_here(self, arguments: dict[str, Any]) -> dict[str, Any]:
        system = os.uname()
        binary = choose('secret', find_binaries('secret'), f'{system.sysname}-{system.machine}')
        environment = dict(os.environ)
        if C.CONFIG_FILE:  # the file this run uses, found from where ansible-playbook was started
            environment['ANSIBLE_CONFIG'] = to_text(C.CONFIG_FILE)
        try:
            # An own session has no terminal: nothing can stop to ask a question from a worker.
            done = subprocess.run(
                [str(binary.path)], input=json.dumps(arguments).encode(), capture_output=True, env=environment,
                cwd=self._loader.get_basedir(), start_new_session=True, check=False)
        except OSError as error:
            raise task_failure(f'{binary.path} cannot be run: {error.strerror}') from error
        return task_result('secret', done.returncode, to_text(done.stdout, errors='surrogate_or_replace'),
                           to_text(done.stderr, errors='surrogate_or_replace'), [])
