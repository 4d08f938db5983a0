# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The collection's programs: static ELF files in programs/, named PROGRAM_MACHINE (no dots: Ansible would cut them)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .failure import task_failure

DIRECTORY = Path(__file__).resolve().parents[2] / 'programs'
MACHINES = ('x86_64', 'aarch64')  # as `uname -m` says it


@dataclass(frozen=True)
class Binary:
    path: Path
    sha256: str

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()


def find_binaries(program: str) -> dict[str, Binary]:
    """What there is of `program`: "Linux-x86_64" (`uname -s`-`uname -m`) → binary. Fails if there is nothing."""
    found = {}
    for machine in MACHINES:
        path = DIRECTORY / f'{program}_{machine}'
        if path.is_file():
            found[f'Linux-{machine}'] = Binary(path, hashlib.sha256(path.read_bytes()).hexdigest())
    if not found:
        raise task_failure(
            f'the collection holds no {program} binary: {DIRECTORY} is empty or missing '
            '(install the collection from its tarball, not from the sources)')
    return found


def choose(program: str, binaries: dict[str, Binary], machine: str) -> Binary:
    """The binary for a machine ("Linux-x86_64"). Fails, naming what there is, when it is missing."""
    if machine not in binaries:
        raise task_failure(
            f'there is no {program} binary for {machine.replace("-", " ", 1)}, '
            f'only for {" and ".join(name.replace("-", " ", 1) for name in binaries)}')
    return binaries[machine]
