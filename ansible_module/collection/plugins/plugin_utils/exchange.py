# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a program is told and what it answers: one JSON object each way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Optional

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from .failure import task_failure


def to_plain(value: Any) -> Any:
    """`value` as JSON knows it.

    Ansible's own kinds of strings become plain ones. An inline `!vault` value is one of them: up to ansible-core 2.18
    it arrives still encrypted in the arguments of a task, and str() is what decrypts it.
    """
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, bytes):
        return value.decode('utf-8', 'surrogateescape')
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [to_plain(item) for item in value]
    return str(value)


def is_json(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:  # not chained to the error we raise: its text shows a piece of the value
        return False
    return True


def task_arguments(action: ActionBase) -> dict[str, Any]:
    """The task's arguments (one that is null counts as not given) and what the program must know of the run."""
    task = action._task
    arguments = {key: to_plain(value) for key, value in task.args.items() if value is not None}
    arguments.update(
        _ansible_check_mode=bool(task.check_mode),
        _ansible_diff=bool(task.diff),
        _ansible_no_log=bool(task.no_log),
        _ansible_verbosity=int(Display().verbosity),
    )
    for key, value in arguments.items():
        if not is_json(value):
            raise task_failure(f'"{key}" holds bytes that are not UTF-8, or a number without end')
    return arguments


def parse_answer(stdout: str) -> Optional[dict[str, Any]]:
    """The last line that is a JSON object: a login banner or sudo's lecture may precede it."""
    for line in reversed(stdout.splitlines()):
        if line.lstrip().startswith('{'):
            try:
                answer = json.loads(line)
            except ValueError:
                continue
            if isinstance(answer, dict):
                return answer
    return None


def task_result(program: str, exit_code: int, stdout: str, stderr: str, warnings: list[str]) -> dict[str, Any]:
    """The result of a task: the program's answer, or the failure to get one."""
    answer = parse_answer(stdout)
    if answer is None:
        # The shell, sudo … say why; ssh's own lines are there with -vvvv.
        said = [line for line in stderr.splitlines() if line.strip() and not line.startswith(('debug', 'OpenSSH_'))]
        answer = {
            'failed': True,
            'msg': ': '.join([f'the {program} binary gave no answer (exit code {exit_code})', *said[:1]]),
            'rc': exit_code, 'module_stdout': stdout[-4000:], 'module_stderr': stderr[-4000:],
        }
    elif exit_code != 0:
        answer['failed'] = True
        answer.setdefault('msg', f'the {program} binary failed (exit code {exit_code})')
    # Only Ansible itself sets these; core would drop them with a warning.
    answer = {key: value for key, value in answer.items() if not key.startswith('_ansible_')}
    if warnings:
        answer['warnings'] = [*warnings, *answer.get('warnings', [])]
    return answer
