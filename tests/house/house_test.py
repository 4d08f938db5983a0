"""Checks every #include of the project against lib/rooms.txt, and the table against the drawing.

Usage: house_test.py PROJECT [unittest arguments]
"""

import pathlib
import re
import sys
import unittest

PROJECT = pathlib.Path(sys.argv.pop(1)).resolve()
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)

# How an include names a third-party library, and where it may stand. Rooms are taken from the table.
THIRD_PARTY = {
    "boost/process": re.compile(r"^boost/(?!json|beast|asio/buffer)"),  # with what it needs of Boost
    "boost/json": re.compile(r"^boost/json"),
    "boost/beast": re.compile(r"^boost/beast"),
    "openssl": re.compile(r"^openssl/"),
    "yaml-cpp": re.compile(r"^yaml-cpp/"),
    "CLI11": re.compile(r"^CLI/"),
    "GoogleTest": re.compile(r"^g(test|mock)/"),
}
OUTSIDE = {
    "CLI11": ["tools/regvault"],
    "GoogleTest": ["tests"],
    "openssl": ["tests/unit", "lib/regvault/net/"],  # what ours is compared with; TLS
}

# What the static binaries for hosts may contain (the reason: size, and no OpenSSL on hosts).
SMALL = {"base", "secret", "system", "json", "registry"}
MODULE_ROOMS = {"login": SMALL, "login_info": SMALL}


def read_rooms():
    rooms = {}
    for line in (PROJECT / "lib/rooms.txt").read_text().splitlines():
        if line and line[0].isdigit():
            floor, name, library, *uses = line.split()
            rooms[name] = {
                "floor": int(floor),
                "library": None if library == "-" else library,
                "uses": [use for use in uses if use != "-"],
            }
    return rooms


ROOMS = read_rooms()


def sources(*folders):
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path, INCLUDE.findall(path.read_text())


def room_of(include):
    match = re.match(r"regvault/([a-z_]+)/[a-z0-9_]+\.hpp$", include)
    return match.group(1) if match and match.group(1) in ROOMS else None


class House(unittest.TestCase):
    def test_table_points_down(self):
        for name, room in ROOMS.items():
            for used in room["uses"]:
                self.assertIn(used, ROOMS, f"{name} uses {used}, which is no room")
                self.assertLess(ROOMS[used]["floor"], room["floor"], f"{name} -> {used} does not go down")

    def test_every_folder_is_a_room(self):
        folders = {p.name for p in (PROJECT / "lib/regvault").iterdir() if p.is_dir()}
        self.assertEqual(folders, set(ROOMS))

    def test_rooms_include_only_what_the_table_allows(self):
        for path, includes in sources("lib/regvault"):
            room = path.relative_to(PROJECT / "lib/regvault").parts[0]
            for include in includes:
                used = room_of(include)
                if used and used != room:
                    self.assertIn(used, ROOMS[room]["uses"], f"{path}: includes <{include}>")

    def test_table_says_no_more_than_is_used(self):
        used = {name: set() for name in ROOMS}
        for path, includes in sources("lib/regvault"):
            room = path.relative_to(PROJECT / "lib/regvault").parts[0]
            used[room] |= {room_of(include) for include in includes}
        for name, room in ROOMS.items():
            for allowed in room["uses"]:
                self.assertIn(allowed, used[name], f"{name} may use {allowed}, but does not: take it out of the table")

    def test_third_party_libraries_stay_in_their_rooms(self):
        for path, includes in sources("lib", "tools", "ansible_module", "tests", "examples"):
            place = str(path.relative_to(PROJECT))
            for include in includes:
                for library, pattern in THIRD_PARTY.items():
                    if pattern.match(include):
                        homes = [f"lib/regvault/{n}/" for n, r in ROOMS.items() if r["library"] == library]
                        homes += OUTSIDE.get(library, [])
                        self.assertTrue(any(place.startswith(h) for h in homes), f"{place}: includes <{include}>")

    def test_lower_rooms_do_not_know_the_faces(self):
        for path, includes in sources("lib"):
            for include in includes:
                self.assertFalse(re.match(r"(tools|ansible_module|tests)/", include), f"{path}: <{include}>")

    def test_the_login_module_stays_small(self):
        for module, allowed in MODULE_ROOMS.items():
            for path, includes in sources(f"ansible_module/{module}"):
                for include in includes:
                    if room_of(include):
                        self.assertIn(room_of(include), allowed, f"{path}: includes <{include}>")

    def test_the_tests_behind_the_comparison_are_there(self):
        named = re.findall(r"`([a-z_/]+)::(test_[a-z_]+)`", (PROJECT / "docs/comparison.md").read_text())
        self.assertGreater(len(named), 30)
        for file, test in named:
            text = (PROJECT / f"tests/ansible/{file}_test.py").read_text()
            self.assertIn(f"def {test}(self)", text, f"docs/comparison.md names {file}::{test}")

    def test_the_drawing_names_every_room(self):
        drawing = (PROJECT / "docs/architecture.md").read_text()
        for name in ROOMS:
            self.assertRegex(drawing, rf"\b{name}\b", f"docs/architecture.md does not name {name}")


if __name__ == "__main__":
    unittest.main()
