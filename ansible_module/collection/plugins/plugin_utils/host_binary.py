# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs one of the collection's programs on a host that need not have Python.

    reply = HostBinary(action, 'login', cache_directory='~/.ansible/regvault').run(arguments)

Warm, that is one round trip: the host checks the copy it has and runs it, the arguments on its stdin. A host
without a copy is sent one (two more round trips, once). Where no copy can be kept, or none is wanted
(`cache_directory=None`), the program goes into a temporary directory, every time. In all of these the arguments
travel through stdin only: they are never in a file, an argument list, an environment or a log.

`su`, `ssh -tt` and connections without pipelining offer no stdin. There, and only there, the arguments are put into a
file (0600, in Ansible's own 0700 temporary directory), which the program removes when it has read it; the directory is
removed whatever happens and whatever ANSIBLE_KEEP_REMOTE_FILES says.

    reply = HostBinary(…).start(arguments, seconds, task_vars)

starts it with Ansible's async_wrapper, which needs Python on the host. As the job reads no stdin, its arguments are in
such a file until it has begun.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from shlex import quote
from typing import Any, Optional

from ansible.plugins.action import ActionBase

from . import host_scripts as scripts
from .async_wrapper import async_wrapper
from .binaries import Binary, choose, find_binaries
from .exchange import parse_answer
from .failure import task_failure

CANNOT_EXECUTE = 126  # the shell's exit code for a file it may not or cannot execute


@dataclass(frozen=True)
class Reply:
    """What a command on the host left behind. `word`: the marker of host_scripts, '' when the program itself ran."""
    exit_code: int
    stdout: str
    stderr: str
    word: str = ''
    machine: str = ''
    detail: str = ''

    @property
    def could_not_execute(self) -> bool:
        return self.exit_code == CANNOT_EXECUTE and parse_answer(self.stdout) is None


class HostBinary:
    def __init__(self, action: ActionBase, program: str, cache_directory: Optional[str]) -> None:
        self.warnings: list[str] = []
        self._action = action
        self._program = program
        self._cache_directory = cache_directory
        self._binaries = find_binaries(program)
        self._environment = action._compute_environment_string()
        self._machine = ''

    def run(self, arguments: dict[str, Any]) -> Reply:
        text = json.dumps(arguments) + '\n'
        if not self._has_stdin():
            return self._run_with_argument_file(text)
        reply = self._run_cached(text.encode()) if self._cache_directory else None
        return reply or self._run_temporary(text.encode())

    def start(self, arguments: dict[str, Any], seconds: int, task_vars: dict[str, Any]) -> Reply:
        """The answer of async_wrapper: a job's number. `seconds`: what it may take."""
        wrapper = async_wrapper(self._action, task_vars)
        command = scripts.wrapper_command(wrapper.interpreter, f'j{random.randint(0, 999_999_999_999)}', int(seconds))
        async_directory = self._action._remote_expand_user(  # where async_status looks, whatever HOME says
            self._action.get_shell_option('async_dir', default='~/.ansible_async'))
        environment = f'{self._environment} ANSIBLE_ASYNC_DIR={quote(async_directory)}'
        text = json.dumps(arguments) + '\n'
        if self._has_stdin():
            directory = self._send_temporarily()
            reply = self._shell(scripts.store_wrapper(directory, wrapper.interpreter), wrapper.source)
            if reply.word == 'stored':
                reply = self._shell(scripts.start_job(directory, command, environment), text.encode())
        else:
            with self._transferred(text) as directory:
                wrapper_file = self._path(directory, 'async_wrapper')
                self._action._transfer_data(wrapper_file, wrapper.source)
                self._action._fixup_perms2([wrapper_file], execute=False)
                reply = self._shell(scripts.start_copied_job(
                    self._temporary_parents(), directory, wrapper.interpreter, command, environment))
        if reply.word == 'missing':
            raise task_failure(
                f'async needs Python on the host, and there is no {wrapper.interpreter} '
                f'(without async, {self._program} needs none)')
        if reply.word:
            raise task_failure(f'the {self._program} job cannot be started: {reply.detail or reply.word}')
        return reply

    def _has_stdin(self) -> bool:
        become = self._action._connection.become
        if become is not None:
            takes_stdin = getattr(become, 'pipelining', become.name != 'su')  # the attribute: ansible-core >= 2.19
            if not takes_stdin or getattr(become, 'require_tty', False):
                return False
        return bool(self._action._connection.has_pipelining) and not self._has_terminal()

    def _has_terminal(self) -> bool:
        """`ssh -tt`: a terminal would show the arguments again, and never end."""
        options = self._action._connection.get_options() or {}
        words = [word for name in ('ssh_args', 'ssh_common_args', 'ssh_extra_args')
                 for word in (options.get(name) or '').lower().split()]
        return any(word == '-tt' or word.endswith('requesttty=force') for word in words)

    def _run_cached(self, arguments: bytes) -> Optional[Reply]:
        """None: the cache cannot be used, and a warning says why."""
        hashes = {machine: binary.sha256 for machine, binary in self._binaries.items()}
        run = scripts.run_cached(self._cache_directory, hashes, self._environment)
        reply = self._shell(run, arguments)
        if reply.word in ('missing', 'damaged'):
            if reply.word == 'damaged':
                self.warnings.append(
                    f'the {self._program} binary cached in {self._cache_directory} was not the one stored there; '
                    'it was not run, and is replaced')
            binary = self._binary()
            reply = self._shell(scripts.store_in_cache(self._cache_directory, binary.sha256), binary.content)
            if reply.word == 'stored':
                reply = self._shell(run, arguments)
        if reply.word or reply.could_not_execute:
            reason = reply.detail or reply.word or f'programs in {self._cache_directory} cannot be run'
            self.warnings.append(
                f'the {self._program} binary is not cached on this host but sent each time: {reason} '
                '(set regvault_cache_dir to another directory, or regvault_cache: false)')
            return None
        return reply

    def _run_temporary(self, arguments: bytes) -> Reply:
        return self._shell(scripts.run_temporary(self._send_temporarily(), self._environment), arguments)

    def _send_temporarily(self) -> str:
        """Puts the program into a new private directory of the executing user, and returns that."""
        parents = self._temporary_parents()
        stored = self._shell(scripts.store_temporarily(parents), self._binary().content)
        if stored.word != 'stored':
            reason = f'{stored.detail} ({", ".join(parents)})' if stored.detail else stored.stderr.strip()
            raise task_failure(f'the {self._program} binary cannot be sent to the host: {reason}; '
                               'set regvault_cache_dir to a directory that lets programs run')
        return stored.detail

    def _temporary_parents(self) -> list[str]:
        return [
            self._action.get_shell_option('remote_tmp', default='~/.ansible/tmp'),
            *self._action.get_shell_option('system_tmpdirs', default=['/var/tmp', '/tmp']),
        ]

    def _run_with_argument_file(self, arguments: str) -> Reply:
        with self._transferred(arguments) as directory:
            reply = self._shell(scripts.run_with_argument_file(
                self._path(directory, 'program'), self._path(directory, 'arguments'), self._environment))
        if reply.could_not_execute:
            raise task_failure(
                f'the {self._program} binary cannot be run in {directory}; set ansible_remote_tmp to a directory that '
                'lets programs run (regvault_cache_dir is not used: su or this connection leaves no standard input)')
        return reply

    @contextmanager
    def _transferred(self, arguments: str) -> Iterator[str]:
        """A directory on the host that holds `program` and `arguments`, as Ansible sends its own modules."""
        action, binary = self._action, self._binary()
        directory = action._make_tmp_path()
        try:
            program, argument_file = self._path(directory, 'program'), self._path(directory, 'arguments')
            action._transfer_file(str(binary.path), program)
            action._low_level_execute_command(scripts.make_argument_file(argument_file), sudoable=False)
            action._transfer_data(argument_file, arguments)
            action._fixup_perms2([directory, program])
            action._fixup_perms2([argument_file], execute=False)
            yield directory
        finally:
            action._remove_tmp_path(directory, force=True)

    def _path(self, *parts: str) -> str:
        return self._action._connection._shell.join_path(*parts)

    def _binary(self) -> Binary:
        if not self._machine:
            answer = self._action._low_level_execute_command('uname -s -m', sudoable=False)
            self._machine = '-'.join((answer['stdout'].strip().splitlines() or ['unknown'])[-1].split())
        return choose(self._program, self._binaries, self._machine)

    def _shell(self, command: str, stdin: Optional[bytes] = None) -> Reply:
        # Ansible shows the command at -vvv and with ANSIBLE_DEBUG, never in_data.
        answer = self._action._low_level_execute_command(command, in_data=stdin)
        word, machine, detail = '', '', ''
        for line in answer['stdout'].splitlines():
            if line.startswith(scripts.MARKER):
                word, machine, detail = (line[len(scripts.MARKER):].strip().split(' ', 2) + ['', ''])[:3]
        if machine:
            self._machine = machine
        if word == 'machine':
            choose(self._program, self._binaries, machine)  # fails
        return Reply(answer['rc'], answer['stdout'], answer['stderr'], word, machine, detail.strip())
