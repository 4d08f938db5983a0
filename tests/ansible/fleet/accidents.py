"""What happens to hosts of a fleet. Each breaks one host, mends it again, and knows what the play must say of it.

    accident.happen(host); …; accident.mend(host)

A new one is a class here and its name in ACCIDENTS.
"""

import errno
import subprocess

from support import Host, new_token

AUTH_FILE = '/srv/login/auth.json'  # on the hosts


class Accident:
    status = 'failed'
    says: tuple = ()       # of the message, every text
    variables: dict = {}   # of this host in the inventory

    def happen(self, host: Host) -> None:
        pass

    def mend(self, host: Host) -> None:
        pass


class Down(Accident):
    """Its cable is out."""
    status = 'unreachable'
    says = ('Make sure this host can be reached over ssh', 'timed out')

    def happen(self, host: Host) -> None:
        subprocess.run(['ip', 'link', 'set', host.name, 'down'], check=True)

    def mend(self, host: Host) -> None:
        subprocess.run(['ip', 'link', 'set', host.name, 'up'], check=True)


class FullDisk(Accident):
    """No byte is free where the login is kept."""
    says = (AUTH_FILE, 'No space left on device')

    def happen(self, host: Host) -> None:
        place = host.path(AUTH_FILE).parent
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'full', place], check=True)
        with (place / 'everything').open('wb', buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def mend(self, host: Host) -> None:
        subprocess.run(['umount', host.path(AUTH_FILE).parent], check=True)


class Program(Accident):
    """A program of the host is another one, found before it."""
    name = ''
    script = ''

    def happen(self, host: Host) -> None:
        place = host.path(f'/usr/local/bin/{self.name}')
        if place.is_symlink() or place.exists():
            place.rename(f'{place}.real')
        place.write_text(f'#!/bin/sh\n{self.script}\n')
        place.chmod(0o755)

    def mend(self, host: Host) -> None:
        place = host.path(f'/usr/local/bin/{self.name}')
        place.unlink()
        kept = place.with_name(f'{self.name}.real')
        if kept.is_symlink() or kept.exists():
            kept.rename(place)


class OtherMachine(Program):
    """Nobody built a login binary for what it says it is."""
    name = 'uname'
    script = '/bin/uname "$@" | sed s/x86_64/riscv64/'
    says = ('no login binary for Linux riscv64', 'Linux x86_64')


class PodmanHangs(Program):
    """It never ends by itself; the task's own `timeout` does it."""
    name = 'podman'
    script = 'exec sleep 7171'
    variables = {'login_timeout': 5}
    says = ('podman', '5 s')

    def mend(self, host: Host) -> None:
        super().mend(host)
        left = host.shell('pgrep -f "sleep 717[1]"', check=False)
        if left:
            raise AssertionError(f'{host.name}: the podman that was waited for still runs')


class RegistryRefuses(Accident):
    """It was given another password than the rest."""
    says = ('refused',)

    def __init__(self) -> None:
        self.variables = {'login_password': new_token()}


ACCIDENTS = (Down, FullDisk, OtherMachine, PodmanHangs, RegistryRefuses)
