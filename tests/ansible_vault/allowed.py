"""The differences that are allowed, each with its reason: the version of ansible-core that made it (ours follows 2.21,
which is newer than the installed one), a data loss or a leak that ours avoids, or that ours works where theirs refuses.

A row is for one case. It gives each field that differs (code, stdout, files, shown) exactly as ours has it, or a
function that makes it of theirs; the fields it does not give are the same. `says` replaces the case's, for ours.
A rule is for every case that it applies to, and what it makes of theirs is exactly what ours must do.
"""

import dataclasses
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Rule:
    reason: str
    applies: Callable   # of the case and their result
    change: Callable    # their fields -> the fields of ours


@dataclasses.dataclass(frozen=True)
class Row:
    reason: str
    ours: dict
    says: tuple = None


ROWS = {}


def allow(reason, *names, says=None, **ours):
    for name in names:
        assert name not in ROWS, name
        ROWS[name] = Row(reason, ours, says)


def silent(want):
    return want | {"stdout": "", "shown": want["shown"].split("usage: ")[0].rstrip("\n")}


def ended(text):
    return text + "\n" if text.endswith(" indented 10>") else text


def last_line_ended(want):
    files = {name: ended(text) for name, text in want["files"].items()}
    return want | {"stdout": ended(want["stdout"]), "shown": ended(want["shown"]), "files": files}


RULES = [
    Rule("2.21: exit code 5 prints no help on standard output",
         lambda case, theirs: theirs["code"] == 5 and "usage: " in theirs["stdout"] + theirs["shown"], silent),
    Rule("2.21: exit code 250 is told on standard error only",
         lambda case, theirs: theirs["code"] == 250, silent),
    Rule("2.15: encrypt_string ends its last line",
         lambda case, theirs: case.command.startswith("encrypt_string ") and theirs["code"] == 0
         and case.compare == "bytes", last_line_ended),
]


def with_flags(*more):
    return lambda flags: " ".join(sorted({*flags.split(), *more}))


# Newer than the installed one.

allow("2.16: -J", *(f"{action} --help" for action in ("decrypt", "edit", "view", "encrypt", "encrypt_string")),
      "rekey -h", "view --vault-id pw -h vault  # help wins", stdout=with_flags("-J"))
allow("2.16: -J and --skip-tty-check", "create --help", stdout=with_flags("-J", "--skip-tty-check"))
allow("2.16: -J", "view -J vault", code=0, stdout="a: 1\n")
allow("2.16: -J", "decrypt -J vault  # asked", code=0, shown="Vault password: \n", files={"vault": "0600 a: 1\n"})
NEW_FILE = {"new": "0600 <1.1;AES256 'new\\n' by 'first words'>\n"}
allow("2.16: --skip-tty-check", "create --skip-tty-check --vault-id pw new",
      "create --vault-id pw --skip-tty-check new  # standard output is no terminal", code=0, files=NEW_FILE)
allow("2.16: no editor where standard output is no terminal",
      "create --vault-id pw new  # standard output is no terminal", code=5, files={},
      says=("not a tty, editor cannot be opened",))
allow("2.15: vault_encrypt_salt", "encrypt --vault-id pw plain  # a salt",
      "encrypt --vault-id pw plain  # a salt in the environment",
      files={"plain": "0600 <1.1;AES256 'hello\\n' by 'first words' salt 'salty'>\n"})
allow("2.15: LESS is set for every less", "view --vault-id pw vault  # less with LESS of its own",
      shown="less FRSX 0\na: 1\n")
allow("2.15: an empty PAGER is none", "view --vault-id pw vault  # an empty PAGER", shown="less FRSX 0\na: 1\n")
allow("2.15: ANSIBLE_PAGER", "view --vault-id pw vault  # ANSIBLE_PAGER alone", shown="paged:a: 1\n")
allow("2.15: ANSIBLE_EDITOR", "edit --vault-id pw vault  # ANSIBLE_EDITOR alone",
      files={"vault": "0644 <1.1;AES256 'a: 3\\n' by 'first words'>\n"})
allow("2.15: the configuration's editor", "edit --vault-id pw vault  # editor of the configuration",
      files={"vault": "0644 <1.1;AES256 'a: 4\\n' by 'first words'>\n"})
allow("2.21: encrypt_string --prompt works alone", "encrypt_string --vault-id pw -p  # alone", code=0,
      shown="Variable name (enter for no name): foo\nString to encrypt (hidden): \nfoo: !vault |\n"
            "          <1.1;AES256 'prompted' by 'first words' indented 10>\n")
EDITOR_FAILED = "2.21: what a failing editor left is not saved"
allow(EDITOR_FAILED, "edit --vault-id pw vault  # fails, nothing changed", code=1)
allow(EDITOR_FAILED, "edit --vault-id pw vault  # fails after it changed something",
      "edit --vault-id pw vault  # killed after it changed something",
      "create --vault-id pw new  # the editor fails",
      "create --vault-id pw new  # the editor fails with nothing written", code=1, files={})
allow("2.21: encrypt_string --prompt works alone", "encrypt_string --vault-id pw --prompt  # no terminal", code=0,
      stdout="Variable name (enter for no name): foo: !vault |\n"
             "          <1.1;AES256 'prompted' by 'first words' indented 10>\n")
allow("2.16: a folder that cannot be written is seen before its file is overwritten",
      "encrypt --vault-id pw locked/it  # a folder that cannot be written", code=1, files={})
allow("2.16: a folder that cannot be written is no surprise",
      "decrypt --vault-id pw locked/it  # a folder that cannot be written", code=1)

# A data loss or a leak that ours avoids.

allow("data loss: the other name of the file would be left with random bytes",
      "encrypt --vault-id pw it  # a hard link", files={"it": "0600 <1.1;AES256 'x\\n' by 'first words'>\n"})
allow("data loss: the other name of the file would be left with random bytes",
      "rekey --vault-id pw --new-vault-id pw-new it  # a hard link",
      files={"it": "0644 <1.1;AES256 'x\\n' by 'new words'>\n"})
allow("data loss: nothing opens a vault with such a header again", "encrypt --vault-id dév@pw plain", code=1, files={})
allow("data loss: the header would say another label, which vault_id_match never finds",
      "rekey --vault-id pw --new-vault-id 'a;b@pw-new' vault  # a ; in the new label", code=5, files={})
allow("data loss: the text would be in a file of a name that nobody knows", "create --vault-id pw folder",
      "edit --vault-id pw -  # standard input", code=1, files={})
allow("data loss: the link would be lost", "create --vault-id pw dangling",
      files={"nowhere": "0600 <1.1;AES256 'new\\n' by 'first words'>\n"})
AS_IT_IS = "data loss: view prints bytes that are not UTF-8 as they are"
allow(AS_IT_IS, "view --vault-id pw it  # one byte that is not UTF-8", stdout="caf\\xe9\n")
allow(AS_IT_IS, "view --vault-id pw it  # a run that is not UTF-8", stdout="a\\xe9\\xe8\\xffz\n")
allow("leak: a vault under an empty password is open to all", "encrypt plain  # a blank one", code=1, files={},
      shown="New Vault password: ")

# Ours works where theirs refuses.

BOTH_SIDES = "works: operands may stand on both sides of an option"
allow(BOTH_SIDES, "view vault --vault-id pw vault2  # a file on either side", code=0,
      stdout="a: 1\nno newline\n")
allow(BOTH_SIDES, "encrypt_string --vault-id pw --name a one --name b two  # operands on both sides", code=0,
      stdout="a: !vault |\n          <1.1;AES256 'one' by 'first words' indented 10>\n"
             "b: !vault |\n          <1.1;AES256 'two' by 'first words' indented 10>\n")
allow("works: a file that is replaced need not be writable",
      "encrypt --vault-id pw it  # 0444 as its owner, who is not root", code=0,
      files={"it": "0600 <1.1;AES256 'x' by 'first words'>\n"})
allow("works: pipes have a name, too", "encrypt --vault-id pw --output - /dev/stdin",
      "encrypt --vault-id pw --output /dev/stdout plain", code=0, stdout="<1.1;AES256 'hello\\n' by 'first words'>\n")
allow("works: devices are written, not replaced", "encrypt --vault-id pw --output /dev/null plain", code=0)
allow("works: in any locale", "view --vault-id pw vault  # LC_ALL=C",
      "view --vault-id pw vault  # a locale that is not installed", code=0, stdout="a: 1\n")
allow("works: with any standard output", "view --vault-id pw vault  # standard output does not block", code=0,
      stdout="a: 1\n")
PLAIN_ENCRYPTED = {"plain": "0600 <1.1;AES256 'hello\\n' by 'first words'>\n"}
allow("works: with any standard output", "encrypt --vault-id pw plain  # standard output does not block", code=0,
      files=PLAIN_ENCRYPTED)
allow("works: no home folder is needed", "decrypt --vault-id pw --output - vault  # no home folder can be made",
      "view --vault-id pw vault  # no HOME", code=0, stdout="a: 1\n")
allow("works: no home folder is needed", "encrypt --vault-id pw plain  # no home folder can be made", code=0,
      files=PLAIN_ENCRYPTED)
allow("works: one password that is given twice is no choice",
      "encrypt --vault-password-file pw plain  # and the same of the environment", code=0, files=PLAIN_ENCRYPTED,
      says=())
allow("works: the version needs no configuration", "--version  # a broken configuration", code=0,
      stdout="ansible-vault [core X]")
allow("works: an empty EDITOR is none", "edit --vault-id pw vault  # an empty EDITOR", code=0,
      files={"vault": "0644 <1.1;AES256 'a: vi\\n' by 'first words'>\n"})
allow("works: the scripts of other labels need not run",
      "view --vault-id zz@any-client --vault-id dev@any-client dev  # the next one is tried",
      files={"asked": "0600 2 --vault-id dev\n"})
