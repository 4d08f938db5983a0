"""regvault edit of a YAML file with vaults in it, with editors that are small programs."""

import os
import shlex

import program
from program import KEY


class EditValues(program.Case):
    def setUp(self):
        super().setUp()
        self.set_token()
        self.before = self.inventory.read_bytes()
        self.seen = self.dir / "seen"

    def edit(self, *steps, code=0):
        """Each step is a sed script for one round in the editor; an empty one changes nothing."""
        rounds = "".join(f"{number}) sed -i {shlex.quote(script)} \"$1\" ;;\n" for number, script in enumerate(steps) if script)
        editor = self.dir / "editor"
        editor.write_text(f"""#!/bin/sh
round=$(cat {self.dir}/round 2>/dev/null || echo 0)
echo $((round + 1)) >{self.dir}/round
cp "$1" {self.seen}.$round
case $round in
{rounds}*) ;;
esac
""")
        editor.chmod(0o755)
        self.environment["EDITOR"] = str(editor)
        result = self.run_program("edit", self.inventory)
        self.assertEqual(result.returncode, code, result.stderr)
        return result

    def shown(self, number=0):
        return (self.dir / f"seen.{number}").read_text()

    def test_the_value_is_shown_and_sealed_again(self):
        self.edit("s/octocat/hubot/")
        self.assertTrue(self.shown().startswith("# regvault: "))
        self.assertIn(f'ghcr_pat: !vault-plain "{self.token}"', self.shown())
        self.assertEqual(self.inventory.read_bytes(), self.before.replace(b"octocat", b"hubot"))

    def test_a_line_above_the_help(self):
        self.edit("1i # mine")
        self.assertEqual(self.inventory.read_bytes(), b"# mine\n" + self.before)

    def test_nothing_changed(self):
        stamp = os.stat(self.inventory)
        self.edit("")
        self.assertEqual(self.inventory.read_bytes(), self.before)
        self.assertEqual(os.stat(self.inventory).st_mtime_ns, stamp.st_mtime_ns)
        self.assertEqual(os.stat(self.inventory).st_ino, stamp.st_ino)

    def test_changed_and_new_values(self):
        self.edit(f's/{self.token}/other/; s/^      ghcr_user.*/&\\n      added: !vault-plain "new one"/')
        self.assertEqual(self.get_token(), "other")
        result = self.run_program("get", self.inventory, KEY.replace("ghcr_pat", "added"))
        self.assertEqual(result.stdout, b"new one")
        self.assertNotIn(b"!vault-plain", self.inventory.read_bytes())

    def test_broken_yaml_comes_back_with_the_error_on_top(self):
        self.edit("s/ghcr_user: /ghcr_user: [/", "s/ghcr_user: \\[/ghcr_user: /; s/octocat/hubot/")
        first = self.shown(1).splitlines()
        self.assertTrue(first[0].startswith("# regvault: error: "), first[0])
        self.assertNotIn(self.token, first[0])
        self.assertIn("ghcr_user: [", self.shown(1))
        self.assertEqual(self.inventory.read_bytes(), self.before.replace(b"octocat", b"hubot"))

    def test_broken_yaml_that_is_given_up_is_kept(self):
        result = self.edit("s/ghcr_user: /ghcr_user: [/", "", code=5)
        self.assert_fails(result, 5, 'your text is in "')
        self.assertEqual(self.inventory.read_bytes(), self.before)
        kept = self.dir / "inventory.yml.edited"
        self.assertTrue(kept.read_bytes().startswith(b"$ANSIBLE_VAULT;"))
        self.assertIn("ghcr_user: [", self.run_program("view", kept).stdout.decode())

    def test_broken_yaml_and_then_a_broken_editor(self):
        (self.dir / "round").unlink(missing_ok=True)
        self.assert_fails(self.edit("s/ghcr_user: /ghcr_user: [/", "no such command", code=9), 9, 'your text is in "')
        self.assertEqual(self.inventory.read_bytes(), self.before)

    def test_a_lost_tag_is_not_written_unasked(self):
        result = self.edit("s/!vault-plain //", "", code=3)
        self.assert_fails(result, 3, "would be in the clear: the tag !vault-plain is missing")
        self.assertEqual(self.inventory.read_bytes(), self.before)
        self.assertIn("# regvault: error: ", self.shown(1))

    def test_what_no_secret_opens_stays(self):
        (self.dir / "pw").write_text("another password")
        self.edit("s/octocat/hubot/")
        self.assertNotIn("!vault-plain \"", self.shown())
        self.assertEqual(self.inventory.read_bytes(), self.before.replace(b"octocat", b"hubot"))


program.main()
