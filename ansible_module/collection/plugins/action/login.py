# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""regvault.registry.login: runs the login binary on the host. Documented in plugins/modules/login.py."""

from __future__ import annotations

from ..plugin_utils.host_task import HostTask


class ActionModule(HostTask):
    PROGRAM = 'login'
