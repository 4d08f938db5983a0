"""Compares kdf_batch (kdf_aarch64/), which may be for another processor, with OpenSSL's PBKDF2, which hashlib calls.

Usage: kdf_agreement.py NAME PROGRAM...    NAME: a back end, or "automatic"
"""

import hashlib
import random
import subprocess
import sys
import unittest

NAME, *PROGRAM = sys.argv[1:]
SPECIAL = [0, 1, 31, 32, 33, 51, 52, 55, 56, 63, 64, 65, 119, 120, 128, 200]


class Agreement(unittest.TestCase):
    def check(self, count, iterations):
        chance = random.Random(count)
        lines, expected, batch = [], [], 0
        while len(lines) < count:
            batch += 1
            for _ in range(chance.randint(1, 40)):
                size = lambda: chance.choice(SPECIAL) if chance.random() < 0.5 else chance.randrange(100)
                password, salt = chance.randbytes(size()), chance.randbytes(size())
                turns, index = iterations(chance), chance.randint(1, 3)
                lines.append(f"x{password.hex()} x{salt.hex()} {turns} {index} {batch}")
                key = hashlib.pbkdf2_hmac("sha256", password, salt, turns, 32 * index)
                expected.append(key[-32:].hex())
        name = "" if NAME == "automatic" else NAME
        run = subprocess.run([*PROGRAM, name], input="\n".join(lines) + "\n", capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        *got, names = run.stdout.splitlines()
        self.assertEqual(got, expected)
        self.assertEqual(names, name or "sha2")

    def test_ten_thousand(self):
        self.check(10_000, lambda chance: chance.randint(1, 64))

    def test_ansibles_iterations(self):
        self.check(100, lambda chance: 10_000)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
