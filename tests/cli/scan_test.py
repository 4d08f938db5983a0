"""scan in a repository, as a pre-commit hook, and with Ansible as the judge of what is broken."""

import base64
import json
import pathlib
import subprocess
import sys

import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from tokens import classic_token  # noqa: E402

HOOKS = pathlib.Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"


class Scan(program.Case):
    def git(self, *arguments):
        subprocess.run(["git", "-c", "init.defaultBranch=main", *arguments], cwd=self.dir, env=self.environment, check=True,
                       capture_output=True)

    def scan(self, *arguments):
        result = self.run_program("scan", "--json", *arguments)
        self.assertEqual(result.returncode, 20 if json.loads(result.stdout)["findings"] else 0, result.stderr)
        return json.loads(result.stdout)["findings"]

    def payload_lines(self, text=b"text"):
        block = self.run_program("encrypt_string", stdin=text).stdout.decode()
        return [line.strip() for line in block.splitlines()[1:]]

    def test_a_repository(self):
        self.git("init")
        (self.dir / ".gitignore").write_text("ignored\n")
        self.git("add", ".gitignore")
        self.assertEqual(self.scan(), [])
        token = classic_token()
        (self.dir / "ignored").write_text(token)
        (self.dir / "env.sh").write_text(f"#!/bin/sh\nexport CR_PAT={token}\n")
        config = json.dumps({"auths": {"ghcr.io": {"auth": base64.b64encode(f"octo:{token}".encode()).decode()}}})
        (self.dir / "secret.yml").write_text(f"data:\n  .dockerconfigjson: {base64.b64encode(config.encode()).decode()}\n")
        self.git("add", "pw")
        result = self.run_program("scan")
        self.assertEqual(result.returncode, 20)
        self.assertEqual(result.stdout.decode(), (
            "PLACE         KIND                   FINDING\n"
            "env.sh:2      token                  classic personal access token ghp_… (40 characters)\n"
            "secret.yml:2  registry login         base64 of docker's JSON with a login\n"
            "pw:1          tracked password file  a vault password that git tracks\n"))
        self.assertEqual(result.stderr.decode(), "regvault: 3 findings in 5 files\n")
        self.assertEqual([finding["kind"] for finding in self.scan("--no-ignore")],
                         ["token", "token", "registry_login", "tracked_password_file"])
        self.assertNotIn(token[4:], json.dumps(self.scan()))

    def test_errors(self):
        (self.dir / "broken.yml").write_text("a: !vault [\n")
        self.assert_fails(self.run_program("scan"), 5, "broken.yml")
        self.assert_fails(self.run_program("scan", "missing"), 7, '"missing"')

    def test_the_hook(self):
        hook, = yaml.safe_load(HOOKS.read_text())
        self.assertEqual({"id", "name", "description", "entry", "language", "types", "require_serial"}, set(hook))
        self.assertEqual((hook["language"], hook["types"]), ("system", ["text"]))
        program_name, *arguments = hook["entry"].split()
        self.assertEqual(program_name, "regvault")
        (self.dir / "-x").write_text(classic_token())
        self.assertEqual(self.run_program(*arguments, "inventory.yml").returncode, 0)
        self.assertEqual(self.run_program(*arguments, "inventory.yml", "-x").returncode, 20)

    def opens(self, file):
        loader = DataLoader()
        loader.set_vault_secrets([("default", VaultSecret(b"vault password"))])
        try:
            return str(loader.load_from_file(str(file), cache=False)["k"]) == "text"
        except Exception:  # each of Ansible's ways to refuse
            return False

    def test_broken_is_what_ansible_does_not_open(self):
        """Every layout that people make of a vault: found if, and only if, Ansible does not open it."""
        lines = self.payload_lines()
        block = "\n".join("  " + line for line in lines)
        layouts = {
            "literal": f"k: !vault |\n{block}\n",
            "strip": f"k: !vault |-\n{block}\n",
            "keep": f"k: !vault |+\n{block}\n\n\n",
            "indicator": f"k: !vault |2\n{block}\n",
            "crlf": f"k: !vault |\n{block}\n".replace("\n", "\r\n"),
            "quoted": 'k: !vault "' + "\\n".join(lines) + '"\n',
            "comment on the header": f"k: !vault | # comment\n{block}\n",
            "the other tag": f"k: !vault-encrypted |\n{block}\n",
            "verbatim": f"k: !<!vault> |\n{block}\n",
            "anchor": f"k: &a !vault |\n{block}\n",
            "tag on its own line": f"k:\n  !vault |\n{block}\n",
            "no final newline": f"k: !vault |\n{block}",
            "one long line": f"k: !vault |\n  {lines[0]}\n  {''.join(lines[1:])}\n",
            "upper case": f"k: !vault |\n  {lines[0]}\n" + "".join(f"  {line.upper()}\n" for line in lines[1:]),
            "blank at an end": f"k: !vault |\n{block} \n",
            "blank inside": f"k: !vault |\n{block}\n".replace(lines[1], lines[1] + " "),
            "blank behind the header": f"k: !vault |\n{block}\n".replace(lines[0], lines[0] + " "),
            "folded": f"k: !vault >\n{block}\n",
            "folded, strip": f"k: !vault >-\n{block}\n",
            "plain": f"k: !vault\n{block}\n",
            "deeper": f"k: !vault |\n{block}\n".replace(lines[1], "  " + lines[1]),
            "blank line first": f"k: !vault |\n\n{block}\n",
            "blank line inside": f"k: !vault |\n{block}\n".replace(lines[1], lines[1] + "\n"),
            "comment inside": f"k: !vault |\n{block}\n".replace(lines[1], "# x\n  " + lines[1]),
            "no blank": f"k: !vault|\n{block}\n",
            "untagged": f"k: |\n{block}\n",
            "glued": f"k: !vault |\n{block}next: 1\n",
            "glued, with a mapping": f"k: !vault |\n        {block.replace(chr(10), chr(10) + '        ')}next:\n  a: 1\n",
            "cut": f"k: !vault |\n{block[:-1]}\n",
            "a line missing": f"k: !vault |\n  {lines[0]}\n",
            "empty": "k: !vault\n",
            "another cipher": f"k: !vault |\n{block}\n".replace("AES256", "AES128"),
        }
        file = self.dir / "x.yml"
        for name, text in layouts.items():
            file.write_bytes(text.encode())
            found = [finding["kind"] for finding in self.scan(file)]
            kind = "untagged_vault" if name == "untagged" else "broken_vault"
            with self.subTest(name):
                self.assertEqual(found, [] if self.opens(file) else [kind])


if __name__ == "__main__":
    program.main()
