"""regvault edit, while someone else changes the file: editors that are small programs, and do both."""

import shlex

import program

PLAIN = """\
# top
region: eu-1
size: 1


tail: end
"""
WHOLE = "one: secret-1\ntwo: secret-2\n\n\nlist:\n  - secret-3\n"


class EditMeanwhile(program.Case):
    def setUp(self):
        super().setUp()
        self.vars = self.dir / "vars.yml"
        self.vars.write_text(PLAIN)
        self.environment |= {"REGVAULT": program.PROGRAM, "FILE": str(self.vars)}
        for key in ("pat", "other"):
            self.set(key, self.token + key)
        self.before = self.vars.read_bytes()

    def block(self, key, text=None):
        """The bytes of a vault at the top."""
        lines = (text or self.vars.read_bytes()).split(f"{key}: ".encode(), 1)[1].split(b"\n")
        return [lines[0]] + [line for line in lines[1:] if line.startswith(b" ")][:8]

    def edit(self, *rounds, code=0, file=None):
        """Each round is a shell script: "$1" is the text, "$FILE" the file behind it. One that is empty changes nothing."""
        (self.dir / "round").write_text("0")
        cases = "".join(f"{number})\n{script}\n;;\n" for number, script in enumerate(rounds) if script)
        editor = self.dir / "editor"
        editor.write_text(f"""#!/bin/sh
round=$(cat {self.dir}/round)
echo $((round + 1)) >{self.dir}/round
cp "$1" {self.dir}/seen.$round
case $round in
{cases}*) ;;
esac
""")
        editor.chmod(0o755)
        self.environment["EDITOR"] = str(editor)
        result = self.run_program("edit", file or self.vars)
        said = result.stderr.decode()
        self.assertEqual(result.returncode, code, said)
        self.assertEqual(int((self.dir / "round").read_text()), len(rounds), said)
        self.assertNotIn(self.token, said)
        self.assert_no_plaintext()
        return said

    def assert_no_plaintext(self):
        """In no file but what the test itself has put aside."""
        for path in self.dir.iterdir():
            if path.is_file() and not path.name.startswith("seen.") and path.name != "editor":
                self.assertNotIn(self.token.encode(), path.read_bytes(), path)

    def seen(self, number):
        return (self.dir / f"seen.{number}").read_text()

    def mine(self, *scripts):
        return "".join(f"sed -i {shlex.quote(script)} \"$1\"\n" for script in scripts)

    def theirs(self, key, value):
        return f"printf %s {value} | \"$REGVAULT\" set --stdin \"$FILE\" {key} 2>/dev/null || exit 1\n"

    def my_pat(self, value):
        return self.mine(f's/^pat: .*/pat: !vault-plain "{value}"/')

    def assert_given_up(self, said, *texts):
        for text in ("by someone else while it was edited", 'vars.yml.edited", encrypted', *texts):
            self.assertIn(text, said)
        kept = self.dir / "vars.yml.edited"
        self.assertTrue(kept.read_bytes().startswith(b"$ANSIBLE_VAULT;"))
        return self.ok("view", kept)

    # no conflict

    def test_another_key_of_theirs(self):
        said = self.edit(self.my_pat("altered") + self.theirs("other", "theirs") + "cp \"$FILE\" now")
        self.assertEqual((self.get("pat"), self.get("other")), ("altered", "theirs"))
        now = (self.dir / "now").read_bytes()
        self.assertEqual(self.block("other"), self.block("other", now))
        self.assertNotEqual(self.block("pat"), self.block("pat", now))
        self.assertEqual(said, f'regvault: warning: "{self.vars}" was changed by someone else while it was edited: your '
                               f"changes were merged into it\n")

    def test_the_same_secret_sealed_anew_keeps_their_ciphertext(self):
        script = self.theirs("other", "x") + self.theirs("other", self.token + "other") + "cp \"$FILE\" now"
        self.edit(self.mine("s/size: 1/size: 2/") + script)
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes().replace(b"size: 1", b"size: 2"))
        self.assertNotEqual(self.block("other"), self.block("other", self.before))

    def test_neighbours(self):
        self.edit(self.mine("s/region: .*/region: mine/") + "sed -i 's/size: 1/size: theirs/' \"$FILE\"")
        self.assertEqual(self.vars.read_bytes(), self.before.replace(b"eu-1", b"mine").replace(b"size: 1", b"size: theirs"))

    def test_a_new_key_behind_a_changed_one(self):
        self.edit(self.mine('s/^other: .*/other: !vault-plain "altered"/') + self.theirs("new", "theirs"))
        self.assertEqual((self.get("other"), self.get("new"), self.get("pat")), ("altered", "theirs", self.token + "pat"))

    def test_both_changed_to_the_same(self):
        said = self.edit(self.my_pat("altered") + self.theirs("pat", "altered") + "cp \"$FILE\" now")
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())
        self.assertEqual(said, "")

    def test_lines_above(self):
        self.edit(self.my_pat("altered") + "sed -i '1i # theirs\\nfirst: 1' \"$FILE\"")
        self.assertTrue(self.vars.read_bytes().startswith(b"# theirs\nfirst: 1\n# top\n"))
        self.assertEqual((self.get("pat"), self.get("other")), ("altered", self.token + "other"))

    def test_they_removed_what_i_did_not_change(self):
        self.edit(self.my_pat("altered") + "\"$REGVAULT\" unset \"$FILE\" other 2>/dev/null")
        self.assertEqual(self.get("pat"), "altered")
        self.assertNotIn("other", self.vars.read_text())

    def test_what_i_sealed_is_not_sealed_again(self):
        """A vault that was pasted as such, of a secret that is not the one for new values, stays what it is."""
        (self.dir / "prod").write_text("prod password")
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = f"prod@{self.dir}/prod"
        pasted = self.ok("encrypt_string", "--encrypt-vault-id", "prod", "--stdin-name", "pasted", stdin=b"prod's")
        (self.dir / "pasted").write_text(pasted)
        self.edit("cat pasted >>\"$1\"\n" + self.theirs("--encrypt-vault-id default other", "theirs"))
        self.assertIn("AES256;prod", pasted)
        for line in pasted.split("\n")[1:]:
            self.assertIn(line, self.vars.read_text())
        self.assertEqual((self.get("pasted"), self.get("other")), ("prod's", "theirs"))

    # conflicts

    def conflict(self, *more, code=0):
        return self.edit(self.my_pat(self.token + "mine") + self.theirs("pat", "theirs") + "cp \"$FILE\" now", *more,
                         code=code)

    KEEP_MINE = "sed -i '/^<<<<<<</d; /^=======/,/^>>>>>>>/d' \"$1\"\n"

    def test_resolved(self):
        self.conflict(self.KEEP_MINE)
        shown = self.seen(1)
        self.assertIn(f'\n<<<<<<< your text\npat: !vault-plain "{self.token}mine"\n=======\npat: !vault-plain "theirs"\n'
                      f">>>>>>> the file as it is now\n", shown)
        lines = shown.split("\n")
        at = lines.index("<<<<<<< your text") + 1
        self.assertEqual(lines[0], f'# regvault: error: "{self.vars}" was changed by someone else while it was edited, in '
                                   f"the same lines (line {at})")
        self.assertTrue(all(line.startswith("# regvault: ") for line in lines[:3]))
        self.assertEqual((self.get("pat"), self.get("other")), (self.token + "mine", self.token + "other"))
        self.assertEqual(self.block("other"), self.block("other", self.before))
        self.assertNotIn("<<<", self.vars.read_text())

    def test_resolved_as_theirs(self):
        said = self.conflict("sed -i '/^<<<<<<</,/^=======/d; /^>>>>>>>/d' \"$1\"\n")
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())
        self.assertEqual(said, "")

    def test_left_over_markers_come_back(self):
        for left in ("/^<<<<<<</d", "/^=======/d", "/^>>>>>>>/d; /^=======/d"):
            with self.subTest(left):
                self.vars.write_bytes(self.before)
                self.conflict(f"sed -i '{left}' \"$1\"\n", self.KEEP_MINE + "sed -i '/^>>>>>>>/d; /theirs/d' \"$1\"\n")
                self.assertIn("in the same lines (line ", self.seen(2))
                self.assertEqual(self.get("pat"), self.token + "mine")

    def test_given_up(self):
        said = self.conflict("", code=7)
        kept = self.assert_given_up(said, "in the same lines")
        self.assertIn(f'<<<<<<< your text\npat: !vault-plain "{self.token}mine"\n=======\n', kept)
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())

    def test_the_editor_fails_at_the_conflict(self):
        said = self.conflict("exit 3", code=9)
        self.assertIn('vars.yml.edited", encrypted', said)
        self.assertIn(self.token + "mine", self.ok("view", self.dir / "vars.yml.edited"))
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())

    def test_broken_while_it_is_resolved(self):
        self.conflict(self.KEEP_MINE + self.mine("s/size: 1/size: [/"), self.mine("s/size: \\[/size: 3/"))
        self.assertTrue(self.seen(2).startswith("# regvault: error: "))
        self.assertEqual((self.get("pat"), self.get("size")), (self.token + "mine", "3"))

    def test_changed_again_while_it_is_resolved(self):
        self.conflict(self.KEEP_MINE + self.theirs("other", "theirs-2"))
        self.assertEqual((self.get("pat"), self.get("other")), (self.token + "mine", "theirs-2"))

    def test_the_same_again_while_it_is_resolved(self):
        self.conflict(self.KEEP_MINE + self.theirs("pat", "theirs-2"), self.KEEP_MINE)
        self.assertIn('=======\npat: !vault-plain "theirs-2"\n>>>>>>>', self.seen(2))
        self.assertEqual(self.get("pat"), self.token + "mine")

    def test_lines_of_one_secret_are_not_mixed(self):
        self.set("pat", "l1\nl2\nl3\nl4\nl5\n")
        self.edit(self.mine("s/^  l1/  mine/") + "printf 'l1\\nl2\\nl3\\nl4\\ntheirs\\n' | \"$REGVAULT\" set --stdin \"$FILE\" pat",
                  "sed -i '/^=======/,/^>>>>>>>/d; /^<<<<<<</d' \"$1\"\n")
        self.assertIn("<<<<<<< your text\npat: !vault-plain |\n  mine\n  l2\n", self.seen(1))
        self.assertEqual(self.get("pat"), "mine\nl2\nl3\nl4\nl5\n")

    def test_the_same_key_at_two_places(self):
        said = self.edit(self.mine("1i new: 1") + "printf 'new: 2\\n' >>\"$FILE\"", self.mine("/^new: 1/d"))
        self.assertIn('"new" is set twice in this mapping', self.seen(1).split("\n")[0])
        self.assertEqual(self.vars.read_bytes(), self.before + b"new: 2\n")
        self.assertEqual(said, "")

    def test_removed_by_me_and_changed_by_them(self):
        self.edit(self.mine("/^pat: /d") + self.theirs("pat", "theirs"), "sed -i '/^<<<<<<</,/^=======/d; /^>>>>>>>/d' \"$1\"\n")
        self.assertIn('<<<<<<< your text\n=======\npat: !vault-plain "theirs"\n>>>>>>>', self.seen(1))
        self.assertEqual(self.get("pat"), "theirs")

    # other secrets

    def rekey(self):
        (self.dir / "new").write_text("new password")
        return "\"$REGVAULT\" rekey --new-vault-id new \"$FILE\" 2>/dev/null || exit 1\ncp \"$FILE\" now\n"

    def test_rekeyed(self):
        """What I changed is under the new password, too."""
        (self.dir / "new").write_text("new password")
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = f"{self.dir}/new"
        self.edit(self.my_pat("altered") + "unset ANSIBLE_VAULT_IDENTITY_LIST\n" + self.rekey())
        self.assertEqual(self.block("other"), self.block("other", (self.dir / "now").read_bytes()))
        del self.environment["ANSIBLE_VAULT_IDENTITY_LIST"]
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.dir / "new")
        self.assertEqual((self.get("pat"), self.get("other")), ("altered", self.token + "other"))

    def test_rekeyed_to_what_i_do_not_have(self):
        self.edit(self.mine("s/size: 1/size: 2/") + self.rekey())
        now = (self.dir / "now").read_bytes()
        self.assertEqual(self.vars.read_bytes(), now.replace(b"size: 1", b"size: 2"))

    def test_rekeyed_to_what_i_do_not_have_and_changed(self):
        said = self.edit(self.my_pat(self.token + "mine") + self.rekey(), "", code=7)
        self.assertIn(f'<<<<<<< your text\npat: !vault-plain "{self.token}mine"\n=======\npat: !vault |\n', self.seen(1))
        self.assertIn(">>>>>>> the file as it is now\nother: !vault |\n", self.seen(1))
        self.assertIn(self.token + "mine", self.assert_given_up(said))
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())

    # something else

    def test_something_else(self):
        for name, script, message in (
                ("a vault", "\"$REGVAULT\" encrypt \"$FILE\" 2>/dev/null", "the whole file is a vault"),
                ("junk", "printf 'a: [\\n' >\"$FILE\"", "vars.yml"),
                ("several documents", "printf '%s\\na: 1\\n' --- --- >>\"$FILE\"", "documents"),
                ("removed", "mv \"$FILE\" moved", "was removed by someone else while it was edited")):
            with self.subTest(name):
                self.vars.write_bytes(self.before)
                (self.dir / "vars.yml.edited").unlink(missing_ok=True)
                said = self.edit(self.my_pat(self.token + "mine") + script + "\ncp \"$FILE\" now 2>/dev/null || :", code=7)
                self.assertIn(self.token + "mine", self.assert_given_up(said, message))
                if name == "removed":
                    self.assertFalse(self.vars.exists())
                else:
                    self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())

    def test_encrypted_as_a_value_meanwhile(self):
        """What was plain is a vault now; I did not touch it."""
        self.edit(self.my_pat("altered") + "\"$REGVAULT\" encrypt --key region \"$FILE\" 2>/dev/null || exit 1")
        self.assertIn("region: !vault |", self.vars.read_text())
        self.assertEqual((self.get("pat"), self.get("region")), ("altered", "eu-1"))

    # whole files

    def whole(self):
        self.vars.write_text(WHOLE)
        self.ok("encrypt", self.vars)

    def test_whole_file(self):
        self.whole()
        said = self.edit(self.mine("s/secret-1/altered/") + self.theirs("list[0]", "theirs"))
        self.assertEqual(self.ok("view", self.vars), WHOLE.replace("secret-1", "altered").replace("secret-3", "theirs"))
        self.assertIn("your changes were merged into it", said)
        self.assertEqual(self.seen(0), WHOLE)

    def test_whole_file_conflict(self):
        self.whole()
        self.edit(self.mine("s/secret-1/altered/") + self.theirs("one", "theirs"), self.KEEP_MINE)
        self.assertIn("\n<<<<<<< your text\none: altered\n=======\none: theirs\n>>>>>>> the file as it is now\ntwo: ",
                      self.seen(1))
        self.assertEqual(self.ok("view", self.vars), WHOLE.replace("secret-1", "altered"))

    def test_whole_file_given_up(self):
        self.whole()
        said = self.edit(self.mine("s/secret-1/altered/") + self.theirs("one", "theirs"), "", code=7)
        self.assertIn("<<<<<<< your text\none: altered\n", self.assert_given_up(said))
        self.assertEqual(self.get("one"), "theirs")

    def test_whole_file_in_the_clear_meanwhile(self):
        self.whole()
        said = self.edit(self.mine("s/secret-1/altered/") + "\"$REGVAULT\" decrypt --in-place \"$FILE\" 2>/dev/null", code=7)
        self.assertIn("one: altered\n", self.assert_given_up(said, "it is no vault any more"))
        self.assertEqual(self.vars.read_text(), WHOLE)

    def test_whole_file_rekeyed_to_what_i_do_not_have(self):
        self.whole()
        said = self.edit(self.mine("s/secret-1/altered/") + self.rekey(), code=7)
        self.assertIn("one: altered\n", self.assert_given_up(said, "no vault secret at hand opens"))
        self.assertEqual(self.vars.read_bytes(), (self.dir / "now").read_bytes())


program.main()
