#!/usr/bin/python3
"""What a host sees, and from which line: the library's answer against Ansible's, over random inventories.

Usage: parity_test.py SHOW_INVENTORY [HOW_MANY [FIRST_SEED]]

Every value is unique text, so a place is right when the text that Ansible sees stands in that line.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import ansible_view
from generator import Generator

TOKEN = re.compile(r"v\d+")


class Lines:
    def __init__(self):
        self.files = {}

    def at(self, place):
        path, number = place.rsplit(":", 1)
        if number == "0":
            return path
        if path not in self.files:
            self.files[path] = pathlib.Path(path).read_text().splitlines()
        lines = self.files[path]
        line = lines[int(number) - 1]
        return line + "\n" + lines[int(number)] if line.endswith(("|-", ": {", "\t{", " {")) else line


def difference(ours, theirs, lines, path):
    """None, or what is different."""
    form, place, *members = ours
    line = lines.at(place)
    if isinstance(theirs, dict):
        if form != "mapping" or set(members[0]) != set(theirs):
            return f"{path}: {ours} is not {theirs}"
        return first(difference(members[0][key], theirs[key], lines, f"{path}.{key}") for key in theirs)
    if isinstance(theirs, (list, tuple)):
        if form != "list" or len(members[0]) != len(theirs):
            return f"{path}: {ours} is not {theirs}"
        return first(difference(a, b, lines, f"{path}[]") for a, b in zip(members[0], theirs))
    if type(theirs).__name__ == "AnsibleVaultEncryptedUnicode":
        text = theirs._ciphertext.decode().split("\n")[1]
        return None if form == "vault" and text in line else f"{path}: {ours} is not the vault {text}"
    if theirs is None:
        return None if form == "null" else f"{path}: {ours} is not null"
    text = str(theirs)
    wanted = TOKEN.search(text)
    wanted = wanted.group() if wanted else text
    expected = "template" if "{{" in text else "plain"
    if form != expected or not re.search(rf"(?<!\w){re.escape(wanted)}(?!\d)", line):
        return f"{path}: {form} at {place} ({line!r}) is not {text!r}"
    return None


def first(differences):
    return next((d for d in differences if d), None)


def compare(answer, theirs):
    lines = Lines()
    ours = answer["hosts"]
    if list(ours) != list(theirs):
        return f"hosts {list(ours)} are not {list(theirs)}"
    for host, (groups, variables) in theirs.items():
        if ours[host]["groups"][1:] != groups:
            return f"{host}: groups {ours[host]['groups']} are not {groups}"
        seen = ours[host]["variables"]
        if set(seen) != set(variables):
            return f"{host}: variables {sorted(seen)} are not {sorted(variables)}"
        found = first(difference(seen[name], variables[name], lines, f"{host} {name}") for name in variables)
        if found:
            return found
    return None


def count(value):
    if isinstance(value, dict):
        return sum(count(item) for item in value.values())
    return 1


def main():
    program = sys.argv[1]
    how_many = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    first_seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    keep = len(sys.argv) > 3
    top = os.path.realpath(tempfile.mkdtemp(prefix="regvault-inventory-"))
    ours = subprocess.Popen([program, "--cases"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    totals = {"inventories": 0, "hosts": 0, "variables": 0, "refused": 0, "with unread sources": 0}
    failures = 0
    for seed in range(first_seed, first_seed + how_many):
        directory = os.path.join(top, str(seed))
        os.mkdir(directory)
        generator = Generator(seed, directory)
        sources, play = generator.sources()
        settings = {"ANSIBLE_HASH_BEHAVIOUR": "merge" if generator.merge else "replace",
                    "ANSIBLE_PRECEDENCE": ",".join(generator.precedence),
                    "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": "silently" if generator.valid_names else "ignore"}
        words = [*(f"{name}={value}" for name, value in settings.items()), "HOME=/nonexistent-home",
                 f"ANSIBLE_CONFIG={ansible_view.CONFIG}", f"@{directory}"]
        for source in sources:
            words += ["-i", source]
        if play:
            words += ["--playbook-dir", play]
        ours.stdin.write("\t".join(words) + "\n")
        ours.stdin.flush()
        answer = ours.stdout.readline()
        try:
            theirs = ansible_view.view(sources, directory, play, settings)
        except Exception as error:  # Ansible stops altogether; so nobody sees anything
            totals["refused"] += 1
            if keep:
                print(f"seed {seed}: Ansible: {error}")
            continue
        answer = json.loads(answer)
        problem = compare(answer, theirs)
        totals["inventories"] += 1
        totals["hosts"] += len(theirs)
        totals["variables"] += sum(count(variables) for _, variables in theirs.values())
        totals["with unread sources"] += bool(answer["unread"])
        if problem:
            failures += 1
            print(f"seed {seed}: {problem}\n  {' '.join(words)}\n  unread: {answer['unread']}")
            if failures == 10:
                break
        elif not keep:
            shutil.rmtree(directory)
    ours.stdin.close()
    ours.wait()
    os.chdir("/")
    if not failures and not keep:
        shutil.rmtree(top)
    print(", ".join(f"{number} {name}" for name, number in totals.items()), f"- {failures} different")
    # a generator that makes nothing to compare would always pass
    few = totals["variables"] < 20 * how_many or totals["refused"] > how_many // 4
    return 1 if failures or (few and how_many >= 100) else 0


if __name__ == "__main__":
    sys.exit(main())
