"""A case: one command line, what it finds, and what may differ. And the folder that every case starts from."""

import dataclasses

from vaults import DEV, FIRST, NEW, OTHER, make


@dataclasses.dataclass(frozen=True)
class Case:
    command: str                # as in a shell, without "ansible-vault"
    note: str = ""              # tells cases with the same command apart
    files: dict = dataclasses.field(default_factory=dict)  # name -> see below; None takes one of FILES away
    env: dict = dataclasses.field(default_factory=dict)    # None takes one away
    stdin: bytes = b""
    says: tuple = ()            # what both programs must have in standard error, whatever the white space
    terminal: str = None        # a controlling terminal, and which of "012" are it; None: no terminal at all
    talk: tuple = ()            # (text to wait for, what is typed)
    cwd_mode: int = 0o755
    nonblocking: bool = False   # standard output is a pipe that does not block
    nobody: bool = False        # run as nobody, who owns everything
    compare: str = "bytes"      # "flags": of standard output, only the options it names; "version": its first line

    @property
    def name(self):
        return f"{self.command}  # {self.note}" if self.note else self.command


def case(command, note="", **options):
    says = options.pop("says", ())
    return Case(command, note, says=(says,) if isinstance(says, str) else says, **options)


# A file is its bytes (mode 0644), or (mode, bytes), "-> target" for a symbolic link, "= name" for a hard link to an
# earlier one, or a number: a folder of that mode. The folder itself is "work"; "../home" is $HOME.
FILES = {
    "../home": 0o700,
    "../tmp": 0o700,
    "../bin": 0o755,  # first in $PATH
    "../bin/vi": (0o755, b"#!/bin/sh\nsed -i s/1/vi/ \"$@\"\n"),
    "../bin/less": (0o755, b"#!/bin/sh\n[ \"$1\" = --version ] && exit\necho less \"$LESS\" $# $*\ncat\n"),
    "pw": (0o600, FIRST.encode() + b"\n"),
    "pw-other": (0o600, OTHER.encode() + b"\n"),
    "pw-dev": (0o600, DEV.encode() + b"\n"),
    "pw-new": (0o600, NEW.encode() + b"\n"),
    "pw-empty": b" \n",
    "script": (0o755, b"#!/bin/sh\necho 'first words'\n"),
    "any-client": (0o755, b"""#!/bin/sh
echo "$# $*" >>asked
case "$2" in default) echo 'first words';; dev) echo 'dev words';; new) echo 'new words';;
broken) echo 'the keyring is locked' >&2; exit 7;; *) echo "no such id" >&2; exit 2;; esac
"""),
    "plain": b"hello\n",
    "plain2": (0o600, b"second\n"),
    "open": "-> plain",
    "vault": make(b"a: 1\n", FIRST),
    "vault2": (0o600, make(b"no newline", FIRST)),
    "vault-other": make(b"under another\n", OTHER),
    "dev": make(b"dev: 1\n", DEV, "dev"),
    "link": "-> vault",
    "folder": 0o755,
}
