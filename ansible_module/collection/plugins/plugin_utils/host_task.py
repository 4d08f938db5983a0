# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The action plugin of a program that runs on the host: a subclass says which.

    class ActionModule(HostTask):
        PROGRAM = 'login'
"""

from __future__ import annotations

from typing import Any, Optional

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from .exchange import task_arguments, task_result
from .failure import task_failure
from .host_binary import HostBinary

DEFAULT_CACHE_DIRECTORY = '~/.ansible/regvault'


class HostTask(ActionBase):
    PROGRAM: str
    TRANSFERS_FILES = False  # no temporary directory unless HostBinary asks for one

    def run(self, tmp: None = None, task_vars: Optional[dict[str, Any]] = None) -> dict[str, Any]:
        self._supports_check_mode = self._supports_async = True  # ActionBase.__init__ sets its own
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        host = HostBinary(self, self.PROGRAM, self._cache_directory(variables))
        arguments = task_arguments(self)
        if self._task.async_val:
            reply = host.start(arguments, self._task.async_val, variables)
        else:
            reply = host.run(arguments)
        result.update(task_result(self.PROGRAM, reply.exit_code, reply.stdout, reply.stderr, host.warnings))
        if self._task.async_val:
            result['changed'] = True  # as core has it: a job was started
        return result

    def _cache_directory(self, task_vars: dict[str, Any]) -> Optional[str]:
        """None: keep nothing on the host."""
        def variable(name: str, default: Any) -> Any:
            return self._templar.template(task_vars.get(name, default))

        try:
            wanted = boolean(variable('regvault_cache', True))
        except TypeError as error:
            raise task_failure(f'regvault_cache must be true or false: {error}') from error
        directory = str(variable('regvault_cache_dir', DEFAULT_CACHE_DIRECTORY))
        if not directory.startswith(('/', '~/')):
            raise task_failure(f'regvault_cache_dir must begin with / or ~/, it is "{directory}"')
        return directory if wanted else None
