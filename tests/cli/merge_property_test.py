"""Random edits on two sides, merged by regvault merge-driver, against a merge of the keys and values.

REGVAULT_MERGES: how many; REGVAULT_SEED: other ones than those of every run.
"""

import collections
import os
import random
import re

import program

BLOCK = re.compile(r"^(\w+): (?:!vault \|\n((?:  .*\n)+)|plain(\d+)\n)", re.MULTILINE)
TEXTS, CIPHERTEXTS = 6, 3


class Merges(program.Case):
    def setUp(self):
        super().setUp()
        (self.dir / "pw2").write_text("another password")
        self.environment["ANSIBLE_VAULT_IDENTITY_LIST"] = f"prod@{self.dir}/pw2"
        self.seed = int(os.environ.get("REGVAULT_SEED", "1"))
        self.random = random.Random(self.seed)
        self.payloads = {}  # (text, which of its ciphertexts): lines
        for text in range(TEXTS):
            for which in range(CIPHERTEXTS):
                result = self.run_program("encrypt_string", "--encrypt-vault-id", self.random.choice(["default", "prod"]),
                                          "--stdin-name", "x", stdin=b"text%d" % text)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.payloads[text, which] = tuple(result.stdout.decode().split("\n", 1)[1].split())
        self.text_of = {lines: text for (text, _), lines in self.payloads.items()}

    def secret(self, text=None):
        return (self.random.randrange(TEXTS) if text is None else text, self.random.randrange(CIPHERTEXTS))

    def edited(self, items, side):
        items = list(items)
        for step in range(self.random.randrange(1, 4)):
            at = self.random.randrange(len(items))
            key, value = items[at]
            what = self.random.choice("CCCRRAD")
            if what == "C" and isinstance(value, tuple):  # changed
                items[at] = (key, self.secret())
            elif what == "R" and isinstance(value, tuple):  # sealed anew, or rekeyed
                items[at] = (key, self.secret(value[0]))
            elif what == "A":
                items.insert(at, (f"added_{side}_{step}", self.secret()))
            elif what == "D" and len(items) > 2:
                del items[at]
        return items

    def written(self, items):
        out = "# top\n"
        for key, value in items:
            lines = "".join(f"  {line}\n" for line in self.payloads[value]) if isinstance(value, tuple) else ""
            out += f"{key}: !vault |\n{lines}" if lines else f"{key}: plain{value}\n"
        return out

    def read(self, text):
        return {key: ("secret", self.text_of[tuple(lines.split())]) if lines else int(plain)
                for key, lines, plain in BLOCK.findall(text)}

    def expected(self, base, ours, theirs):
        """The merged values, and whether one was changed on both sides."""
        merged, both = {}, False
        for key in [*base, *ours, *theirs]:
            before, our, their = base.get(key), ours.get(key), theirs.get(key)
            value = their if our == before else our
            both = both or (our != their and before not in (our, their))
            if value is not None:
                merged[key] = value
        return merged, both

    def test_random_merges(self):
        ended = collections.Counter()
        for number in range(int(os.environ.get("REGVAULT_MERGES", "60"))):
            base = [(f"key{i}", self.secret() if i % 4 else i) for i in range(8)]
            texts = [self.written(items) for items in (base, self.edited(base, "o"), self.edited(base, "t"))]
            for name, text in zip(("base", "ours", "theirs"), texts):
                (self.dir / name).write_text(text)
            result = self.run_program("merge-driver", "base", "ours", "theirs", "vars.yml")
            text = (self.dir / "ours").read_text()
            with self.subTest(seed=self.seed, number=number):
                self.assertIn(result.returncode, (0, 1), result.stderr)
                self.assertEqual(text.count("$ANSIBLE_VAULT"), sum(1 for _, lines, _ in BLOCK.findall(text) if lines))
                values = self.read(text)  # a torn vault would be none of the payloads
                ended["marked" if "<<<<<<<" in text else result.returncode] += 1
                if "<<<<<<<" not in text:
                    self.assertEqual((values, result.returncode == 1), self.expected(*map(self.read, texts)))
        self.assertEqual(len(ended), 3, ended)


program.main()
