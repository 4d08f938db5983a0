"""regvault git, textconv and merge-driver, with git itself in repositories of their own."""

import hashlib
import hmac
import re
import secrets
import shutil
import tempfile

import program

PLAIN = """\
# top
region: eu-1
size: 1


tail: end
"""


class Git(program.Case):
    made = None  # the repository that every test begins with a copy of, and its token

    def setUp(self):
        super().setUp()
        self.top = self.dir
        self.dir = self.top / "a repo's"  # a name that wants quoting
        self.vars, self.whole = self.dir / "group_vars/all.yml", self.dir / "group_vars/vault.yml"
        self.environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
                             "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
        if not Git.made:
            self.make_repository()
            folder = tempfile.mkdtemp(prefix="regvault-")
            self.addClassCleanup(shutil.rmtree, folder)
            Git.made = shutil.copytree(self.dir, folder + "/made"), self.token
        else:
            folder, self.token = Git.made
            shutil.copytree(folder, self.dir)

    def make_repository(self):
        self.vars.parent.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", "--template=")
        self.vars.write_text(PLAIN)
        self.set("pat", self.token)
        self.set("other", "the other secret")
        self.whole.write_text("one: secret-1\ntwo: secret-2\n\n\nlist:\n  - secret-3\n")
        self.ok("encrypt", self.whole)
        self.ok("git", "install")
        self.commit("start")

    def git(self, *arguments, code=0):
        result = self.run_program(*arguments, program="git")
        self.assertEqual(result.returncode, code, (result.stdout + result.stderr).decode())
        return result.stdout.decode()

    def commit(self, text):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", text)

    def rekey(self, new, *files, label="default"):
        path = self.top / f"pw-{secrets.token_hex(4)}"
        path.write_text(new)
        self.ok("rekey", "--new-vault-id", f"{label}@{path}", *files)
        return path

    def branches(self, ours, theirs):
        """Two branches from here, a change on each; we are on ours."""
        self.git("switch", "-q", "-c", "theirs")
        theirs()
        self.commit("theirs")
        self.git("switch", "-q", "main")
        ours()
        self.commit("ours")

    def merge(self, code=0):
        result = self.run_program("merge", "-q", "--no-edit", "theirs", program="git")
        self.assertEqual(result.returncode, code, (result.stdout + result.stderr).decode())
        self.assert_no_plaintext()
        return result.stderr.decode()

    def assert_no_plaintext(self):
        """In no file of the repository, .git included, and in none left behind."""
        for path in self.dir.rglob("*"):
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                for secret in (self.token, "the other secret", "secret-1", "secret-2", "secret-3", "altered"):
                    self.assertNotIn(secret.encode(), data, path)

    # what a diff shows

    def test_a_changed_secret_is_one_line_without_its_value(self):
        self.set("pat", "altered")
        diff = self.git("diff")
        self.assertRegex(diff, r"\n-pat: !vault default [0-9a-f]{12} \(pat\)\n\+pat: !vault default [0-9a-f]{12} \(pat\)\n")
        self.assertNotIn("$ANSIBLE_VAULT", diff)
        for text in (self.token, "altered"):
            self.assertNotIn(text, diff)
        self.commit("other value")
        self.assertIn(diff.split("@@")[2], self.git("log", "-p", "-1"))

    def test_the_fingerprint_is_what_the_page_says(self):
        key = hashlib.pbkdf2_hmac("sha256", b"vault password", b"regvault fingerprint 1", 10_000)
        expected = hmac.new(key, self.token.encode(), "sha256").hexdigest()[:12]
        self.assertIn(f"pat: !vault default {expected} (pat)\n", self.ok("textconv", self.vars))

    def test_git_keeps_no_texts(self):
        self.git("config", "regvault.reveal", "true")
        self.set("pat", "altered")
        self.git("log", "-p")
        self.git("diff")
        self.assert_no_plaintext()
        self.assertEqual(self.git("for-each-ref", "refs/notes"), "")

    def test_sealed_anew_is_no_change(self):
        before = self.vars.read_bytes()
        self.set("pat", "altered")
        self.set("pat", self.token)
        self.assertNotEqual(self.vars.read_bytes(), before)
        self.assertNotIn("@@", self.git("diff"))

    def test_a_whole_file_is_one_line(self):
        self.set("one", "altered", self.whole)
        diff = self.git("diff")
        self.assertRegex(diff, r"\n-!vault default [0-9a-f]{12} \(whole file\)\n\+!vault default [0-9a-f]{12} \(whole file\)\n")
        self.assertNotIn("altered", diff)

    def test_reveal(self):
        self.git("config", "regvault.reveal", "true")
        self.set("pat", "altered")
        self.set("one", "altered", self.whole)
        diff = self.git("diff")
        self.assertIn(f'-pat: !vault-plain default "{self.token}"\n+pat: !vault-plain default "altered"\n', diff)
        self.assertIn("-one: secret-1\n+one: altered\n", diff)

    def test_without_a_key(self):
        self.set("pat", "altered")
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        diff = self.git("diff")
        self.assertRegex(diff, r"\n-pat: !vault default \(encrypted, no key\) [0-9a-f]{12} \(pat\)\n\+pat: !vault default \(enc")
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = "default@prompt, x@missing"
        self.assertEqual(self.git("diff"), diff)

    def test_prompts_are_never_asked(self):
        """On a terminal that nobody types at."""
        self.set("pat", "altered")
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = "default@prompt"
        self.environment["ANSIBLE_ASK_VAULT_PASS"] = "1"
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        result = self.run_program("-qec", "git --no-pager diff", "/dev/null", program="script")
        self.assertIn(b"(encrypted, no key)", result.stdout)

    def test_what_is_no_yaml_is_shown(self):
        block = self.vars.read_text().split("pat: !vault |\n")[1].split("other:")[0]
        (self.dir / "template.yml").write_text("{% if x %}\npat: !vault |\n" + block + "a: [\n")
        self.git("add", "-N", ".")
        self.assertRegex(self.git("diff"), r"\+\{% if x %\}\n\+pat: !vault \|\n\+ *!vault default [0-9a-f]{12}\n\+a: \[\n")

    # install

    def test_install_may_be_repeated(self):
        attributes = self.dir / ".git/info/attributes"
        before = attributes.read_bytes(), (self.dir / ".git/config").read_bytes()
        self.assertIn(b"*.yml diff=regvault merge=regvault\n", before[0])
        self.ok("git", "install")
        self.assertEqual((attributes.read_bytes(), (self.dir / ".git/config").read_bytes()), before)

    def test_install_shared_keeps_what_is_there(self):
        shared = self.dir / ".gitattributes"
        shared.write_text("*.png binary")
        (self.dir / "sub").mkdir()
        self.dir, top = self.dir / "sub", self.dir
        self.ok("git", "install", "--shared", "my keys/*")
        self.dir = top
        text = shared.read_text()
        self.assertTrue(text.startswith("*.png binary\n*.yml diff=regvault merge=regvault\n"), text)
        self.assertIn("*.yml: merge: regvault", self.git("check-attr", "merge", "*.yml"))
        self.assertIn("my keys/a: diff: regvault", self.git("check-attr", "diff", "my keys/a"))

    def test_install_outside_of_a_repository(self):
        self.dir = self.top
        self.assert_fails(self.run_program("git", "install"), 9, "not a git repository")

    # merges

    def test_different_secrets_merge(self):
        self.branches(lambda: self.set("pat", "altered 1"), lambda: self.set("other", "altered 2"))
        self.merge()
        self.assertEqual((self.get("pat"), self.get("other")), ("altered 1", "altered 2"))

    def test_a_line_and_a_secret_side_by_side_merge(self):
        def plain():
            self.vars.write_text(self.vars.read_text().replace("# top", "# our top"))

        self.branches(plain, lambda: self.set("pat", "altered"))
        self.merge()
        self.assertEqual(self.get("pat"), "altered")
        self.assertTrue(self.vars.read_text().startswith("# our top\n"))

    def test_both_changed_stays_ours(self):
        theirs = lambda: (self.set("pat", "altered theirs"), self.set("other", "altered 2"))
        self.branches(lambda: self.set("pat", "altered ours"), theirs)
        said = self.merge(code=1)
        self.assertIn("conflict in group_vars/all.yml: pat was changed on both sides: ours stays", said)
        self.assertEqual((self.get("pat"), self.get("other")), ("altered ours", "altered 2"))
        self.assertNotIn("<<<<<<<", self.vars.read_text())
        self.assertIn("UU group_vars/all.yml", self.git("status", "--short"))

    def test_both_changed_to_the_same(self):
        self.branches(lambda: self.set("pat", "altered"), lambda: self.set("pat", "altered"))
        ours = self.vars.read_bytes()
        self.merge()
        self.assertEqual(self.vars.read_bytes(), ours)

    def test_added_on_both_sides(self):
        self.branches(lambda: self.set("new", "altered ours"), lambda: self.set("new", "altered theirs"))
        self.assertIn("new was changed on both sides: ours stays", self.merge(code=1))
        self.assertEqual(self.get("new"), "altered ours")

    def test_sealed_anew_is_no_conflict(self):
        def anew():
            self.set("pat", "x")
            self.set("pat", self.token)

        self.branches(anew, lambda: self.set("pat", "altered"))
        self.merge()
        self.assertEqual(self.get("pat"), "altered")

    def test_one_side_was_rekeyed(self):
        new = []
        ours = lambda: self.set("other", "altered")
        self.branches(ours, lambda: new.append(self.rekey("new password", self.vars, self.whole, label="prod")))
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = f"prod@{new[0]}"
        self.merge()
        self.assertEqual((self.get("pat"), self.get("other")), (self.token, "altered"))
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(new[0])
        self.assertEqual(self.get("pat"), self.token)
        self.assertEqual(self.ok("get", self.whole, "one"), "secret-1")

    def test_both_changed_a_line_has_markers_around_whole_vaults(self):
        def change(word):
            text = self.vars.read_text()
            self.vars.write_text(text.replace("size: 1", f"size: {word}"))

        self.branches(lambda: change("our"), lambda: (change("their"), self.set("other", "altered")))
        self.assertIn("lines conflict", self.merge(code=1))
        self.assertIn("<<<<<<< ours\nsize: our\n=======\nsize: their\n>>>>>>> theirs\n", self.vars.read_text())
        self.vars.write_text(re.sub(r"<<<<<<<.*\n(.*\n)=======\n.*\n>>>>>>>.*\n", r"\1", self.vars.read_text()))
        self.assertEqual((self.get("pat"), self.get("other")), (self.token, "altered"))

    def test_removed_here_and_changed_there(self):
        self.branches(lambda: self.ok("unset", self.vars, "pat"), lambda: self.set("pat", "altered"))
        self.merge(code=1)
        text = self.vars.read_text()
        ours, theirs = re.search(r"<<<<<<< ours\n(.*)=======\n(.*)>>>>>>> theirs\n", text, re.DOTALL).groups()
        self.assertNotIn("pat:", ours)
        self.assertRegex(theirs, r"\Apat: !vault \|\n +\$ANSIBLE_VAULT;1.1;AES256\n( +[0-9a-f]+\n)+\Z")

    def test_without_keys_ciphertexts_are_compared(self):
        self.branches(lambda: self.set("pat", "altered 1"), lambda: self.set("other", "altered 2"))
        password = self.environment.pop("ANSIBLE_VAULT_PASSWORD_FILE")
        self.merge()
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = password
        self.assertEqual((self.get("pat"), self.get("other")), ("altered 1", "altered 2"))

    def test_without_keys_both_changed(self):
        self.branches(lambda: self.set("pat", "altered 1"), lambda: self.set("pat", "altered 1"))
        password = self.environment.pop("ANSIBLE_VAULT_PASSWORD_FILE")
        self.assertIn("pat was changed on both sides", self.merge(code=1))
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = password
        self.assertEqual(self.get("pat"), "altered 1")

    def test_whole_files_merge(self):
        self.branches(lambda: self.set("one", "altered 1", self.whole), lambda: self.set("list[0]", "altered 3", self.whole))
        self.merge()
        self.assertTrue(self.whole.read_bytes().startswith(b"$ANSIBLE_VAULT;1.1;AES256\n"))
        self.assertEqual(self.ok("view", self.whole), "one: altered 1\ntwo: secret-2\n\n\nlist:\n  - altered 3\n")

    def test_whole_files_both_changed(self):
        theirs = lambda: (self.set("one", "altered theirs", self.whole), self.set("list[0]", "altered 3", self.whole))
        self.branches(lambda: self.set("one", "altered ours", self.whole), theirs)
        said = self.merge(code=1)
        self.assertIn("conflict in group_vars/vault.yml: one was changed on both sides: ours stays", said)
        self.assertEqual(self.ok("view", self.whole), "one: altered ours\ntwo: secret-2\n\n\nlist:\n  - altered 3\n")

    def test_whole_files_whose_lines_are_neighbours(self):
        self.branches(lambda: self.set("one", "altered 1", self.whole), lambda: self.set("two", "altered 2", self.whole))
        self.assertIn("two was changed by them, beside a change of ours: ours stays", self.merge(code=1))
        self.assertEqual((self.get("one", self.whole), self.get("two", self.whole)), ("altered 1", "secret-2"))

    def test_one_side_only_is_a_vault(self):
        def encrypt():
            self.set("three", "altered", self.whole)

        def decrypt():
            self.ok("decrypt", "--in-place", self.whole)
            self.whole.write_text("one: public\n")

        self.branches(encrypt, decrypt)
        ours = self.whole.read_bytes()
        self.assertIn("one side is a vault as a whole, the other is not: ours stays", self.merge(code=1))
        self.assertEqual(self.whole.read_bytes(), ours)

    # the driver alone: forms of text

    def drive(self, base, ours, theirs, code=0):
        for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
            (self.dir / name).write_bytes(text)
        result = self.run_program("merge-driver", "base", "ours", "theirs", "some/file.yml")
        self.assertEqual(result.returncode, code, result.stderr.decode())
        return (self.dir / "ours").read_bytes()

    def block(self, text, indent=2, line_end=b"\n"):
        """A value in lines, sealed anew each time."""
        lines = self.ok("encrypt_string", "--stdin-name", "x", stdin=text.encode()).split()[3:]
        return b"!vault |" + b"".join(line_end + b" " * indent + line.encode() for line in lines)

    def test_bytes_around_vaults_stay(self):
        a, b = self.block("a"), self.block("b")
        crlf = self.block("a", 4, b"\r\n")
        flow = b'{k: !vault "' + self.block("f", 0)[9:].replace(b"\n", b"\\n") + b'\\n", l: 1}'
        for name, text in {
            "no line end at the end": b"x: 1\ny: 2\nz: 3\na: " + a,
            "two documents": b"---\nx: 1\na: " + a + b"\n---\na: " + b + b"\n",
            "line ends": b"x: 1\r\ny: 2\r\nz: 3\r\na: " + crlf + b"\r\n",
            "flow": b"x: 1\ny: 2\nz: 3\na: " + flow + b"\n",
            "anchor and comment": b"x: 1\ny: 2\nz: 3\na: &a " + a.replace(b"|", b"|  # why", 1) + b"\nb: *a\n",
            "the only value": b"--- " + a + b"\n",
            "no YAML": b"{% if x %}\nx: 1\ny: [\nz: 3\na: " + a + b"\n",
        }.items():
            with self.subTest(name):
                self.assertEqual(self.drive(text, text, text), text)
                ours, theirs = text + b"\n# ours\n", b"# theirs\n" + text
                expected = b"# theirs\n" + text + b"\n# ours\n"
                if name != "no line end at the end":
                    self.assertEqual(self.drive(text, ours, theirs), expected)

    def test_the_same_secret_in_several_places(self):
        blocks = [self.block("same", 4) for _ in range(3)]
        text = b"".join(b"h%d:\n  pat: %s\n" % (i, block) for i, block in enumerate(blocks))
        anew = self.block("same", 4)
        theirs = text.replace(blocks[1], anew)
        self.assertEqual(self.drive(text, text + b"# ours\n", theirs), theirs + b"# ours\n")

    def test_a_secret_moved_by_one_side(self):
        a, b = self.block("a"), self.block("b")
        text = b"a: " + a + b"\nx: 1\ny: 2\nz: 3\nb: " + b + b"\n"
        theirs = b"x: 1\ny: 2\nz: 3\nb: " + b + b"\nmoved: " + a + b"\n"
        self.assertEqual(self.drive(text, text.replace(b"y: 2", b"y: 5"), theirs), theirs.replace(b"y: 2", b"y: 5"))

    def test_broken_vaults_and_marked_bases(self):
        good = b"a: " + self.block("a") + b"\nx: 1\ny: 2\nz: 3\n"
        broken = b"a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  zz\nx: 1\ny: 2\nz: 3\n"
        self.assertEqual(self.drive(broken, broken + b"b: 1\n", broken.replace(b"x: 1", b"x: 5")),
                         broken.replace(b"x: 1", b"x: 5") + b"b: 1\n")
        marked = b"<<<<<<< a\n" + good + b"=======\n>>>>>>> b\n"  # as a virtual base may be
        self.assertEqual(self.drive(marked, good, good), good)

    def test_the_same_key_at_two_places_is_a_conflict(self):
        text = b"x: 1\ny: 2\nz: 3\na: " + self.block("a") + b"\n"
        merged = self.drive(text, b"new: 1\n" + text, text + b"new: " + self.block("b") + b"\n", code=1)
        self.assertEqual(merged.count(b"$ANSIBLE_VAULT"), 2)

    def test_whole_files_without_a_key(self):
        self.branches(lambda: self.set("one", "altered 1", self.whole), lambda: self.set("list[0]", "altered 3", self.whole))
        ours = self.whole.read_bytes()
        password = self.environment.pop("ANSIBLE_VAULT_PASSWORD_FILE")
        self.assertIn("no vault secret at hand opens all versions", self.merge(code=1))
        self.assertEqual(self.whole.read_bytes(), ours)
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = password

    def test_plain_files_merge_as_git_does(self):
        other = self.dir / "plain.yml"
        other.write_text("".join(f"line{n}: 1\n" for n in range(30)))
        self.commit("plain")
        change = lambda n: lambda: other.write_text(other.read_text().replace(f"line{n}: 1\n", f"line{n}: 2\n"))
        self.branches(change(3), change(20))
        self.merge()
        self.assertEqual(other.read_text().count(": 2\n"), 2)


program.main()
