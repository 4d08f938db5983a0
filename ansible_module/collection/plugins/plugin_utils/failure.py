# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How a task fails: `raise task_failure('in one line')`."""

from __future__ import annotations

from ansible.errors import AnsibleActionFail


def task_failure(message: str) -> AnsibleActionFail:
    failure = AnsibleActionFail(message)
    # Before ansible-core 2.19 it notes a traceback, which without one prints "NoneType: None" above the message.
    getattr(failure, 'result', {}).pop('exception', None)
    return failure
