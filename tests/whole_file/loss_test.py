"""Errors, full disks, other names, several at once: the file is the old or the new one, whole, and nothing is left."""

import os
import re
import subprocess

import faces
import traced
import vaults
from faces import FACES, NEW, OLD, OTHER, TEXT


class Loss(traced.Case):
    def kept(self, result):
        """What the error names as the place where the text is."""
        named = re.search(r"; your text is in [\"'](.*)[\"'], encrypted with the same vault secret",
                          result.stderr.decode())
        return self.work / named[1] if named else None

    # ----------------------------------------------------------------------------------------- errors and full disks

    def test_each_system_call_fails(self):
        """EIO from each in turn: whenever the command fails, the file is the old one; nothing is left behind."""
        self.for_each(self.fail_each_call)

    def fail_each_call(self, face, operation):
        command = self.command(face, operation)
        for name, number in self.calls_from_the_lock_on(command):
            self.put(operation.before)
            result = self.with_injection(command, f"{name}:error=EIO:when={number}")
            failed = result.returncode != 0
            happened = f"{name} {number} fails: {result.returncode} {result.stderr.decode()}"
            self.assertEqual(self.state(operation), "old" if failed else "new", happened)
            kept = self.kept(result)
            self.assertEqual(kept is not None, failed and operation.verb == "edit", happened)
            if kept:
                self.assertEqual(operation.state(kept.read_bytes()), "new", happened)
                kept.unlink()
            self.assertEqual(self.listing(), [self.file.name], happened)

    def test_the_disk_breaks(self):
        """EIO from every write from the n-th on."""
        def check(face, operation):
            self.put(operation.before)
            result = self.with_injection(self.command(face, operation), "write,pwrite64,fsync:error=EIO:when=1+")
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual((self.state(operation), self.listing()), ("old", [self.file.name]))
            self.assert_nothing_in_the_clear(besides=[self.file, self.dir / "edited"])
        self.for_each(check, plaintext=TEXT * 2000)

    def test_nearly_full_disk(self):
        """Every amount of room from none to enough, page by page."""
        faces.mount_tmpfs(self.work, "size=256k")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.work)], check=True)
        self.for_each(self.fill_page_by_page, plaintext=TEXT * 300)  # about 10 KB, and 40 KB encrypted

    def fill_page_by_page(self, face, operation):
        for pages in range(20):
            self.put(operation.before)
            with open(self.work / "filler", "wb") as filler:
                status = os.statvfs(self.work)
                filler.write(bytes((status.f_bavail - pages) * status.f_frsize))
            result = self.run_here(self.command(face, operation))
            if result.returncode == 0:
                break
            self.assertEqual(self.state(operation), "old", result.stderr)
            self.assertIn(b"No space left on device", result.stderr)
            if operation.verb == "edit":
                self.assertEqual(operation.state(self.kept(result).read_bytes()), "new", result.stderr)
                self.kept(result).unlink()
            self.assertEqual(self.listing(), ["filler", self.file.name])
        self.assertEqual((self.state(operation), self.listing()), ("new", ["filler", self.file.name]), result.stderr)
        self.assertGreater(pages, 0)

    def test_what_was_typed_is_kept_in_memory_when_all_disks_are_full(self):
        for place in (str(self.work), "/tmp"):
            faces.mount_tmpfs(place, "size=64k,mode=1777")
            self.addCleanup(subprocess.run, ["umount", "-l", place], check=True)
        self.for_each(self.edit_on_full_disks, ["edit"])

    def edit_on_full_disks(self, face, operation):
        for place in (str(self.work), "/tmp"):
            subprocess.run(["dd", "if=/dev/zero", f"of={place}/filler"], stderr=subprocess.DEVNULL)
        result = self.run_here(self.command(face, operation))
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(self.state(operation), "old")
        kept = self.kept(result)
        self.assertEqual(operation.state(kept.read_bytes()), "new")
        self.assertEqual((kept.stat().st_mode & 0o7777, kept.parent.stat().st_mode & 0o7777), (0o600, 0o700))
        self.assertEqual(os.listdir("/tmp"), ["filler"])

    # ----------------------------------------------------------------------------------------------------- other names

    def test_hard_link(self):
        def check(face, operation):
            other = self.dir / "other name"
            os.link(self.file, other)
            result = self.run_here(self.command(face, operation))
            self.assertEqual((result.returncode, self.state(operation)), (0, "new"), result.stderr)
            self.assertEqual(other.read_bytes(), operation.before)
            self.assertIn(b"had 2 names (hard links); the others keep the old content", result.stderr)
            other.unlink()
        self.for_each(check)

    def test_the_plaintext_is_wiped_once_it_is_encrypted(self):
        """Seen in the calls; the blocks themselves are the file system's."""
        def check(face, operation):
            after = self.calls(self.command(face, operation)).partition("renameat")[2]
            self.assertRegex(after, r"F_SETLEASE, F_WRLCK\) += 0\n")
            self.assertRegex(after, r'write\(\d+, "(\\0)+"\.*, %d\) += %d\n' % (len(TEXT), len(TEXT)))
        self.for_each(check, ["encrypt"])

    # -------------------------------------------------------------------------------------------------- several at once

    def test_several_processes_at_once(self):
        """The first ones win; who comes too late is told so, and changes nothing."""
        def check(face, operation):
            for _ in range(4):
                self.put(operation.before)
                processes = [self.start(self.command(face, operation)) for _ in range(3)]
                ends = [(process.communicate()[1], process.returncode) for process in processes]
                self.assertIn(0, [code for _, code in ends], ends)
                self.assertEqual(self.state(operation), "new", ends)
                kept = [name for name in self.listing() if name != self.file.name]
                self.assertEqual([operation.state((self.work / name).read_bytes()) for name in kept],
                                 ["new"] * (len([code for _, code in ends if code]) if operation.verb == "edit" else 0))
        self.for_each(check)

    def test_rekeys_to_different_passwords_at_once(self):
        for face in FACES:
            for _ in range(5):
                self.put(vaults.make(TEXT, OLD))
                words = [["--new-vault-password-file", self.dir / name, "vault.yml"] for name in ("new", "other")]
                processes = [self.start(face.command("rekey", *more)) for more in words]
                codes = [process.communicate() and process.returncode for process in processes]
                winners = [vaults.tell(vaults.make(TEXT, password))
                           for password, code in zip((NEW, OTHER), codes) if code == 0]
                self.assertIn(vaults.tell(self.file.read_bytes()), winners)
                self.assertEqual(self.listing(), [self.file.name])

    def test_edits_at_once(self):
        """The second one finds the file changed. regvault merges the two; ansible-vault keeps the text beside the file."""
        self.environment["EDITOR"] = self.editor("slow", 'cat ../edited > "$1"; sleep 0.4')

        def check(face, operation):
            processes = [self.start(self.command(face, operation)) for _ in range(2)]
            codes = sorted((process.communicate() and process.returncode) for process in processes)
            states = {name: operation.state((self.work / name).read_bytes()) for name in self.listing()}
            if face is faces.REGVAULT:
                self.assertEqual((codes, states), ([0, 0], {"vault.yml": "new"}))
            else:
                self.assertEqual(codes[0], 0)
                self.assertNotEqual(codes[1], 0)
                self.assertEqual(states, {"vault.yml": "new", "vault.yml.edited": "new"})
        self.for_each(check, ["edit"])

    def test_someone_else_writes_the_file_while_it_is_edited(self):
        self.environment["EDITOR"] = self.editor("both", 'cat ../edited > "$1"; echo theirs > vault.yml')

        def check(face, operation):
            result = self.run_here(self.command(face, operation))
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(self.file.read_bytes(), b"theirs\n")
            self.assertEqual(operation.state((self.work / "vault.yml.edited").read_bytes()), "new")
        self.for_each(check, ["edit"])


if __name__ == "__main__":
    faces.main()
