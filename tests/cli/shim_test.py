"""Giving regvault the name ansible-vault, and who is meant by that name."""

import os

import program


class Shim(program.Case):
    def setUp(self):
        super().setUp()
        self.link = self.dir / ".local/bin/ansible-vault"
        self.other = self.dir / "other/ansible-vault"
        self.other.parent.mkdir()
        self.other.write_text("#!/bin/sh\necho theirs\n")
        self.other.chmod(0o755)
        self.environment["PATH"] = f"{self.link.parent}:{self.other.parent}:/usr/bin:/bin"

    def say(self, *arguments, code=0):
        result = self.run_program("shim", *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        return result.stderr.decode().splitlines()

    def call(self, *arguments):
        """What a shell starts under the name."""
        return self.run_program(*arguments, program="ansible-vault")

    def test_there_and_back(self):
        real = os.path.realpath(program.PROGRAM)
        self.assertEqual(self.say("enable"), [f'regvault: "{self.link}" leads to "{real}"'])
        self.assertEqual(os.readlink(self.link), real)
        self.assertEqual(self.call("--version").stdout.splitlines()[0], b"ansible-vault [core 2.21.0]")
        self.assertEqual(self.say("enable"), [f'regvault: "{self.link}" leads already to "{real}"'])
        self.assertEqual(self.say("disable"), [f'regvault: "{self.link}" is removed',
                                               f'regvault: ansible-vault is now "{self.other}"'])
        self.assertEqual(self.call().stdout, b"theirs\n")
        self.assertEqual(self.say("disable")[0], f'regvault: "{self.link}" is not there')
        self.assertEqual(os.listdir(self.link.parent), [])

    def test_it_does_not_come_first(self):
        self.environment["PATH"] = f"{self.other.parent}:{self.link.parent}"
        self.assertEqual(self.say("enable")[1], f'regvault: warning: who types ansible-vault finds "{self.other}" '
                                                f'first: put "{self.link.parent}" at the front of PATH')
        self.environment["PATH"] = "/nonexistent"
        self.assertIn("finds none", self.say("enable")[1])

    def test_another_ansible_vault_stays(self):
        content = self.other.read_bytes()
        for action in ("enable", "disable"):
            self.assert_fails(self.run_program("shim", action, "--dir", self.other.parent), 1,
                              f'"{self.other}" is not a link to regvault')
            self.assertEqual(self.other.read_bytes(), content)
        self.other.unlink()
        self.other.symlink_to("/usr/bin/env")
        self.assert_fails(self.run_program("shim", "disable", "--dir", self.other.parent), 1)
        self.assertTrue(self.other.is_symlink())

    def test_the_link_to_a_regvault_that_is_gone(self):
        self.link.parent.mkdir(parents=True)
        self.link.symlink_to("/opt/old/bin/regvault")
        self.say("enable")
        self.assertEqual(os.readlink(self.link), os.path.realpath(program.PROGRAM))
        self.link.unlink()
        self.link.symlink_to("/opt/old/bin/regvault")
        self.say("disable")
        self.assertFalse(self.link.is_symlink())

    def test_mistakes(self):
        self.assert_fails(self.run_program("shim", "enable", "--dir", self.dir / "nope"), 7, "No such file or directory")
        self.assert_fails(self.run_program("shim", "enabel"), 2, '"enabel" is neither "enable" nor "disable"')
        self.assert_fails(self.run_program("shim"), 2)

    def test_an_unknown_option_says_whom_else_to_ask(self):
        self.say("enable")
        result = self.call("view", "--no-such-option", "x.yml")
        self.assertEqual(result.returncode, 2)
        last = result.stderr.decode().splitlines()[-1]
        self.assertRegex(last, r"^This is regvault [\d.]+, with the options of ansible-core 2\.21; ")
        self.assertTrue(last.endswith(f"; another ansible-vault is {self.other}"), last)
        self.environment["PATH"] = str(self.link.parent)
        self.assertNotIn(b"another ansible-vault", self.call("view", "--no-such-option", "x.yml").stderr)


program.main()
