# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""regvault.registry.login: runs the login binary on the host. Documented in plugins/modules/login.py."""

from __future__ import annotations

from typing import Any, Optional

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..plugin_utils.exchange import task_arguments, task_result
from ..plugin_utils.host_binary import HostBinary

DEFAULT_CACHE_DIRECTORY = '~/.ansible/regvault'


class ActionModule(ActionBase):
    TRANSFERS_FILES = False  # no temporary directory unless HostBinary asks for one

    def run(self, tmp: None = None, task_vars: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)  # refuses async, in plain words
        host = HostBinary(self, 'login', self._cache_directory(task_vars or {}))
        reply = host.run(task_arguments(self))
        result.update(task_result('login', reply.exit_code, reply.stdout, reply.stderr, host.warnings))
        return result

    def _cache_directory(self, task_vars: dict[str, Any]) -> Optional[str]:
        """None: keep nothing on the host."""
        def variable(name: str, default: Any) -> Any:
            return self._templar.template(task_vars.get(name, default))

        try:
            wanted = boolean(variable('regvault_cache', True))
        except TypeError as error:
            raise AnsibleActionFail(f'regvault_cache must be true or false: {error}') from error
        directory = str(variable('regvault_cache_dir', DEFAULT_CACHE_DIRECTORY))
        if not directory.startswith(('/', '~/')):
            raise AnsibleActionFail(f'regvault_cache_dir must begin with / or ~/, it is "{directory}"')
        return directory if wanted else None
