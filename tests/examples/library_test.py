"""The programs of examples/library, each doing what its first lines say, with the installed Ansible on the other side.

Usage: library_test.py FOLDER_OF_PROGRAMS [unittest arguments]
"""

import json
import os
import pathlib
import pty
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from internet import Internet  # noqa: E402
from tokens import classic_token  # noqa: E402

PROGRAMS = pathlib.Path(sys.argv.pop(1)).resolve()
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
        gpu-[01:02]:
    lab:
      hosts:
        lab-01:
"""


class Library(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="regvault-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.token = classic_token()
        self.password = secrets.token_hex(16)
        self.write("pw", self.password + "\n", 0o600)
        self.write("inventory.yml", INVENTORY)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.dir),
            "LANG": "C.UTF-8",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.dir / "pw"),
        }

    def write(self, name, text, mode=0o644):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def read(self, name):
        return (self.dir / name).read_text()

    def files(self):
        return {path.relative_to(self.dir): path.read_bytes() for path in self.dir.rglob("*")
                if path.is_file() and ".ansible" not in path.parts}

    def run_any(self, *command, stdin=""):
        """No terminal anywhere: a new session, pipes for all three streams."""
        return subprocess.run([*map(str, command)], input=stdin, capture_output=True, text=True, cwd=self.dir,
                              env=self.environment, start_new_session=True, timeout=60)

    def example(self, name, *arguments, stdin="", code=0):
        result = self.run_any(PROGRAMS / name, *arguments, stdin=stdin)
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertNotIn(self.password, result.stdout + result.stderr)
        self.assertNotIn(self.token, result.stderr)
        return result

    def assert_refused(self, message, name, *arguments, stdin="", code=1):
        """The whole of what is said; and every file is as it was."""
        before = self.files()
        result = self.example(name, *arguments, stdin=stdin, code=code)
        self.assertEqual((result.stdout, result.stderr), ("", message))
        self.assertEqual(self.files(), before)

    def ansible(self, *command, stdin=""):
        result = self.run_any(*command, stdin=stdin)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def set_token(self, file="inventory.yml", key=KEY, token=None):
        return self.example("set_a_token", file, key, stdin=(token or self.token) + "\n")

    def values(self, expression, *names):
        """What Ansible makes of a variable, on each of the hosts."""
        out = self.ansible("ansible", ",".join(names), "-i", "inventory.yml", "-c", "local", "-o", "-m", "debug", "-a",
                           f"msg={{{{ {expression} }}}}")
        lines = [line.split(" | ", 1) for line in out.splitlines()]
        found = {host: json.loads(rest.split("=>", 1)[1])["msg"] for host, rest in lines}
        return [found[name] for name in names]

    def test_seal_and_open(self):
        payload = self.example("seal_and_open", "pw", stdin=self.token).stdout
        self.assertTrue(payload.startswith("$ANSIBLE_VAULT;1.2;AES256;dev\n"))
        self.assertEqual(self.ansible("ansible-vault", "decrypt", "--output", "-", "-", stdin=payload), self.token)
        theirs = self.ansible("ansible-vault", "encrypt", "--output", "-", "-", stdin=self.token)
        self.assertEqual(self.example("seal_and_open", "pw", stdin=theirs).stdout, self.token)
        self.write("other", "another password")
        self.assert_refused("the password does not open it\n", "seal_and_open", "other", stdin=payload)
        self.assert_refused("usage: seal_and_open PASSWORD_FILE\n", "seal_and_open", code=2)

    def test_set_a_token(self):
        self.assertEqual(self.set_token().stdout, "inventory.yml:5: inserted\n")
        self.assertEqual(self.values("iaas_console.ghcr_pat", "gpu-01", "lab-01"), [self.token, self.token])
        vault = self.read("inventory.yml").split("octocat\"\n")[1].split("      # the token goes here")[0]
        self.assertEqual(self.read("inventory.yml").replace(vault, ""), INVENTORY)
        before = self.files()
        self.assertEqual(self.set_token().stdout, "inventory.yml:5: unchanged\n")
        self.assertEqual(self.files(), before)

    def test_set_a_token_follows_the_creation_rule(self):
        self.write(".regvault.yml", "creation_rules:\n  - path: inventory.yml\n    vault_id: prod\n")
        self.write("prod", secrets.token_hex(16))
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = "dev@pw,prod@prod"
        self.set_token()
        self.assertIn("$ANSIBLE_VAULT;1.2;AES256;prod\n", self.read("inventory.yml"))
        self.assertEqual(self.values("iaas_console.ghcr_pat", "gpu-01"), [self.token])

    def test_set_a_token_refuses(self):
        self.assert_refused("the token's checksum is wrong: a character is missing or mistyped\n", "set_a_token",
                            "inventory.yml", KEY, stdin=self.token[:-1])
        missing = self.dir / "missing.yml"
        self.assert_refused(f'cannot read "{missing}": No such file or directory\n', "set_a_token", missing, KEY,
                            stdin=self.token)
        self.set_token()
        self.write("pw", "another password")
        result = self.example("set_a_token", "inventory.yml", KEY, stdin=classic_token(), code=1)
        self.assertIn("no vault secret at hand opens", result.stderr)

    def test_the_vault_password_is_asked_for(self):
        """On a terminal, without echo; and Ctrl-C there ends the program as it ends any other."""
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        self.write("token", self.token)
        for typed, status in ((self.password + "\n", 0), ("\x03", signal.SIGINT)):
            pid, master = pty.fork()
            if pid == 0:
                os.chdir(self.dir)
                os.dup2(os.open("token", os.O_RDONLY), 0)
                program = str(PROGRAMS / "set_a_token")
                os.execve(program, [program, "inventory.yml", KEY], self.environment)
            shown = b""
            while not shown.endswith(b"password: "):
                shown += os.read(master, 4096)
            os.write(master, typed.encode())
            try:
                while piece := os.read(master, 4096):
                    shown += piece
            except OSError:  # how a terminal ends
                os.close(master)
            self.assertEqual(os.waitpid(pid, 0)[1], status, shown)
            self.assertNotIn(self.password.encode(), shown)
            if status == 0:
                self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.dir / "pw")
                self.assertEqual(self.values("iaas_console.ghcr_pat", "gpu-01"), [self.token])
                del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]

    def test_move_a_token(self):
        self.write("group_vars/all.yml", f"# ours\nregion: eu\nghcr_pat: {self.token}\n")
        result = self.example("move_a_token", "group_vars/all.yml", "ghcr_pat", "inventory.yml", KEY)
        self.assertEqual(result.stdout, "inventory.yml:5: encrypted; it was in the clear in group_vars/all.yml:3\n")
        self.assertEqual(self.read("group_vars/all.yml"), "# ours\nregion: eu\n")
        self.assertEqual(self.values("iaas_console.ghcr_pat", "gpu-01"), [self.token])
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]  # a mistyped key is said before a password is wanted
        self.assert_refused('inventory.yml:3:5: "ghcr_pot" is not in "all.vars.iaas_console"\n'
                            'did you mean "ghcr_pat"?\n',
                            "move_a_token", "inventory.yml", "all.vars.iaas_console.ghcr_pot", "x.yml", "x")

    def test_list_secrets(self):
        self.set_token()
        self.write("group_vars/gpu.yml", "---\n")
        self.set_token("group_vars/gpu.yml", "old_pat")
        self.set_token("group_vars/gpu.yml", "other", classic_token())
        self.write("group_vars/all/vault.yml", "a: 1\n")
        self.ansible("ansible-vault", "encrypt", "group_vars/all/vault.yml")
        lines = ["inventory.yml:5: " + KEY, "group_vars/all/vault.yml", "group_vars/all/vault.yml:1: a",
                 "group_vars/gpu.yml:2: old_pat, same as inventory.yml:5: " + KEY, "group_vars/gpu.yml:10: other"]
        result = self.example("list_secrets", "inventory.yml", "group_vars")
        self.assertEqual(result.stdout.splitlines(), lines)
        self.write(".regvault.yml", "creation_rules:\n  - path: inventory.yml\n    keys: [ghcr_user]\n")
        result = self.example("list_secrets", "inventory.yml", code=1)
        unencrypted = "inventory.yml:4: all.vars.iaas_console.ghcr_user, to be encrypted (.regvault.yml:2)"
        self.assertEqual(result.stdout.splitlines(), [unencrypted, lines[0]])
        (self.dir / ".regvault.yml").unlink()
        self.write("pw", "another password")
        result = self.example("list_secrets", "inventory.yml", code=1)
        self.assertEqual(result.stdout, f"inventory.yml:5: {KEY}, no password opens it\n")

    def test_rekey_a_tree(self):
        self.set_token()
        self.write("group_vars/all/vault.yml", "a: 1\n")
        self.ansible("ansible-vault", "encrypt", "group_vars/all/vault.yml")
        self.write("next", secrets.token_hex(16), 0o600)
        result = self.example("rekey_a_tree", "next", ".")
        self.assertEqual(result.stdout, "group_vars/all/vault.yml: 1 rekeyed\ninventory.yml: 1 rekeyed\n")
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.dir / "next")
        self.assertEqual(self.ansible("ansible-vault", "view", "group_vars/all/vault.yml"), "a: 1\n")
        self.assertEqual(self.values("iaas_console.ghcr_pat", "gpu-01"), [self.token])

    def test_rekey_a_tree_or_none_of_it(self):
        self.set_token()
        self.write("old", secrets.token_hex(16))
        self.write("vault.yml", "a: 1\n")
        self.ansible("ansible-vault", "encrypt", "--vault-id", "old@old", "--encrypt-vault-id", "old", "vault.yml")
        self.write("next", secrets.token_hex(16))
        before = self.files()
        result = self.example("rekey_a_tree", "next", ".", code=1)
        self.assertEqual(result.stdout, "")
        self.assertTrue(result.stderr.endswith("\nnothing was changed\n"), result.stderr)
        self.assertEqual(self.files(), before)

    def test_rotate_a_token(self):
        self.set_token()
        self.write("group_vars/gpu.yml", "---\n")
        self.set_token("group_vars/gpu.yml", "copy")
        self.set_token("group_vars/gpu.yml", "other", "x")
        token = classic_token()
        result = self.example("rotate_a_token", "inventory.yml", KEY, "group_vars", stdin=token + "\n")
        self.assertEqual(result.stdout, "group_vars/gpu.yml:2: replaced\ninventory.yml:5: replaced\n")
        self.assertEqual(self.values("[iaas_console.ghcr_pat, copy, other]", "gpu-01"), [[token, token, "x"]])

    def test_scan_for_tokens(self):
        self.set_token()
        self.assertEqual(self.example("scan_for_tokens", ".").stdout, "")
        self.write("deploy.sh", f"#!/bin/sh\nexport CR_PAT={self.token}\n")
        self.write("pw", self.password, 0o644)
        self.dir.chmod(0o755)
        result = self.example("scan_for_tokens", ".", code=1)
        self.assertEqual(result.stdout.splitlines(), [
            "deploy.sh:2: token: classic personal access token ghp_… (40 characters)",
            "pw:1: open password file: a vault password that every user of this machine can read"])

    def test_who_sees_it(self):
        self.set_token()
        self.write("group_vars/lab.yml", "iaas_console:\n  ghcr_user: hubot\n")
        result = self.example("who_sees_it", "inventory.yml", "iaas_console.ghcr_pat")
        self.assertEqual(result.stdout, f"{self.dir}/group_vars/lab.yml:1 hides it from: lab-01\n"
                                        f"{self.dir}/inventory.yml:5 (encrypted): gpu-01 gpu-02\n")
        seen = self.values("iaas_console.ghcr_pat | default('none')", "gpu-02", "lab-01")
        self.assertEqual(seen, [self.token, "none"])

    def test_check_a_login(self):
        with tempfile.TemporaryDirectory() as folder, Internet(folder) as internet:
            token = internet.add_user("octocat", {"octo/*": "pull,push"}, scopes="read:packages")
            internet.registry.push("octo/app:1", "octocat")
            self.environment |= internet.environment
            said = self.example("check_a_login", "ghcr.io/octo/app:1", stdin=token + "\n").stdout
            self.assertIn("pull: ok: sha256:", said)
            said = self.example("check_a_login", "ghcr.io/octo/app:1", stdin=self.token, code=1).stdout
            self.assertIn("credentials: failed: ", said)
            self.assertNotIn(self.token, said)

    def test_edit_a_file(self):
        self.set_token()
        self.set_token(key="all.vars.other", token="kept")
        old = self.read("inventory.yml")
        plain = self.example("edit_a_file", "inventory.yml").stdout
        self.assertIn(f'      ghcr_pat: !vault-plain "{self.token}"\n', plain)
        self.example("edit_a_file", "inventory.yml", "--save", stdin=plain)
        self.assertEqual(self.read("inventory.yml"), old)
        token = classic_token()
        self.example("edit_a_file", "inventory.yml", "--save", stdin=plain.replace(self.token, token))
        self.assertEqual(self.values("[iaas_console.ghcr_pat, other]", "gpu-01"), [[token, "kept"]])
        kept = old[old.index("other: !vault"):]
        self.assertTrue(kept in self.read("inventory.yml"))
        self.assert_refused(f'"{KEY}" has lost its tag: it would be in the clear\n', "edit_a_file", "inventory.yml",
                            "--save", stdin=plain.replace("!vault-plain ", "", 1))

    def test_merge_secrets(self):
        self.set_token()
        self.set_token(key="all.vars.other", token="one")
        for name in ("base.yml", "theirs.yml"):
            shutil.copy(self.dir / "inventory.yml", self.dir / name)
        self.set_token(token=classic_token())
        self.set_token("theirs.yml", "all.vars.other", "two")
        result = self.example("merge_secrets", "base.yml", "inventory.yml", "theirs.yml")
        self.assertRegex(result.stdout, rf"(?m)^      ghcr_pat: !vault default [0-9a-f]{{12}} \({re.escape(KEY)}\)$")
        self.assertEqual(self.values("other", "gpu-01"), ["two"])
        self.set_token("theirs.yml", token=classic_token())
        before = self.files()
        result = self.example("merge_secrets", "base.yml", "inventory.yml", "theirs.yml", code=1)
        self.assertEqual(result.stderr, f"conflict: {KEY} was changed on both sides: ours stays\n")
        self.assertEqual(self.files(), before)


if __name__ == "__main__":
    unittest.main()
