"""Killed: the file is the old one or the new one, whole, and nothing else is left in the clear.

Only one thing may be left behind, and by a kill -9 only: ".NAME.regvault", the new file's name for the moment before it
takes the old one's place. The next command that writes the file removes it.
"""

import random
import time

import faces
import traced
from faces import TEXT

TEMPORARY = ".vault.yml.regvault"


class Kill(traced.Case):
    def test_killed_before_each_system_call(self):
        self.for_each(self.kill_before_each_call)

    def kill_before_each_call(self, face, operation):
        command = self.command(face, operation)
        seen = []
        for name, number in self.calls_from_the_lock_on(command):
            self.put(operation.before)
            result = self.with_injection(command, f"{name}:signal=KILL:when={number}")
            self.assertEqual(result.returncode, -9, f"{name} {number}: {result.stderr}")
            seen.append(self.state(operation))
            self.assertIn(seen[-1], ("old", "new"), f"killed before {name} {number}")
            left = [name for name in self.listing() if name != self.file.name]
            if left:
                self.assert_is_removed_by_the_next(left, face, operation)
        self.assertEqual(seen, sorted(seen, reverse=True), "the old one till the rename, the new one from then on")
        self.assertEqual(set(seen), {"old", "new"})

    def assert_is_removed_by_the_next(self, left, face, operation):
        self.assertEqual(left, [TEMPORARY])
        self.assertEqual(operation.state((self.work / TEMPORARY).read_bytes()), "new")
        again = self.run_here(self.command(face, operation))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual((self.state(operation), self.listing()), ("new", [self.file.name]))

    def test_killed_at_any_moment(self):
        """While megabytes are written."""
        self.for_each(self.kill_at_moments, ["encrypt", "decrypt", "rekey"], TEXT * 60_000)

    def kill_at_moments(self, face, operation):
        start = time.monotonic()
        self.assertEqual(self.run_here(self.command(face, operation)).returncode, 0)
        took = time.monotonic() - start
        for moment in range(8):
            self.put(operation.before)
            process = self.start(self.command(face, operation))
            time.sleep(took * (moment + random.random()) / 8)
            process.kill()
            process.communicate()
            self.assertIn(self.state(operation), ("old", "new"))
            self.assertLessEqual(set(self.listing()), {self.file.name, TEMPORARY})

    def test_another_signal_leaves_nothing_where_new_files_must_have_a_name(self):
        """As on NFS, which has no unnamed files: a signal finds a named one, in the clear when a vault is decrypted."""
        self.for_each(self.interrupt_a_named_file, ["decrypt", "encrypt"])

    def interrupt_a_named_file(self, face, operation):
        command = self.command(face, operation)
        opened = [line for line in self.calls(command).splitlines() if line.startswith("openat(")]
        self.put(operation.before)
        calls = self.calls_from_the_lock_on(command)
        unnamed = 1 + next(number for number, line in enumerate(opened) if "O_TMPFILE" in line)
        no_unnamed_file = f"openat:error=EOPNOTSUPP:when={unnamed}"
        for name in ("write", "fchmod", "fsync", "renameat"):
            number = next(number for called, number in calls if called == name)
            for signal, code in [("TERM", -15), ("INT", None), ("HUP", -1)]:
                self.put(operation.before)
                result = self.with_injection(command, no_unnamed_file, f"{name}:signal={signal}:when={number}")
                happened = f"SIG{signal} at {name}: {result.returncode} {result.stderr}"
                self.assertNotEqual(result.returncode, 0, happened)
                self.assertEqual(result.returncode, code or result.returncode, happened)
                self.assertEqual(self.state(operation), "new" if name == "renameat" else "old", happened)
                self.assertEqual(self.listing(), [self.file.name], happened)

    def test_another_signal_leaves_nothing_between_naming_and_renaming(self):
        self.for_each(self.interrupt_the_renaming)

    def interrupt_the_renaming(self, face, operation):
        for name in ("linkat", "renameat"):
            self.put(operation.before)
            result = self.with_injection(self.command(face, operation), f"{name}:signal=TERM:when=1")
            self.assertEqual(result.returncode, -15, result.stderr)
            self.assertEqual((self.state(operation), self.listing()), ("new", [self.file.name]))


if __name__ == "__main__":
    faces.main()
