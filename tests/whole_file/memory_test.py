"""How much memory a file of some size takes: memory_test.py PROGRAM MEBIBYTES

Between files, half of the 64 MiB that are promised, whatever the size; through pipes, and where the text is needed as a
whole (rekey, edit), twice the file's size.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

import faces
from faces import FACES, REGVAULT

MIB = 1 << 20
SIZE = int(sys.argv.pop(2)) * MIB
BETWEEN_FILES = 32 * MIB
LARGEST_EDITED = 1024 * MIB


class Memory(faces.Case):
    def setUp(self):
        super().setUp()
        self.work = faces.pathlib.Path(tempfile.mkdtemp(dir="/var/tmp"))  # on the disk: gibibytes
        self.addCleanup(shutil.rmtree, self.work)
        self.plain, self.vault, self.back = (self.work / name for name in ("plain", "vault", "back"))
        piece = os.urandom(MIB)
        with open(self.plain, "wb") as file:
            for number in range(SIZE // MIB):
                file.write(number.to_bytes(8, "big") + piece[8:])
            file.write(b"the end")
        self.digest = digest(self.plain)

    def memory_of(self, command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        """The most that was resident, in bytes."""
        process = subprocess.Popen(command, cwd=self.work, env=self.environment, stdin=stdin, stdout=stdout)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return usage.ru_maxrss * 1024

    def through_pipes(self, command, source, destination):
        with open(destination, "wb") as file, \
                subprocess.Popen(["cat", source], stdout=subprocess.PIPE) as feed, \
                subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=file) as drain:
            used = self.memory_of(command, feed.stdout, drain.stdin)
            feed.stdout.close()
            drain.stdin.close()
            return used

    def assert_at_most(self, used, limit, what):
        print(f"  {what}: {used / MIB:.0f} MiB of {limit / MIB:.0f}", file=sys.stderr)
        self.assertLessEqual(used, limit, what)

    def test_between_files(self):
        for face in FACES:
            used = self.memory_of(face.command("encrypt", "plain", "--output", "vault"))
            self.assert_at_most(used, BETWEEN_FILES, f"{face.name} encrypt --output")
            with open(self.vault, "rb") as source, open(self.back, "wb") as destination:
                used = self.memory_of(to_stdout(face, "decrypt"), source, destination)
            self.assert_at_most(used, BETWEEN_FILES, f"{face.name} decrypt < file > file")
            self.assertEqual(digest(self.back), self.digest)

    def test_in_place(self):
        for face in FACES:
            used = self.memory_of(face.command("encrypt", "plain"))
            self.assert_at_most(used, BETWEEN_FILES, f"{face.name} encrypt in place")
            used = self.memory_of(face.command("decrypt", "plain"))
            self.assert_at_most(used, BETWEEN_FILES, f"{face.name} decrypt in place")
            self.assertEqual(digest(self.plain), self.digest)

    def test_through_pipes(self):
        used = self.through_pipes(REGVAULT.command("encrypt", "-"), self.plain, self.vault)
        self.assert_at_most(used, 2 * SIZE, "encrypt through pipes")
        used = self.through_pipes(to_stdout(REGVAULT, "decrypt"), self.vault, self.back)
        self.assert_at_most(used, 2 * self.vault.stat().st_size, "decrypt through pipes")
        self.assertEqual(digest(self.back), self.digest)

    def test_rekey_and_edit(self):
        self.memory_of(REGVAULT.command("encrypt", "plain", "--output", "vault"))
        used = self.memory_of(REGVAULT.command("rekey", "--new-vault-password-file", self.dir / "new", "vault"))
        self.assert_at_most(used, 2 * SIZE, "rekey")
        self.environment |= {"EDITOR": self.editor("appends", 'printf . >> "$1"'),
                             "ANSIBLE_VAULT_PASSWORD_FILE": str(self.dir / "new")}
        if SIZE < LARGEST_EDITED:
            used = self.memory_of(REGVAULT.command("edit", "vault"))
            self.assert_at_most(used, 2 * SIZE + BETWEEN_FILES, "edit")


def to_stdout(face, verb):
    return [word for word in face.command(verb, "-") if word != "--in-place"]


def digest(path):
    result = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(MIB):
            result.update(piece)
    return result.hexdigest()


if __name__ == "__main__":
    faces.main()
