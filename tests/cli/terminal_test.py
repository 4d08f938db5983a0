"""Prompts, on a real pseudo terminal."""

import os
import pty
import select
import signal
import termios
import time

import program
from program import KEY


class Terminal(program.Case):
    def start(self, *arguments):
        pid, self.master = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(program.PROGRAM, [program.PROGRAM, *map(str, arguments)], self.environment)
        self.pid = pid
        self.shown = b""
        self.addCleanup(os.close, self.master)

    def expect(self, text):
        deadline = time.monotonic() + 20
        while text.encode() not in self.shown:
            readable, _, _ = select.select([self.master], [], [], max(0, deadline - time.monotonic()))
            if not readable:
                self.fail(f"no {text!r} in {self.shown!r}")
            try:
                piece = os.read(self.master, 4096)
            except OSError:
                piece = b""
            if not piece:
                self.fail(f"no {text!r} in {self.shown!r}")
            self.shown += piece
        self.shown = self.shown.split(text.encode(), 1)[1]

    def type(self, text):
        time.sleep(0.05)
        os.write(self.master, text.encode())

    def end(self):
        """All that was still shown, and how the process ended."""
        rest = self.shown
        while True:
            try:
                piece = os.read(self.master, 4096)
            except OSError:
                break
            if not piece:
                break
            rest += piece
        return rest, os.waitpid(self.pid, 0)[1]

    def echoes(self):
        return bool(termios.tcgetattr(self.master)[3] & termios.ECHO)

    def test_the_value_is_asked_twice_and_not_shown(self):
        self.start("set", self.inventory, KEY)
        self.expect(f"New value for {KEY}: ")
        self.assertFalse(self.echoes())
        self.type(self.token + "\n")
        self.expect(f"New value for {KEY}: ")
        self.type(self.token + "\n")
        rest, status = self.end()
        self.assertEqual(status, 0, rest)
        self.assertNotIn(self.token.encode(), rest)
        self.assertEqual(self.get_token(), self.token)

    def test_two_different_values(self):
        self.start("set", self.inventory, KEY)
        self.expect("New value for")
        self.type("one\n")
        self.expect("New value for")
        self.type("two\n")
        rest, status = self.end()
        self.assertEqual(os.waitstatus_to_exitcode(status), 2, rest)
        self.assertIn(b"the two values differ", rest)
        self.assertEqual(self.inventory.read_text(), program.INVENTORY)

    def test_the_vault_password_is_asked_for(self):
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        self.start("set", self.inventory, KEY, "--vault-id", "prod@prompt")
        for answer in (self.token, self.token):
            self.expect("New value for")
            self.type(answer + "\n")
        self.expect("New vault password (prod): ")
        self.type("secret\n")
        self.expect("Confirm new vault password (prod): ")
        self.type("secret\n")
        rest, status = self.end()
        self.assertEqual(status, 0, rest)
        self.assertIn("$ANSIBLE_VAULT;1.2;AES256;prod", self.inventory.read_text())
        self.start("get", "-J", self.inventory, KEY)
        self.expect("Vault password: ")
        self.type("secret\n")
        rest, status = self.end()
        self.assertEqual(status, 0, rest)
        self.assertIn(self.token.encode() + b"\r\n", rest)

    def test_ctrl_c_leaves_terminal_and_file_as_they_were(self):
        self.start("set", self.inventory, KEY)
        self.expect(f"New value for {KEY}: ")
        self.assertFalse(self.echoes())
        self.type("half a to\x03")
        deadline = time.monotonic() + 10
        while not self.echoes() and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertTrue(self.echoes())
        rest, status = self.end()
        self.assertEqual(os.waitstatus_to_exitcode(status), -signal.SIGINT)
        self.assertNotIn(b"half a to", rest)
        self.assertEqual(self.inventory.read_text(), program.INVENTORY)

    def test_ctrl_d_declines(self):
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        for arguments, prompt, error in [
                (["set", self.inventory, KEY], "New value for", b"no value was entered"),
                (["encrypt_string"], "String to encrypt", b"no value was entered, nothing is encrypted"),
                (["get", "-J", "vault.yml", "pat"], "Vault password: ", b"no vault password was given at the prompt")]:
            with self.subTest(arguments[0]):
                (self.dir / "vault.yml").write_text("pat: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  " + "61" * 40 + "\n")
                self.start(*arguments)
                self.expect(prompt)
                self.type("\x04")
                rest, status = self.end()
                self.assertEqual(os.waitstatus_to_exitcode(status), 3, rest)
                self.assertIn(error, rest)

    def test_a_typo_in_the_key_is_told_before_the_value_is_asked(self):
        self.start("set", "--no-create", self.inventory, KEY)
        rest, status = self.end()
        self.assertEqual(os.waitstatus_to_exitcode(status), 4)
        self.assertNotIn(b"New value for", rest)

    def test_a_password_script_may_ask_on_the_terminal(self):
        self.set_token()
        script = self.dir / "pw"
        script.write_text('#!/bin/sh\nprintf "PIN: " > /dev/tty\nread pin < /dev/tty\necho "vault $pin"\n')
        script.chmod(0o700)
        self.start("get", self.inventory, KEY)
        self.expect("PIN: ")
        self.type("password\n")
        rest, status = self.end()
        self.assertEqual(status, 0, rest)
        self.assertIn(self.token.encode(), rest)

    def test_a_password_script_may_read_standard_input(self):
        self.set_token()
        script = self.dir / "pw"
        script.write_text('#!/bin/sh\nprintf "PIN: " >&2\nread pin\necho "vault $pin"\n')
        script.chmod(0o700)
        self.start("get", self.inventory, KEY)
        self.expect("PIN: ")
        self.type("password\n")
        rest, status = self.end()
        self.assertEqual(status, 0, rest)
        self.assertIn(self.token.encode(), rest)

    def test_ctrl_c_in_a_password_script(self):
        self.set_token()
        script = self.dir / "pw"
        script.write_text('#!/bin/sh\nprintf "PIN: " > /dev/tty\nread pin < /dev/tty\n')
        script.chmod(0o700)
        self.start("get", self.inventory, KEY)
        self.expect("PIN: ")
        self.type("\x03")
        rest, status = self.end()
        self.assertEqual(os.waitstatus_to_exitcode(status), -signal.SIGINT, rest)


if __name__ == "__main__":
    program.main()
