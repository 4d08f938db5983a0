"""`regvault rekey` of a repository, killed (SIGKILL) at random moments, and run again: at no moment is there a secret that
neither the old nor the new password opens, and in the end all are under the new one. Ansible's own VaultLib judges.

REGVAULT_FILES and REGVAULT_KILLS make it larger: 1,000 files with 5,000 secrets are the label "long".
"""

import os
import pathlib
import pty
import random
import re
import signal
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor

import program
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

FILES = int(os.environ.get("REGVAULT_FILES", "12"))
KILLS = int(os.environ.get("REGVAULT_KILLS", "6"))
OLD, NEW = b"the old password", b"the new password"
CHUNK = 25


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("!vault", lambda loader, node: {"vault": loader.construct_scalar(node)})


def payloads(text):
    """Path → payload; of a file that is one vault, "" → it."""
    if text.startswith("$ANSIBLE_VAULT"):
        return {"": text}
    found = {}

    def look(value, path):
        if isinstance(value, dict) and set(value) == {"vault"}:
            found[path] = value["vault"]
        elif isinstance(value, dict):
            for key, inner in value.items():
                look(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                look(inner, f"{path}[{number}]")

    look(yaml.load(text, Loader), "")
    return found


def told(path):
    """What the secrets of a file are, and under which password: {path: (text, "old" or "new")}."""
    ring = {"old": VaultLib([("default", VaultSecret(OLD))]), "new": VaultLib([("default", VaultSecret(NEW))])}
    out = {}
    for key, payload in payloads(pathlib.Path(path).read_text()).items():
        for name, vault in ring.items():
            try:
                out[key] = (vault.decrypt(payload.encode()), name)
                break
            except Exception:  # noqa: BLE001: Ansible's own words for "another password"
                continue
        else:
            raise AssertionError(f"{path} {key}: neither the old nor the new password opens it")
    return out


def make_file(job):
    """A file of the repository, and its secrets' texts."""
    path, number = job
    chosen = random.Random(number)
    vault = VaultLib([("default", VaultSecret(OLD))])
    secret = VaultSecret(OLD)
    label = chosen.choice([None, "dev", "site"])

    def sealed(text):
        return vault.encrypt(text, secret=secret, vault_id=label).decode()

    path.parent.mkdir(parents=True, exist_ok=True)
    if number % 10 == 9:
        text = f"token: {number}\n"
        path.write_text(sealed(text))
        return {"": text.encode()}
    lines, texts = [f"# file {number}", "plain: value   # stays"], {}
    for i in range(chosen.choice([5, 6])):
        indent = " " * chosen.choice([2, 4, 10])
        texts[f".secret_{i}"] = f"{number}/{i}".encode()
        block = "\n".join(indent + line for line in sealed(f"{number}/{i}").splitlines())
        lines.append(f"secret_{i}: !vault |\n{block}")
        if chosen.random() < 0.3:
            lines.append("# a comment\n")
    path.write_text("\n".join(lines) + "\n")
    return texts


class RekeyTree(program.Case):
    def setUp(self):
        super().setUp()
        (self.dir / "old").write_bytes(OLD)
        (self.dir / "new").write_bytes(NEW)
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.dir / "old")
        self.tree = self.dir / "repository"
        self.paths = [self.tree / f"group_vars/g{i // 20}/file{i}.yml" for i in range(FILES)]
        self.pool = ProcessPoolExecutor()
        self.addCleanup(self.pool.shutdown)
        self.texts = dict(zip(self.paths, self.pool.map(make_file, zip(self.paths, range(FILES)), chunksize=CHUNK)))
        self.git("init", "-q")
        self.git("add", ".")

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.tree, *arguments], check=True, env=self.environment)

    def command(self, *more):
        return [program.PROGRAM, "rekey", "--new-vault-password-file", str(self.dir / "new"), *more, str(self.tree)]

    def judge(self, paths):
        """Those of the files that are new now; every secret of all of them is opened."""
        new = set()
        for path, secrets in zip(paths, self.pool.map(told, paths, chunksize=CHUNK)):
            self.assertEqual({key: text for key, (text, _) in secrets.items()}, self.texts[path])
            states = {state for _, state in secrets.values()}
            self.assertEqual(len(states), 1, f"{path} is half old, half new")
            new |= {path} if states == {"new"} else set()
        return new

    def test_killed_at_random_moments(self):
        originals = {path: path.read_bytes() for path in self.paths}
        start = time.monotonic()
        subprocess.run(self.command("--dry-run"), check=True, env=self.environment, capture_output=True)
        took = 6 * (time.monotonic() - start)  # one block of key derivation of six is done by then
        known, new, moments = dict(originals), set(), []
        for kill in range(KILLS):
            if len(new) == FILES:
                for path, content in originals.items():
                    path.write_bytes(content)
                known, new = dict(originals), set()
            self.run_and_kill(kill, took)
            changed = [path for path in self.paths if path.read_bytes() != known[path]]
            new |= self.judge(changed)
            known |= {path: path.read_bytes() for path in changed}
            moments.append(len(new))
        total = sum(len(texts) for texts in self.texts.values())
        print(f"  {FILES} files, {total} secrets; files that were new after each kill: {moments}")
        self.run_to_the_end(total, bool(new))

    def run_to_the_end(self, total, some_are_new):
        result = subprocess.run(self.command(), env=self.environment, capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.judge(self.paths), set(self.paths))
        said = re.search(r"regvault: (\d+) secrets in \d+ files rekeyed(?:, (\d+) under the new)?", result.stderr)
        self.assertEqual(int(said[1]) + int(said[2] or 0), total, result.stderr)
        self.assertEqual(said[2] is not None, some_are_new, result.stderr)
        left = [name for name in self.listing() if name not in {str(path) for path in self.paths}]
        self.assertTrue(all(name.endswith(".yml.regvault") for name in left), left)
        for path in self.paths:
            if not path.read_text().startswith("$ANSIBLE"):
                self.assertIn("plain: value   # stays\n", path.read_text())

    def run_and_kill(self, number, took):
        """Half of them at any moment, half soon after the first file was replaced."""
        before = {path: path.stat().st_ino for path in self.paths}
        process = subprocess.Popen(self.command(*(["--keep-going"] if number % 4 == 1 else [])), env=self.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if number % 2:
            time.sleep(random.random() * took)
        else:
            while process.poll() is None and all(path.stat().st_ino == inode for path, inode in before.items()):
                time.sleep(0.001)
            time.sleep(random.random() * 0.002 * FILES)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def listing(self):
        return [str(path) for path in self.tree.rglob("*") if path.is_file() and ".git" not in path.parts]

    def test_a_bar_on_a_terminal_and_nothing_of_it_in_a_pipe(self):
        quiet = subprocess.run(self.command("--dry-run"), env=self.environment, capture_output=True)
        self.assertNotIn(b"\r", quiet.stderr)
        self.assertNotIn(b"\x1b", quiet.stderr)
        leader, terminal = pty.openpty()
        slowly = {**self.environment, "REGVAULT_KDF": "portable"}  # what is over at once has no bar
        process = subprocess.Popen(self.command(), env=slowly, stdout=subprocess.DEVNULL, stderr=terminal)
        os.close(terminal)
        said = b""
        try:
            while piece := os.read(leader, 65536):
                said += piece
        except OSError:  # the other end was closed
            pass
        self.assertEqual(process.wait(), 0)
        os.close(leader)
        bars = re.findall(rb"\rregvault: [a-z ]+  \[[#.]{16}\]  \d+/\d+  \d+/s  \d+ (?:s|min) left\x1b\[K", said)
        self.assertTrue(bars, said)
        self.assertTrue(said.endswith(b"another file\r\n"), said)


if __name__ == "__main__":
    program.main()
