"""docs/library.md and examples/README.md against what is installed, and against the examples themselves.

Usage: library_page_test.py PROJECT PREFIX [unittest arguments]
"""

import pathlib
import re
import sys
import unittest

PROJECT = pathlib.Path(sys.argv.pop(1)).resolve()
PREFIX = pathlib.Path(sys.argv.pop(1)).resolve()
PAGE = PROJECT / "docs/library.md"
README = PROJECT / "examples/README.md"
EXAMPLES = sorted((PROJECT / "examples/library").glob("*.cpp"))


def section(title):
    return PAGE.read_text().split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def rows(text):
    """The cells of a table's rows, without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()
            if line.startswith("| ") and not line.startswith(("| verb", "| target"))]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


class LibraryPage(unittest.TestCase):
    def test_every_verb_has_a_row(self):
        table = (PROJECT / "tools/regvault/commands.cpp").read_text()
        verbs = set(re.findall(r'Command\{"([a-z0-9_-]+)"', table))
        named = {verb for row in rows(section("What the command line does")) for verb in quoted(row[0])}
        self.assertTrue(verbs)
        self.assertEqual(named, verbs)

    def test_headers_are_installed_and_offer_the_functions(self):
        for verb, headers, functions, _ in rows(section("What the command line does")):
            texts = [(PREFIX / "include" / header.strip("<>")).read_text() for header in quoted(headers)]
            for function in quoted(functions):
                declared = re.compile(rf"^(?:static )?[A-Za-z][\w:<>, ]* {function}\(", re.MULTILINE)
                self.assertTrue(any(map(declared.search, texts)), f"{verb}: {function} is in none of {headers}")

    def test_targets_are_those_installed(self):
        targets = (PREFIX / "lib/cmake/regvault/regvaultTargets.cmake").read_text()
        installed = set(re.findall(r"add_library\((regvault::\w+) ", targets)) - {"regvault::regvault"}
        self.assertEqual({quoted(row[0])[0] for row in rows(section("Rooms and targets"))}, installed)

    def test_code_is_that_of_an_example(self):
        sources = "\n".join(path.read_text() for path in EXAMPLES)
        blocks = re.findall(r"^```cpp\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        self.assertTrue(blocks)
        for part in "\n".join(blocks).split("\n\n"):
            self.assertIn(part.strip(), sources)

    def test_every_example_is_on_both_pages(self):
        build = (PROJECT / "examples/library/CMakeLists.txt").read_text()
        for path in EXAMPLES:
            self.assertIn(f"(../examples/library/{path.name})", PAGE.read_text())
            self.assertIn(f"(library/{path.name})", README.read_text())
            self.assertRegex(build, rf"\b{path.stem}\b")

    def test_links_lead_somewhere(self):
        for page in (PAGE, README):
            for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
                self.assertTrue((page.parent / link).exists(), f"{page.name}: {link}")


if __name__ == "__main__":
    unittest.main()
