"""Commands under strace(1): what calls they make from the moment the directory is locked, and accidents at each."""

import collections
import re

import faces

CALL = re.compile(r"^(\w+)\(", re.MULTILINE)
OF_MEMORY = {"brk", "mmap", "munmap", "madvise", "mlock", "mprotect", "futex", "getrandom", "exit_group"}


class Case(faces.Case):
    def calls(self, command):
        """All that it makes, as strace writes them."""
        log = self.dir / "log"
        result = self.run_here(command, "strace", "-o", str(log))
        self.assertEqual(result.returncode, 0, result.stderr)
        return log.read_text(errors="replace")

    def calls_from_the_lock_on(self, command):
        """(call, its number among those of its name), in their order."""
        before, lock, after = self.calls(command).partition("\nflock(")
        counts = collections.Counter(CALL.findall(before))
        calls = []
        for name in CALL.findall(lock + after):
            counts[name] += 1
            calls += [(name, counts[name])] if name not in OF_MEMORY else []
        self.assertIn(("renameat", 1), calls)
        return calls

    def with_injection(self, command, *injections):
        """What happens at which call, as strace's option inject= has it: "write:error=EIO:when=2"."""
        words = [word for injection in injections for word in ("-e", f"inject={injection}")]
        return self.run_here(command, "strace", "-qq", "-o", "/dev/null", *words)
