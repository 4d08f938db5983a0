"""The program under its two names, in a world of its own: private /tmp, /dev/shm and mounts.

A test file ends with faces.main(), and is run as root as: unshare -m NAME_test.py PROGRAM [unittest arguments]
(unshare(1) keeps the mounts from everyone else, and they are gone with the test.)
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "ansible_vault"))
import vaults  # noqa: E402

WORLD = pathlib.Path("/mnt")
BIN = WORLD / "bin"
OLD, NEW, OTHER = vaults.FIRST, vaults.NEW, vaults.OTHER
TEXT, EDITED = b"user: octocat\npat: the old text\n", b"user: octocat\npat: the edited text\n"


class Face:
    """A name, and the words that make it do the same."""

    def __init__(self, name):
        self.name = name

    def command(self, verb, *words):
        in_place = ["--in-place"] if (self.name, verb) == ("regvault", "decrypt") else []
        return [str(BIN / self.name), verb, *in_place, *map(str, words)]


REGVAULT, ANSIBLE_VAULT = FACES = [Face("regvault"), Face("ansible-vault")]


class Operation:
    """What is done to a file, what it is before, and what it shall be afterwards."""

    def __init__(self, verb, plaintext=TEXT):
        self.verb = verb
        self.words = {"rekey": ["--new-vault-password-file", "new"]}.get(verb, [])
        sealed = vaults.make(plaintext, OLD)
        self.before = plaintext if verb == "encrypt" else sealed
        after = {"decrypt": plaintext, "edit": vaults.make(EDITED, OLD), "rekey": vaults.make(plaintext, NEW)}
        self.after = vaults.tell(after.get(verb, sealed))

    def state(self, content):
        """"old", "new", or what it is."""
        if content == self.before:
            return "old"
        told = vaults.tell(content)
        return "new" if told == self.after else told


VERBS = ["encrypt", "decrypt", "rekey", "edit"]


class Case(unittest.TestCase):
    def setUp(self):
        self.began = time.time() - 1  # files know the time to a tick of the kernel's clock only
        self.dir = pathlib.Path(tempfile.mkdtemp(dir=WORLD))
        self.addCleanup(shutil.rmtree, self.dir)
        self.home = self.dir / "home"
        self.work = self.dir / "work"
        self.home.mkdir()
        self.work.mkdir()
        self.file = self.work / "vault.yml"
        for name, password in [("old", OLD), ("new", NEW), ("other", OTHER)]:
            (self.dir / name).write_text(password)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.dir / "old"),
            "EDITOR": self.editor("writes", "cat ../edited > \"$1\""),
            "ASAN_OPTIONS": "detect_leaks=0",  # its search and strace exclude each other
        }
        (self.dir / "edited").write_bytes(EDITED)

    def editor(self, name, script):
        """A shell script as an editor; $1 is the file."""
        path = self.dir / name
        path.write_text(f"#!/bin/sh\ncd {self.work}\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def command(self, face, operation, *more):
        words = [self.dir / word if word == "new" else word for word in operation.words]
        return face.command(operation.verb, *words, self.file.name, *more)

    def run_here(self, command, *prefix, **options):
        """No terminal anywhere."""
        return subprocess.run([*prefix, *command], capture_output=True, cwd=self.work, env=self.environment,
                              start_new_session=True, timeout=60, stdin=subprocess.DEVNULL, **options)

    def start(self, command):
        return subprocess.Popen(command, cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def put(self, content):
        for path in self.work.iterdir():
            path.unlink()
        self.file.write_bytes(content)

    def state(self, operation):
        return operation.state(self.file.read_bytes())

    def listing(self):
        return sorted(os.listdir(self.work))

    def for_each(self, check, verbs=VERBS, plaintext=TEXT):
        """check(face, operation), each as a subtest that begins with a fresh file."""
        for verb in verbs:
            operation = Operation(verb, plaintext)
            for face in FACES:
                with self.subTest(face=face.name, verb=verb):
                    self.put(operation.before)
                    check(face, operation)

    def assert_nothing_in_the_clear(self, *secrets, places=("/tmp", "/dev/shm", "/run", "/var/tmp"), besides=()):
        """No file holds the text, wherever an editor or we could have left one."""
        self.assertEqual(leftovers([*places, self.dir], secrets or (TEXT, EDITED), besides, self.began), [])


def leftovers(places, secrets, besides, began):
    """What others have put there before, gibibytes perhaps, is not read."""
    found = []
    for place in places:
        for folder, _, names in os.walk(place):
            for name in names:
                path = pathlib.Path(folder) / name
                if path in besides or not path.is_file() or path.stat().st_ctime < began:
                    continue
                content = path.read_bytes()
                found += [str(path)] if any(secret.strip() in content for secret in secrets) else []
    return found


def mount_tmpfs(place, *options):
    subprocess.run(["mount", "-t", "tmpfs", *(["-o", ",".join(options)] if options else []), "none", str(place)],
                   check=True)


def main():
    with open(sys.argv.pop(1), "rb") as program:  # before the mounts, which may hide it
        mount_tmpfs(WORLD)
        BIN.mkdir()
        with open(BIN / "regvault", "wb") as copy:
            shutil.copyfileobj(program, copy)  # piecemeal: a child's peak of memory begins at ours
    (BIN / "regvault").chmod(0o755)
    (BIN / "ansible-vault").symlink_to("regvault")
    for place in ("/tmp", "/dev/shm"):
        mount_tmpfs(place, "mode=1777")
    os.chdir(WORLD)
    unittest.main(module="__main__")
