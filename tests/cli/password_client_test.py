"""regvault-client: vault passwords from variables, the real pass and a real secret service, for the real Ansible, for
regvault, and for regvault under the name ansible-vault.
"""

import os
import pathlib
import pty
import shutil
import subprocess

import program

GPG_KEY = ("Key-Type: eddsa\nKey-Curve: ed25519\nSubkey-Type: ecdh\nSubkey-Curve: cv25519\nName-Real: test\n"
           "Name-Email: test@example.org\nExpire-Date: 0\n%no-protection\n%commit\n")
NOT_THERE = ('no password for the vault id "{0}": {1} is not set, and no keyring has it (regvault-client --help)\n')


class PasswordClient(program.Case):
    def setUp(self):
        super().setUp()
        self.bin = pathlib.Path(program.PROGRAM).parent
        self.client = self.bin / "regvault-client"
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        self.environment["PATH"] = f"{self.bin}:{self.environment['PATH']}"
        self.environment["REGVAULT_KEYRING"] = "none"  # the tests that want one say which
        self.vars = self.dir / "group_vars/all.yml"
        self.vars.parent.mkdir()
        self.vars.write_text("---\n")
        (self.dir / "hosts").write_text("localhost ansible_connection=local\n")
        (self.dir / "site.yml").write_text("- hosts: all\n  gather_facts: false\n  tasks:\n    - debug: {var: pat}\n")

    def any(self, *command, stdin=b""):
        done = subprocess.run([*map(str, command)], input=stdin, capture_output=True, cwd=self.dir, env=self.environment,
                              start_new_session=True, timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def ask(self, *arguments):
        return self.any(self.client, *arguments)

    def seal(self, label="dev", source="regvault-client"):
        self.ok("set", "--stdin", "--vault-id", f"{label}@{source}", self.vars, "pat", stdin=self.token.encode())

    # ------------------------------------------------------------------------------------------------- the variable

    def test_variables(self):
        for label, variable in (("dev", "REGVAULT_PASSWORD_DEV"), ("prod-eu.1", "REGVAULT_PASSWORD_PROD_EU_1"),
                                ("Größe", "REGVAULT_PASSWORD_GR____E"), ("default", "REGVAULT_PASSWORD_DEFAULT")):
            self.environment[variable] = "a pass  word\n"
            for words in (["--vault-id", label], [f"--vault-id={label}"]):
                self.assertEqual(self.ask(*words), (0, "a pass  word\n", ""))
            del self.environment[variable]
            self.assertEqual(self.ask("--vault-id", label), (2, "", NOT_THERE.format(label, variable)))
        self.environment["REGVAULT_PASSWORD_DEFAULT"] = "x"
        self.assertEqual(self.ask(), (0, "x\n", ""), "no label, as Ansible asks when it was given none")
        self.assertEqual(self.any(program.PROGRAM, "regvault-client"), (0, "x\n", ""))

    def test_refusals(self):
        self.environment["REGVAULT_PASSWORD_DEV"] = "\n"
        self.assertEqual(self.ask("--vault-id", "dev"),
                         (1, "", "regvault-client: error: REGVAULT_PASSWORD_DEV is set to nothing\n"
                                 "regvault-client: hint: does this job, or this pull request, get the secret?\n"))
        for words, text in ((["--vault-id"], "an argument is not --vault-id LABEL or --reveal"),
                            (["dev"], "an argument is not --vault-id LABEL or --reveal"),
                            (["--vault-id="], "the label is empty")):
            self.assertEqual(self.ask(*words), (1, "", f"regvault-client: error: {text}\n"
                                                       "regvault-client: hint: regvault-client --help\n"))
        self.environment["REGVAULT_KEYRING"] = "kwallet"
        self.assertEqual(self.ask("--vault-id", "prod"),
                         (1, "", 'regvault-client: error: REGVAULT_KEYRING is "kwallet", no keyring\n'
                                 "regvault-client: hint: it may be secret-tool, pass or none\n"))
        code, text, said = self.ask("--help")
        self.assertEqual((code, said), (0, ""))
        self.assertTrue(text.startswith("Usage: regvault-client [--vault-id LABEL] [--reveal]\n"))

    def test_a_terminal(self):
        self.environment["REGVAULT_PASSWORD_DEV"] = "a password"
        for more, status, wanted in ((["--reveal"], 0, b"a password\r\n"), ([], 1, b"standard output is a terminal")):
            pid, master = pty.fork()
            if pid == 0:
                os.execve(self.client, ["regvault-client", "--vault-id", "dev", *more], self.environment)
            shown = b""
            try:
                while piece := os.read(master, 4096):
                    shown += piece
            except OSError:
                os.close(master)
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), status)
            self.assertIn(wanted, shown)
            self.assertEqual(b"a password" in shown, bool(more))

    def test_programs_it_runs_see_no_password(self):
        """A stand-in for pass, which shows what it was given."""
        stand_in = self.dir / "bin/pass"
        stand_in.parent.mkdir()
        stand_in.write_text(f"#!/bin/sh\nenv > {self.dir}/seen\necho \"$*\" >> {self.dir}/seen\necho from pass\necho user: x\n")
        stand_in.chmod(0o755)
        self.environment |= {"PATH": f"{stand_in.parent}:{self.environment['PATH']}", "REGVAULT_KEYRING": "pass",
                             "REGVAULT_PASSWORD_OTHER": "of another"}
        self.assertEqual(self.ask("--vault-id", "dev"), (0, "from pass\n", ""))
        seen = (self.dir / "seen").read_text()
        self.assertIn("HOME=", seen)
        self.assertTrue(seen.endswith("\nshow regvault/dev\n"), seen)
        self.assertNotIn("of another", seen)
        stand_in.write_text("#!/bin/sh\necho 'gpg: decryption failed: No pinentry' >&2\nexit 2\n")
        self.assertEqual(self.ask("--vault-id", "dev"),
                         (1, "", 'regvault-client: error: pass failed (exit code 2): "gpg: decryption failed: No pinentry"\n'))

    # ----------------------------------------------------------------------------------------------------- keyrings

    def test_pass(self):
        self.environment["REGVAULT_KEYRING"] = "pass"
        (self.dir / ".gnupg").mkdir(mode=0o700)
        self.addCleanup(self.any, "gpgconf", "--kill", "gpg-agent")
        self.assertEqual(self.any("gpg", "--batch", "--gen-key", stdin=GPG_KEY.encode())[0], 0)
        self.assertEqual(self.any("pass", "init", "test@example.org")[0], 0)
        self.assertEqual(self.any("pass", "insert", "--multiline", "regvault/dev", stdin=b"from pass\nurl: x\n")[0], 0)
        self.assertEqual(self.ask("--vault-id", "dev"), (0, "from pass\n", ""))
        self.assertEqual(self.ask("--vault-id", "prod"), (2, "", NOT_THERE.format("prod", "REGVAULT_PASSWORD_PROD")))
        self.seal()
        self.assertEqual(self.ok("get", "--vault-id", "dev@regvault-client", self.vars, "pat"), self.token)
        self.environment["REGVAULT_PASSWORD_DEV"] = "of the variable"
        self.assertEqual(self.ask("--vault-id", "dev"), (0, "of the variable\n", ""))

    def test_secret_service(self):
        """gnome-keyring, unlocked, on a bus of its own."""
        script = self.dir / "session.sh"
        script.write_text("""\
printf 'of the keyring' | gnome-keyring-daemon --unlock --components=secrets > /dev/null
printf 'from the service' | secret-tool store --label 'vault password dev' service regvault vault-id dev
regvault-client --vault-id dev; echo $?
regvault-client --vault-id prod; echo $?
""")
        self.environment["REGVAULT_KEYRING"] = "secret-tool"
        for name in ("XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
            self.environment[name] = str(self.dir / name)
            (self.dir / name).mkdir(mode=0o700)
        code, said, _ = self.any("dbus-run-session", "--", "sh", script)
        self.assertEqual((code, said), (0, "from the service\n0\n2\n"))
        code, said, complaint = self.ask("--vault-id", "dev")  # without a bus there is nobody to ask
        self.assertEqual((code, said), (1, ""))
        self.assertIn("regvault-client: error: secret-tool failed (exit code 1): ", complaint)

    def test_without_any_keyring(self):
        """Neither program is installed: the label is unknown, and nothing failed."""
        self.environment |= {"PATH": str(self.bin), "REGVAULT_KEYRING": ""}
        self.assertEqual(self.ask("--vault-id", "dev"), (2, "", NOT_THERE.format("dev", "REGVAULT_PASSWORD_DEV")))

    # ------------------------------------------------------------------------------------------------------ callers

    def play(self, vault_id):
        return self.any("ansible-playbook", "-i", "hosts", "--vault-id", vault_id, "site.yml")

    def test_ansible(self):
        self.environment["REGVAULT_PASSWORD_DEV"] = "a password"
        self.seal()
        code, said, complaint = self.play(f"dev@{self.client}")
        self.assertEqual(code, 0, complaint)
        self.assertIn(self.token, said)

        # A name alone is a file of the working directory, for Ansible.
        code, said, complaint = self.play("dev@regvault-client")
        self.assertNotEqual(code, 0)
        self.assertIn(f"The vault password file {self.dir}/regvault-client was not found", complaint)
        (self.dir / "regvault-client").symlink_to(self.client)
        self.assertEqual(self.play("dev@regvault-client")[0], 0)

        code, said, complaint = self.play(f"prod@{self.client}")
        self.assertNotEqual(code, 0)
        self.assertIn("didnotfindasecretforvault-id=prod", "".join(complaint.split()))  # Ansible folds it anywhere

    def test_regvault(self):
        self.environment["REGVAULT_PASSWORD_DEV"] = "a password"
        self.seal()
        for source in ("regvault-client", self.client):
            self.assertEqual(self.ok("get", "--vault-id", f"dev@{source}", self.vars, "pat"), self.token)
            code, said, _ = self.any(program.PROGRAM, "ansible-vault", "encrypt_string", "--vault-id", f"dev@{source}", "x")
            self.assertEqual(code, 0)
            self.assertIn("$ANSIBLE_VAULT;1.2;AES256;dev", said)
        result = self.run_program("get", "--vault-id", "prod@regvault-client", self.vars, "pat")
        self.assert_fails(result, 9, f'client script "{self.client}" did not find a secret for vault-id=prod',
                          "REGVAULT_PASSWORD_PROD is not set")

    def test_a_file_of_the_directory_comes_first(self):
        mine = self.dir / "regvault-client"
        mine.write_text("#!/bin/sh\necho mine\n")
        mine.chmod(0o755)
        self.seal()
        mine.unlink()
        self.environment["REGVAULT_PASSWORD_DEV"] = "mine"
        self.assertEqual(self.ok("get", "--vault-id", "dev@regvault-client", self.vars, "pat"), self.token)
        result = self.run_program("get", "--vault-id", "dev@other-client", self.vars, "pat")
        self.assert_fails(result, 7, f'the vault password file "{self.dir}/other-client" was not found')
        result = self.run_program("get", "--vault-id", "dev@pass", self.vars, "pat")  # on PATH, and no client
        self.assert_fails(result, 7, f'the vault password file "{self.dir}/pass" was not found')

    def test_as_a_configuration(self):
        """ansible.cfg for both programs: the whole path."""
        self.environment |= {"REGVAULT_PASSWORD_DEV": "a password", "REGVAULT_PASSWORD_PROD": "another"}
        (self.dir / "ansible.cfg").write_text("[defaults]\ninventory = hosts\nvault_encrypt_identity = dev\n"
                                              f"vault_identity_list = dev@{self.client}, prod@{self.client}\n")
        self.dir.chmod(0o755)
        self.ok("set", "--stdin", self.vars, "pat", stdin=self.token.encode())
        self.assertEqual(self.any("ansible-playbook", "site.yml")[0], 0)
        self.assertEqual(self.ok("get", self.vars, "pat"), self.token)


for needed in ("ansible-playbook", "pass", "gpg", "secret-tool", "gnome-keyring-daemon", "dbus-run-session"):
    assert shutil.which(needed), f"{needed} is not installed"

if __name__ == "__main__":
    program.main()
