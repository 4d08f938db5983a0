# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Ansible's own async_wrapper.py, and the Python that runs it on the host: what `async:` needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.text.converters import to_bytes
from ansible.plugins.action import ActionBase


@dataclass(frozen=True)
class AsyncWrapper:
    interpreter: str  # "/usr/bin/python3": words for a shell
    source: bytes


def async_wrapper(action: ActionBase, task_vars: dict[str, Any]) -> AsyncWrapper:
    """As core makes it for its own modules. The interpreter is discovered on the host, unless it is configured."""
    built = action._configure_module(
        module_name='ansible.legacy.async_wrapper', module_args={}, task_vars=task_vars)
    if len(built) == 4:  # (style, shebang, source, path)
        shebang, source = built[1], built[2]
    else:                # ansible-core >= 2.19: (an object of these, path)
        shebang, source = built[0].shebang, built[0].b_module_data
    return AsyncWrapper((shebang or '#!/usr/bin/python3').replace('#!', '', 1).strip(), to_bytes(source))
