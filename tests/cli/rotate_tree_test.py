"""`regvault rotate` of a tree, killed (SIGKILL) while it replaces files, and run again: every value is the old one or the
new one, and as long as a run did not come to its end FILE holds the old one. Judged by Ansible's own vault code."""

import random
import signal
import subprocess
import time

from ansible.parsing.vault import VaultLib, VaultSecret

import program

FILES = 40
KILLS = 4


class RotateTree(program.Case):
    def setUp(self):
        super().setUp()
        self.vault = VaultLib([("default", VaultSecret(b"vault password"))])
        self.tree = self.dir / "tree"
        self.tree.mkdir()
        self.paths = [self.tree / f"f{number:02}.yml" for number in range(FILES)]
        for path in self.paths:
            path.write_text("# top\nk: OLD  # why\nplain: OLD\nother: else\n")
        keys = ["--key", "k", "--key", "other"]
        result = self.run_program("encrypt", *keys, *self.paths)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.target = self.paths[FILES // 3]
        self.command = ["rotate", "--stdin", self.target, "k", self.tree]

    def values(self, path):
        """The plaintexts of a file; what stands around them must be as it was."""
        vaults, around = [], []
        for line in path.read_text().splitlines():
            if not line.startswith("  "):
                around.append(line)
                vaults.append("")
            else:
                vaults[-1] += line.strip() + "\n"
        self.assertEqual(around, ["# top", "k: !vault |  # why", "plain: OLD", "other: !vault |"])
        return [self.vault.decrypt(text).decode() for text in vaults if text]

    def judge(self):
        """How many files are new."""
        values = {path: self.values(path) for path in self.paths}
        for path in self.paths:
            self.assertIn(values[path], (["OLD", "else"], ["NEW", "else"]), path)
        count = sum(value[0] == "NEW" for value in values.values())
        if values[self.target][0] == "NEW":
            self.assertEqual(count, FILES)
        return count

    def run_and_kill(self):
        before = {path: path.stat().st_ino for path in self.paths}
        process = subprocess.Popen([program.PROGRAM, *map(str, self.command)], env=self.environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.stdin.write(b"NEW")
        process.stdin.close()
        while process.poll() is None and all(path.stat().st_ino == inode for path, inode in before.items()):
            time.sleep(0.001)
        time.sleep(random.random() * 0.0001 * FILES)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def test_killed_while_files_are_replaced(self):
        moments = []
        for _ in range(KILLS):
            self.run_and_kill()
            moments.append(self.judge())
        print(f"  files of {FILES} that were new after each kill: {moments}")
        result = self.run_program(*self.command, stdin=b"NEW")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.judge(), FILES)

    def test_vault_secrets_and_values_are_not_said(self):
        result = self.run_program(*self.command, stdin=self.token.encode())
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertNotIn(self.token.encode(), result.stdout + result.stderr)
        self.assertEqual({self.values(path)[0] for path in self.paths}, {self.token})


if __name__ == "__main__":
    program.main()
