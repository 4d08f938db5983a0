"""Every example that a --help or a page of docs/commands prints works as it stands there."""

import pathlib
import re
import shutil
import subprocess

import program

COMMANDS = pathlib.Path(__file__).resolve().parents[2] / "docs/commands"


class HelpExamples(program.Case):
    def setUp(self):
        super().setUp()
        bin_folder = self.dir / "bin"
        bin_folder.mkdir()
        (bin_folder / "regvault").symlink_to(program.PROGRAM)
        gh = bin_folder / "gh"  # the user's GitHub command line; `gh auth token` prints a token
        gh.write_text(f"#!/bin/sh\necho {self.token}\n")
        gh.chmod(0o755)
        self.environment["PATH"] = f"{bin_folder}:{self.environment['PATH']}"
        self.environment |= {"TOKEN": self.token, "CR_PAT": self.token}
        (self.dir / "prod.txt").write_text("prod password")
        (self.dir / "token.txt").write_text(self.token)
        (self.dir / "region.txt").write_text("eu-1")
        (self.dir / "vars.yml").write_text("other: 1\ndb:\n  password: x\n  token: y\n")
        self.environment["EDITOR"] = "sh -c 'echo more >> \"$0\"'"
        self.environment["PAGER"] = "cat"
        (self.dir / "old.txt").write_text("old password")
        (self.dir / "new.txt").write_text("new password")
        (self.dir / "secrets").mkdir()
        (self.dir / "plain.yml").write_text("a: 1\n")
        for version in ("base", "ours", "theirs"):
            (self.dir / f"{version}.yml").write_text("a: 1\n")
        self.run_program("init", "-q", program="git")
        self.set_token()
        result = self.run_program("set", "--stdin", "--vault-id", "prod@prod.txt", "--encrypt-vault-id", "prod",
                                  "vars.yml", "prod_token", stdin=self.token.encode())
        self.assertEqual(result.returncode, 0, result.stderr)

    def make_vaults(self):
        """Anew for each example: some change what they work on."""
        folder = self.dir / "group_vars/all"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "plain.yml").write_text("a: 1\n")
        (folder / "vault.yml").write_text("token: x\nold_token: y\n")
        (folder / "vars.yml").write_text("ghcr_user: octocat\nghcr_pat: x\n")
        (self.dir / "vault.yml").write_text("token: x\n")
        for arguments in (["group_vars/all/vault.yml"], ["--key", "ghcr_pat", "group_vars/all/vars.yml"],
                          ["--vault-id", "dev@old.txt", "--encrypt-vault-id", "dev", "vault.yml"]):
            result = self.run_program("encrypt", *arguments)
            self.assertEqual(result.returncode, 0, result.stderr)
        block = self.run_program("encrypt_string", "--stdin-name", "x", stdin=b"text").stdout
        (self.dir / "block.yml").write_bytes(block)

    def run_example(self, line):
        self.make_vaults()
        if re.match(r"regvault set [^-]\S* \S+$", line):
            line += " --stdin < token.txt"  # asks on a terminal: terminal_test.py
        if "--vault-id prod@" in line and (" set" in line or " encrypt " in line):
            line += " --encrypt-vault-id prod"  # ANSIBLE_VAULT_PASSWORD_FILE is a second secret here
        elif "encrypt_string" in line and "--vault-id" in line:
            line = line.replace("encrypt_string", "encrypt_string --encrypt-vault-id prod")
        result = subprocess.run(["sh", "-c", line], cwd=self.dir, env=self.environment, capture_output=True, timeout=60,
                                start_new_session=True)
        self.assertEqual(result.returncode, 0, f"{line}\n{result.stderr.decode()}")

    def verbs(self):
        overview = self.run_program("--help").stdout.decode()
        return re.findall(r"^  ([\w-]+)  ", overview, re.MULTILINE)

    def test_examples_of_help(self):
        verbs = self.verbs()
        self.assertGreaterEqual(len(verbs), 3)
        for verb in verbs:
            text = self.run_program(verb, "--help").stdout.decode()
            examples = re.findall(r"^  ((?:[a-z]+ .*\| )?regvault .*)$", text.split("Examples:")[1], re.MULTILINE)
            self.assertGreaterEqual(len(examples), 1, verb)
            for example in examples:
                self.run_example(example)

    def test_every_verb_has_a_page_that_names_every_option(self):
        for verb in self.verbs():
            page = (COMMANDS / f"{verb}.md").read_text() + (COMMANDS / "vault-secrets.md").read_text()
            text = self.run_program(verb, "--help").stdout.decode()
            for option in re.findall(r"--[a-z][a-z-]+", text.split("Examples:")[0]):
                if option != "--help":
                    self.assertIn(option, page, verb)

    def test_examples_of_the_pages(self):
        for page in sorted(COMMANDS.glob("*.md")):
            for example in re.findall(r"^\$ (.*)$", page.read_text(), re.MULTILINE):
                self.run_example(example)


if __name__ == "__main__":
    program.main()
