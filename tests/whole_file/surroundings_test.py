"""Where ansible-vault refuses to work: no locale, non-blocking streams, no home."""

import fcntl
import os
import subprocess
import threading
import time

import faces
import vaults
from faces import FACES, OLD, TEXT


class Surroundings(faces.Case):
    def assert_all_verbs_work(self, **options):
        def check(face, operation):
            for path in (self.work, self.file):
                os.chown(path, options.get("user", 0), options.get("group", 0))
            result = self.run_here(self.command(face, operation), **options)
            self.assertEqual((result.returncode, operation.state(self.file.read_bytes())), (0, "new"), result.stderr)
            self.assertNotIn(b"arning", result.stderr)
        self.for_each(check)
        for face in FACES:
            self.put(vaults.make(TEXT, OLD))
            self.file.chmod(0o644)
            viewed = self.run_here(face.command("view", "vault.yml"), **options)
            self.assertEqual((viewed.returncode, viewed.stdout, viewed.stderr), (0, TEXT, b""))

    # -------------------------------------------------------------------------------------------------------- locale

    def test_no_locale(self):
        for locale in ({"LC_ALL": "C"}, {"LANG": "no_SUCH.locale"}, {"LC_ALL": "de_DE.ISO-8859-1"}, {"LANG": ""}):
            self.environment = {name: value for name, value in self.environment.items() if name != "LANG"} | locale
            self.assert_all_verbs_work()

    def test_text_of_any_language_without_a_locale(self):
        self.environment["LC_ALL"] = "C"
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        text = "pässword: Ünïcode ✓\n".encode()
        (self.dir / "old").write_bytes("schlüssel\n".encode())
        for face in FACES:
            name = self.work / "geheimnis-ü.yml"
            name.write_bytes(text)
            secret = ["--vault-id", f"me@{self.dir}/old"]
            encrypted = self.run_here(face.command("encrypt", *secret, name.name))
            self.assertEqual(encrypted.returncode, 0, encrypted.stderr)
            self.assertTrue(name.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;me\n"))
            viewed = self.run_here(face.command("view", *secret, name.name))
            self.assertEqual((viewed.returncode, viewed.stdout), (0, text), viewed.stderr)
            name.unlink()

    # -------------------------------------------------------------------------------------------------- non-blocking

    def through_non_blocking_pipes(self, command, data):
        """All three streams do not block; the writer and the reader are slow."""
        pipes = [os.pipe() for _ in range(3)]
        (stdin, to_child), (from_child, stdout), (errors, stderr) = pipes
        for stream in (stdin, stdout, stderr):
            fcntl.fcntl(stream, fcntl.F_SETFL, fcntl.fcntl(stream, fcntl.F_GETFL) | os.O_NONBLOCK)
        process = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=self.work,
                                   env=self.environment, start_new_session=True)
        for stream in (stdin, stdout, stderr):
            os.close(stream)
        writer = threading.Thread(target=write_slowly, args=(to_child, data))
        writer.start()
        time.sleep(0.3)  # its pipe is full by now
        with open(from_child, "rb") as file, open(errors, "rb") as messages:
            output = file.read()
            writer.join()
            return process.wait(), output, messages.read()

    def test_non_blocking_streams(self):
        text = TEXT * 30_000  # more than a pipe holds, both ways
        for face in FACES:
            sealed = self.through_non_blocking_pipes(face.command("encrypt", "-"), text)
            self.assertEqual((sealed[0], sealed[2]), (0, b""))
            self.assertEqual(vaults.tell(sealed[1]), vaults.tell(vaults.make(text, OLD)))
            words = ["-", "--output", "-"] if face is faces.ANSIBLE_VAULT else ["-"]
            decrypt = [word for word in face.command("decrypt", *words) if word != "--in-place"]
            self.assertEqual(self.through_non_blocking_pipes(decrypt, sealed[1]), (0, text, b""))

    def test_non_blocking_streams_of_other_verbs(self):
        self.put(vaults.make(TEXT, OLD))
        for face in FACES:
            self.assertEqual(self.through_non_blocking_pipes(face.command("view", "vault.yml"), b""), (0, TEXT, b""))
            command = face.command("encrypt_string", "--stdin-name", "pat")
            code, output, error = self.through_non_blocking_pipes(command, TEXT)
            self.assertEqual(code, 0, error)
            self.assertTrue(output.startswith(b"pat: !vault |\n"), output)

    # ---------------------------------------------------------------------------------------------------------- home

    def test_a_home_that_is_none(self):
        self.dir.chmod(0o755)
        file = self.dir / "file"
        file.touch()
        for home in ("/no/such/home", str(file), "", "relative", "/proc", None):
            with self.subTest(home=home):
                self.environment.pop("HOME", None)
                if home is not None:
                    self.environment["HOME"] = home
                self.assert_all_verbs_work()

    def test_a_home_that_cannot_be_written_or_read(self):
        """As another user, in root's home."""
        self.dir.chmod(0o755)
        for mode in (0o555, 0o700):
            self.home.chmod(mode)
            self.assert_all_verbs_work(user=65534, group=65534)
        self.assertEqual(os.listdir(self.home), [])


def write_slowly(pipe, data):
    with open(pipe, "wb", buffering=0) as file:
        time.sleep(0.2)  # the first read finds nothing
        for at in range(0, len(data), 300_000):
            file.write(data[at:at + 300_000])
            time.sleep(0.02)


if __name__ == "__main__":
    faces.main()
