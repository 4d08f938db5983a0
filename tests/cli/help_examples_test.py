"""Every example that a --help or a page of docs/commands prints works as it stands there."""

import contextlib
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from internet import Internet  # noqa: E402
from kubernetes_api import KubernetesApi  # noqa: E402

COMMANDS = pathlib.Path(__file__).resolve().parents[2] / "docs/commands"


class HelpExamples(program.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.mkdtemp(prefix="regvault-examples-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.internet = Internet(folder, public=["octo/open"])
        cls.internet.__enter__()
        cls.addClassCleanup(cls.internet.__exit__)
        cls.internet.add_user("pusher", {"octo/*": "pull,push"})
        for image in ("octo/app:1", "octo/open:latest"):
            cls.internet.registry.push(image, "pusher")

    def setUp(self):
        super().setUp()
        self.environment |= self.internet.environment
        self.internet.add_user("octocat", {"octo/*": "pull,push"}, token=self.token, scopes="write:packages")
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
        (self.dir / ".github/workflows").mkdir(parents=True)
        (self.dir / ".github/workflows/image.yml").write_text("on: push\njobs: {test: {steps: [{run: make}]}}\n")
        (self.dir / "plain.yml").write_text("a: 1\n")
        (self.dir / ".regvault.yml").write_text(
            f"rotations:\n  - {{path: inventory.yml, key: {program.KEY}, steps: [check: ghcr.io/octo/app:1]}}\n")
        for version in ("base", "ours", "theirs"):
            (self.dir / f"{version}.yml").write_text("a: 1\n")
        self.make_cluster()
        self.run_program("init", "-q", program="git")
        self.set_token()
        result = self.run_program("set", "--stdin", "--vault-id", "prod@prod.txt", "--encrypt-vault-id", "prod",
                                  "vars.yml", "prod_token", stdin=self.token.encode())
        self.assertEqual(result.returncode, 0, result.stderr)

    def make_cluster(self):
        cluster = KubernetesApi(["default", "argowf"])
        cluster.images["ghcr.io/acme/app:1.0"] = None
        cluster.__enter__()
        self.addCleanup(cluster.__exit__)
        self.environment["KUBECONFIG"] = cluster.kubeconfig(self.dir)

    @contextlib.contextmanager
    def manifests(self):
        """Files for examples of k8s, which `scan` would find."""
        made = self.run_program("k8s", "secret", "ghcr-credentials", "-u", "octocat", "--from", "group_vars/all/vars.yml:ghcr_pat")
        self.assertEqual(made.returncode, 0, made.stderr)
        before = set(self.dir.iterdir())
        (self.dir / "secret.yml").write_bytes(made.stdout)
        (self.dir / "deployment.yml").write_text("kind: Pod\nmetadata:\n  name: app\nspec:\n  containers: []\n")
        yield
        for path in set(self.dir.iterdir()) - before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def make_vaults(self):
        """Anew for each example: some change what they work on."""
        self.set_token()
        folder = self.dir / "group_vars/all"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "plain.yml").write_text("a: 1\n")
        (folder / "vault.yml").write_text("token: x\nold_token: y\n")
        (folder / "vars.yml").write_text(f"ghcr_user: octocat\nghcr_pat: {self.token}\n")
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
        with self.manifests() if "regvault k8s " in line else contextlib.nullcontext():
            result = subprocess.run(["sh", "-c", line], cwd=self.dir, env=self.environment, capture_output=True,
                                    timeout=60, start_new_session=True)
        fine = (0, 20) if "regvault diagnose" in line else (0,)  # it may find something wrong with this machine
        self.assertIn(result.returncode, fine, f"{line}\n{result.stderr.decode()}")

    def verbs(self):
        overview = self.run_program("--help").stdout.decode()
        return re.findall(r"^  ([\w-]+)  ", overview, re.MULTILINE)

    def helps(self):
        """(verb, help text), of the verbs below verbs as well."""
        for verb in self.verbs():
            text = self.run_program(verb, "--help").stdout.decode()
            yield verb, text
            for below in re.findall(r"^  (\w+)  ", text.partition("Subcommands:")[2], re.MULTILINE):
                yield verb, self.run_program(verb, below, "--help").stdout.decode()

    def test_examples_of_help(self):
        self.assertGreaterEqual(len(self.verbs()), 3)
        for verb, text in self.helps():
            examples = re.findall(r"^  ((?:[a-z]+ .*\| )?regvault .*)$", text.split("Examples:")[1], re.MULTILINE)
            self.assertGreaterEqual(len(examples), 1, verb)
            for example in examples:
                self.run_example(example)

    def test_every_verb_has_a_page_that_names_every_option(self):
        for verb, text in self.helps():
            page = (COMMANDS / f"{verb}.md").read_text() + (COMMANDS / "vault-secrets.md").read_text()
            for option in re.findall(r"--[a-z][a-z-]+", text.split("Examples:")[0]):
                if option != "--help":
                    self.assertIn(option, page, verb)

    def test_examples_of_the_pages(self):
        for page in sorted(COMMANDS.glob("*.md")):
            for example in re.findall(r"^\$ (.*)$", page.read_text(), re.MULTILINE):
                self.run_example(example)


if __name__ == "__main__":
    program.main()
