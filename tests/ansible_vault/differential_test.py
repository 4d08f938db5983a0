"""The same command lines through the installed ansible-vault and through ours: exit code, standard output, files.

Usage: differential_test.py PROGRAM [unittest arguments]     (-k TEXT: only the cases with TEXT in their name)

A case (cases_*.py) differs only where a row of allowed.py says so. Such a row states what ours does instead, and why;
a row that is not needed is a failure. The reference is ansible-core 2.21; the installed one may be older.
"""

import concurrent.futures
import os
import pathlib
import re
import sys
import tempfile
import unittest

import allowed
import cases_command_line
import cases_configuration
import cases_editor
import cases_encrypt_string
import cases_files
import cases_payload
import cases_rekey
import cases_secrets
import cases_terminal
import runner
import vaults

MODULES = [cases_command_line, cases_payload, cases_files, cases_secrets, cases_configuration, cases_encrypt_string,
           cases_editor, cases_rekey, cases_terminal]
CASES = [case for module in MODULES for case in module.CASES]
THEIRS = "/usr/bin/ansible-vault"
REASON = re.compile(r"(2\.\d+|data loss|leak|works): ")
AT_ONCE = 2  # each run is one process that computes


def run_both(case, ours):
    return runner.run(THEIRS, case), runner.run(ours, case)


def expected(case, theirs, row):
    """What ours must do: as theirs, but for the rules and the row; and the reasons that changed nothing."""
    want = {field: theirs[field] for field in runner.FIELDS}
    idle = []
    for rule in allowed.RULES:
        if rule.applies(case, theirs):
            changed = rule.change(want)
            idle += [rule.reason] if changed == want else []
            want = changed
    for field, value in (row.ours if row else {}).items():
        changed = value(want[field]) if callable(value) else value
        idle += [f"{field}: {row.reason}"] if changed == want[field] else []
        want[field] = changed
    return want, idle


def complaints(case, theirs, ours, row):
    want, idle = expected(case, theirs, row)
    for field in runner.FIELDS:
        if ours[field] != want[field]:
            yield f"{field}:\n  ours:     {ours[field]!r}\n  expected: {want[field]!r}\n  theirs:   {theirs[field]!r}"
    yield from (f"this allowed difference is none any more: {reason}" for reason in idle)
    says = {"theirs": case.says, "ours": row.says if row and row.says is not None else case.says}
    for who, result in (("ours", ours), ("theirs", theirs)):
        said = " ".join(result["stderr"].split())
        yield from (f"{who} does not say: {text}" for text in says[who] if text not in said)
    yield from (f"the password {password!r} is in standard error" for password in vaults.WORDS
                if password in ours["stderr"])


class Differential(unittest.TestCase):
    results = {}

    def compare(self, case):
        theirs, ours = self.results[case.name].result()
        found = list(complaints(case, theirs, ours, allowed.ROWS.get(case.name)))
        if found:
            both = f"stderr of ours:   {ours['stderr']!r}\nstderr of theirs: {theirs['stderr']!r}"
            self.fail("\n".join(["", f"ansible-vault {case.name}", *found, both]))

    def test_the_tables_are_in_order(self):
        names = [case.name for case in CASES]
        self.assertEqual(sorted({name for name in names if names.count(name) > 1}), [], "two cases of one name")
        self.assertGreaterEqual(len(names), 200)
        self.assertEqual([name for name in allowed.ROWS if name not in names], [], "a row without its case")
        reasons = [row.reason for row in [*allowed.RULES, *allowed.ROWS.values()]]
        self.assertEqual([reason for reason in reasons if not REASON.match(reason)], [])


for number, each in enumerate(CASES):
    setattr(Differential, f"test_{number:03} {each.name}", lambda self, case=each: self.compare(case))


class Runner(unittest.TextTestRunner):
    """Starts the runs of all the chosen cases, two at a time, before the first result is asked for."""

    def run(self, suite):
        chosen = {test.id().split(".", 2)[2] for group in suite for test in leaves(group)}
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for number, case in enumerate(CASES):
                if f"test_{number:03} {case.name}" in chosen:
                    Differential.results[case.name] = pool.submit(run_both, case, Runner.ours)
            return super().run(suite)


def leaves(suite):
    for test in suite:
        yield from leaves(test) if isinstance(test, unittest.TestSuite) else [test]


def main():
    program = pathlib.Path(sys.argv.pop(1)).resolve()
    with tempfile.TemporaryDirectory(prefix="differential-bin-") as folder:
        os.chmod(folder, 0o755)
        Runner.ours = f"{folder}/ansible-vault"
        os.symlink(program, Runner.ours)
        unittest.main(testRunner=Runner)


if __name__ == "__main__":
    main()
