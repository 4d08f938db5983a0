"""Random inventories on disk, and settings.

Every value is text that occurs nowhere else ("v123"), so that a value tells its place.
"""

import json
import os
import random

GROUPS = ["web", "db", "eu", "my-group", "a.b", "g6", "g7", "zz"]
HOSTS = ["h1", "h2", "h3", "db", "n-4.example.org", "10.0.0.7", "localhost", "x_y", "k9"]
PATTERNS = ["w[01:03]", "n[a:c].example.org", "r[1:7:3]x[0:1]", "p5:2222", "[2001:db8::1]:22", "2001:db8::2",
            "q[8:11]:99"]
PRECEDENCE = ["all_inventory", "groups_inventory", "all_plugins_inventory", "all_plugins_play",
              "groups_plugins_inventory", "groups_plugins_play"]
NAMES = ["s0", "s1", "s2", "d0", "d1", "d2", "l0", "mixed"]


class Text(str):
    """A scalar, in the clear."""


class Vault(str):
    """A scalar that is to be tagged !vault."""


class Generator:
    def __init__(self, seed, directory):
        self.random = random.Random(seed)
        self.directory = directory
        self.counter = 0
        self.merge = self.random.random() < 0.5
        self.precedence = list(PRECEDENCE)
        if self.random.random() < 0.15:
            self.random.shuffle(self.precedence)
            del self.precedence[self.random.randint(3, 6):]
        self.valid_names = self.random.random() < 0.15

    def chance(self, share):
        return self.random.random() < share

    def write(self, path, text, mode=None):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if mode:
            os.chmod(path, mode)

    # Values

    def scalar(self):
        self.counter += 1
        if self.chance(0.05) and not self.merge:
            return Vault(f"v{self.counter}")
        return Text(f"v{self.counter}" if self.chance(0.9) else f"{{{{ v{self.counter} }}}}")

    def value(self, name, depth=0):
        kind = name[0] if depth == 0 and name != "mixed" else self.random.choice("ssssdln")
        if kind == "s" or depth > 2:
            return self.scalar()
        if kind == "n":
            return None
        if kind == "l":
            return [self.value("x", depth + 1) for _ in range(self.random.randint(0, 3))]
        return {key: self.value(key, depth + 1) for key in self.random.sample("abcd", self.random.randint(0, 3))}

    def variables(self, at_most=4):
        names = self.random.sample(NAMES, self.random.randint(0, at_most))
        return {name: self.value(name) for name in names}

    # YAML

    def yaml_scalar(self, value, flow=False):
        if value is None:
            return self.random.choice(["null", "~"] + ([] if flow else [""]))
        if isinstance(value, Vault):
            return f'!vault "$ANSIBLE_VAULT;1.1;AES256\\n{value}"'
        if value.startswith("{"):
            return f'"{value}"'
        return self.random.choice(["{}", "'{}'", '"{}"', "!!str {}", "!unsafe {}"]).format(value)

    def yaml_key(self, key):
        needs_quotes = key.startswith("[") or "::" in key
        return f'"{key}"' if needs_quotes or self.chance(0.05) else key

    def yaml_flow(self, value):
        if isinstance(value, dict):
            return "{" + ", ".join(f'"{key}": {self.yaml_flow(item)}' for key, item in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self.yaml_flow(item) for item in value) + "]"
        if isinstance(value, int):
            return str(value)
        return self.yaml_scalar(value, flow=True)

    def yaml_block(self, value, indent, lines):
        """The lines of a mapping."""
        pad = " " * indent
        step = self.random.choice([2, 2, 4])
        for key, item in value.items():
            key = self.yaml_key(key)
            if self.chance(0.1):
                lines.append(f"{pad}# a comment: {{}}")
            if isinstance(item, dict) and item and self.chance(0.7):
                if all(isinstance(part, Text) and part.isalnum() for part in item.values()) and self.chance(0.2):
                    anchor = f"a{len(lines)}"
                    lines.append(f"{pad}unseen_{anchor}: &{anchor}")
                    self.yaml_block(item, indent + step, lines)
                    lines.append(f"{pad}{key}:")
                    lines.append(f"{pad}{' ' * step}<<: *{anchor}")
                    continue
                lines.append(f"{pad}{key}:")
                self.yaml_block(item, indent + step, lines)
            elif isinstance(item, list) and item and self.chance(0.7):
                lines.append(f"{pad}{key}:")
                for part in item:
                    lines.append(f"{pad}- {self.yaml_flow(part)}")
            elif isinstance(item, (dict, list)):
                lines.append(f"{pad}{key}: {self.yaml_flow(item)}")
            elif isinstance(item, Text) and self.chance(0.1):
                lines.append(f"{pad}{key}: |-")
                lines.append(f"{pad}{' ' * step}{item}")
            elif isinstance(item, Text) and item.isalnum() and self.chance(0.05):
                lines.append(f"{pad}unseen_{item}: &{item} {item}")
                lines.append(f"{pad}{key}: *{item}")
            else:
                text = self.yaml_scalar(item) if not isinstance(item, int) else str(item)
                lines.append(f"{pad}{key}: {text}{self.random.choice(['', '', '  # why'])}".rstrip())

    def yaml_text(self, value):
        if not value:
            return self.random.choice(["", "---\n", "{}\n", "# nothing\n"])
        lines = ["---"] if self.chance(0.5) else []
        self.yaml_block(value, 0, lines)
        end = "\r\n" if self.chance(0.05) else "\n"
        return end.join(lines) + (end if self.chance(0.9) else "")

    def json_text(self, value):
        def plain(item):
            if isinstance(item, dict):
                return {key: plain(part) for key, part in item.items()}
            if isinstance(item, list):
                return [plain(part) for part in item]
            if isinstance(item, Vault):
                return {"__ansible_vault": f"$ANSIBLE_VAULT;1.1;AES256\n{item}"}
            return item
        return json.dumps(plain(value), indent=self.random.choice([None, 2, "\t"]))

    # Inventories

    def priority(self, variables, share=0.2):
        if self.chance(share):
            variables["ansible_group_priority"] = self.random.choice([0, 2, 5, 10, -1])
        return variables

    def hosts(self):
        names = self.random.sample(HOSTS + PATTERNS, self.random.randint(0, 4))
        return {name: self.random.choice([None, self.variables(), self.variables(2)]) for name in names}

    def group(self, position, depth):
        data = {}
        sections = self.random.sample(["hosts", "vars", "children", "odd"], self.random.randint(0, 3))
        for section in sections:
            if section == "hosts":
                data["hosts"] = self.hosts() if self.chance(0.9) else Text(self.random.choice(HOSTS))
            elif section == "vars":
                data["vars"] = self.priority(self.variables()) if self.chance(0.95) else None
            elif section == "children" and depth < 4:
                below = GROUPS[position + 1:]
                if self.chance(0.02):
                    below = GROUPS  # may end in a loop, where Ansible stops reading
                names = self.random.sample(below, min(len(below), self.random.randint(0, 3)))
                data["children"] = {name: self.group(GROUPS.index(name), depth + 1) for name in names}
            elif self.chance(0.3):
                data["odd"] = {"s0": self.scalar()}
        if not data and self.chance(0.3):
            return None
        return data

    def yaml_inventory(self):
        top = {}
        if self.chance(0.8):
            top["all"] = self.group(-1, 0)
        for name in self.random.sample(GROUPS, self.random.randint(0, 4)):
            top[name] = self.group(GROUPS.index(name), 0)
        if self.chance(0.15):
            top["ungrouped"] = self.group(len(GROUPS), 0)
        return top

    def ini_value(self, value, on_host_line):
        def literal(item):
            if isinstance(item, dict):
                return "{" + ", ".join(f"'{key}': {literal(part)}" for key, part in item.items()) + "}"
            if isinstance(item, list):
                return self.random.choice(["[{}]", "({}{})" if item else "({})"]).format(
                    ", ".join(literal(part) for part in item), ",")
            return "None" if item is None else f"'{item}'"
        if isinstance(value, (dict, list)):
            text = literal(value)
            return f'"{text}"' if on_host_line else text
        if value is None:
            return self.random.choice(["None", ""])
        if isinstance(value, int):
            return str(value)
        if value.startswith("{"):
            return f"'{value}'" if on_host_line else value
        return self.random.choice(['{}', '"{}"', "'{}'", "\"'{}'\""]).format(value)

    def ini_inventory(self):
        lines = []

        def host_lines():
            for name, variables in self.hosts().items():
                words = [f"{key}={self.ini_value(item, True)}" for key, item in (variables or {}).items()]
                lines.append("  ".join([name, *words]) + self.random.choice(["", "", "  # why not"]))

        if self.chance(0.4):
            host_lines()
        sections = []
        for name in self.random.sample(GROUPS + ["all", "ungrouped"], self.random.randint(1, 5)):
            kinds = self.random.sample(["", "vars", "children"], self.random.randint(1, 3))
            sections += [(name, kind) for kind in kinds]
        self.random.shuffle(sections)
        for name, kind in sections:
            if self.chance(0.2):
                lines.append(self.random.choice(["; note", "# note", ""]))
            lines.append(f"[{name}{':' if kind else ''}{kind}]{self.random.choice(['', '  # x'])}")
            if kind == "vars":
                for key, item in self.priority(self.variables()).items():
                    equals = self.random.choice(["=", " = "])
                    lines.append(f"{key}{equals}{self.ini_value(item, False)}")
            elif kind == "children" and name != "ungrouped":
                position = GROUPS.index(name) if name in GROUPS else -1
                below = GROUPS[position + 1:]
                lines += self.random.sample(below, min(len(below), self.random.randint(0, 2)))
            elif not kind:
                host_lines()
        known = {name for name, kind in sections if kind != "vars"}
        if self.chance(0.95):  # else: undeclared groups, which Ansible refuses at the end
            for name in GROUPS:
                if name not in known:
                    lines.append(f"[{name}]")
        return "\n".join(lines) + "\n"

    def inventory_file(self, folder, name):
        kind = self.random.choice(["yaml", "yaml", "ini", "json"])
        mode = None
        if kind == "ini":
            path = os.path.join(folder, name + self.random.choice(["", ".prod", ".inv"]))
            text = self.ini_inventory()
            if self.chance(0.05):
                text = "#!/bin/false\n" + text  # not executable: Ansible reads on
            elif self.chance(0.05):
                mode = 0o755  # no format the system would execute
        elif kind == "json":
            path = os.path.join(folder, name + self.random.choice([".json", ".yml", ""]))
            text = self.json_text(self.yaml_inventory())
        else:
            path = os.path.join(folder, name + self.random.choice([".yml", ".yaml", ""]))
            text = self.yaml_text(self.yaml_inventory())
        self.write(path, text, mode)
        return path

    # group_vars, host_vars

    def vars_file(self, path):
        variables = self.variables(5)
        if self.chance(0.05):
            variables["ansible_group_priority"] = 7
        is_json = path.endswith(".json") or self.chance(0.1)
        self.write(path, self.json_text(variables) if is_json else self.yaml_text(variables))

    def vars_directory(self, path, depth=0):
        os.makedirs(path, exist_ok=True)
        names = ["a.yml", "b.yaml", "c.json", "d", "E.yml", ".hidden.yml", "copy.yml~", "f.txt", "g.d"]
        for name in self.random.sample(names, self.random.randint(0, 4)):
            self.vars_file(os.path.join(path, name))
        if depth < 2 and self.chance(0.3):
            self.vars_directory(os.path.join(path, self.random.choice(["aa", "sub", "x.d", ".h"])), depth + 1)

    def vars_of(self, folder, name):
        for extension in self.random.sample(["", ".yml", ".yaml", ".json"], self.random.choice([1, 1, 1, 2, 3])):
            path = os.path.join(folder, name + extension)
            if os.path.exists(path):
                continue
            if extension in ("", ".yml") and self.chance(0.3 if extension == "" else 0.05):
                self.vars_directory(path)
            else:
                self.vars_file(path)

    def vars_beside(self, folder):
        if self.chance(0.6):
            for name in self.random.sample(["all", "all", "ungrouped", *GROUPS], self.random.randint(1, 5)):
                self.vars_of(os.path.join(folder, "group_vars"), name)
        if self.chance(0.6):
            names = ["h1", "h2", "h3", "w01", "w02", "na.example.org", "10.0.0.7", "localhost", "p5", "db", "r1x0",
                     "host5"]
            for name in self.random.sample(names, self.random.randint(1, 4)):
                self.vars_of(os.path.join(folder, "host_vars"), name)

    # All of it

    def directory_source(self, folder):
        os.makedirs(folder, exist_ok=True)
        for name in self.random.sample(["10-a", "20-b", "30_c", "Z"], self.random.randint(1, 3)):
            self.inventory_file(folder, name)
        for name in self.random.sample([".dot.yml", "old.bak", "x.ini", "n.md", "vars_plugins/y.yml", "t~"], 2):
            self.write(os.path.join(folder, name), self.yaml_text(self.yaml_inventory()))
        if self.chance(0.3):
            self.directory_source(os.path.join(folder, self.random.choice(["15-sub", "sub"])))

    def sources(self):
        sources = []
        for i in range(self.random.choice([1, 1, 1, 2, 2, 3])):
            kind = self.random.random()
            folder = os.path.join(self.directory, self.random.choice(["", "inv", f"inv{i}"]))
            if kind < 0.1:
                sources.append(self.random.choice(["h1,host5", "h2,", "p5:2222, [::1]:22,k9", "localhost,"]))
                continue
            if kind < 0.35:
                folder = os.path.join(self.directory, f"dir{i}")
                self.directory_source(folder)
                sources.append(folder)
            else:
                sources.append(self.inventory_file(folder, f"hosts{i}"))
            self.vars_beside(folder)
        if self.chance(0.05):
            sources.append(sources[0])
        play = None
        if self.chance(0.5):
            play = os.path.join(self.directory, "play")
            os.makedirs(play, exist_ok=True)
            self.vars_beside(play)
        elif self.chance(0.3):
            self.vars_beside(self.directory)
        return sources, play
