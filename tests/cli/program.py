"""The real program in a folder of its own, for black-box tests.

A test file ends with program.main(), and is run as: NAME_test.py PROGRAM [unittest arguments]
"""

import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None
KEY = "all.vars.iaas_console.ghcr_pat"
INVENTORY = """\
all:
  vars:
    iaas_console:            # console of the GPU fleet
      ghcr_user: "octocat"
      # the token goes here
  children:
    gpu:
      hosts:
        gpu-01:
"""


def main():
    global PROGRAM
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(module="__main__")


class Case(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="regvault-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.token = secrets.token_hex(20)
        self.inventory = self.dir / "inventory.yml"
        self.inventory.write_text(INVENTORY)
        (self.dir / "pw").write_text("vault password\n")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.dir),
            "LANG": "C.UTF-8",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.dir / "pw"),
        }

    def run_program(self, *arguments, stdin=b"", program=None, **options):
        """No terminal anywhere: a new session, pipes for all three streams. `program`: another one, by PATH."""
        return subprocess.run([program or PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, cwd=self.dir,
                              env=self.environment, start_new_session=True, timeout=120, **options)

    def set_token(self, *more, token=None):
        result = self.run_program("set", "--stdin", *more, self.inventory, KEY, stdin=(token or self.token).encode())
        self.assertEqual(result.returncode, 0, result.stderr)

    def get_token(self):
        result = self.run_program("get", self.inventory, KEY)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.decode()

    def ok(self, *arguments, stdin=b""):
        result = self.run_program(*arguments, stdin=stdin)
        self.assertEqual(result.returncode, 0, result.stderr.decode())
        return result.stdout.decode()

    def set(self, key, value, file=None):
        """Encrypts a value in self.vars, which the test has made, or in another file."""
        self.ok("set", "--stdin", file or self.vars, key, stdin=value.encode())

    def get(self, key, file=None):
        return self.ok("get", file or self.vars, key)

    def assert_fails(self, result, code, *texts):
        """One error, the right exit code, no secret in what was said."""
        said = result.stderr.decode()
        self.assertEqual(result.returncode, code, said)
        self.assertEqual(said.count("regvault: error: "), 1, said)
        for text in texts:
            self.assertIn(text, said)
        self.assertNotIn(self.token, said)
        self.assertNotIn("vault password\n", said)
