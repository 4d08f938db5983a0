"""What goes wrong in practice: each gets one clear error and the right exit code, and leaves the file as it was."""

import os
import random
import resource
import signal
import subprocess
import threading
import time

import program
from program import KEY


class Accidents(program.Case):
    def setUp(self):
        super().setUp()
        self.set_token()
        self.before = self.inventory.read_bytes()
        self.listing = sorted(os.listdir(self.dir))

    def tearDown(self):
        self.assertEqual(sorted(os.listdir(self.dir)), self.listing, "litter")

    def set_fails(self, code, *texts, options=(), stdin=b"another", **more):
        result = self.run_program("set", "--stdin", *options, self.inventory, KEY, stdin=stdin, **more)
        self.assert_fails(result, code, *texts)
        self.assertEqual(self.inventory.read_bytes(), self.before)

    def test_wrong_password(self):
        (self.dir / "pw").write_text("a wrong one")
        self.set_fails(6, 'no vault secret at hand opens "all.vars.iaas_console.ghcr_pat"')
        self.assert_fails(self.run_program("get", self.inventory, KEY), 6)

    def test_password_file_missing(self):
        self.environment["ANSIBLE_VAULT_PASSWORD_FILE"] = str(self.dir / "nope")
        self.set_fails(7, "nope")

    def test_no_password_and_no_terminal(self):
        del self.environment["ANSIBLE_VAULT_PASSWORD_FILE"]
        self.set_fails(2)

    def test_password_script_fails(self):
        script = self.dir / "pw"
        script.write_text("#!/bin/sh\nexit 3\n")
        script.chmod(0o700)
        self.set_fails(9, "exit code 3")

    def test_missing_file(self):
        self.assert_fails(self.run_program("get", "nope.yml", KEY), 7, 'cannot read "nope.yml": No such file or directory')

    def test_file_is_a_directory(self):
        self.assert_fails(self.run_program("get", self.dir, KEY), 7)

    def test_no_permission(self):
        """As another user, who may read neither the file nor replace it."""
        self.dir.chmod(0o755)
        self.inventory.chmod(0o600)
        (self.dir / "pw").chmod(0o644)
        self.listing = sorted(os.listdir(self.dir))
        self.set_fails(7, "Permission denied", user=65534, group=65534)

    def test_directory_cannot_be_written(self):
        self.dir.chmod(0o755)
        self.inventory.chmod(0o644)
        (self.dir / "pw").chmod(0o644)
        self.set_fails(7, "Permission denied", user=65534, group=65534)

    def test_binary_file(self):
        self.before = bytes(range(256)) * 10
        self.inventory.write_bytes(self.before)
        self.set_fails(5)

    def test_whole_file_vault(self):
        subprocess.run(["ansible-vault", "encrypt", str(self.inventory)], check=True, capture_output=True,
                       env=self.environment, cwd=self.dir)
        self.before = self.inventory.read_bytes()
        self.listing = sorted(os.listdir(self.dir))
        (self.dir / "pw").write_text("a wrong one")
        self.set_fails(6, f'no vault secret at hand opens "{self.inventory}"')

    def test_broken_payload(self):
        text = self.before.decode().replace("$ANSIBLE_VAULT;1.1;AES256\n", "$ANSIBLE_VAULT;1.1;ROT13\n")
        self.before = text.encode()
        self.inventory.write_bytes(self.before)
        self.assert_fails(self.run_program("get", self.inventory, KEY), 8, "ROT13")

    def test_a_secret_in_the_clear_is_not_shown_by_an_error(self):
        self.inventory.write_text(f"pat: {self.token}\npat: {self.token}\n")
        self.assert_fails(self.run_program("get", self.inventory, "pat"), 5, '"pat" is set twice')
        self.inventory.write_text(f"pat: [{self.token}\n")
        self.assert_fails(self.run_program("get", self.inventory, "pat"), 5)

    def test_crlf_bom_and_missing_final_newline_stay(self):
        self.inventory.write_bytes(b"\xef\xbb\xbfa: 1\r\nlast: 2")
        result = self.run_program("set", "--stdin", self.inventory, "pat", stdin=b"x")
        self.assertEqual(result.returncode, 0, result.stderr)
        after = self.inventory.read_bytes()
        self.assertTrue(after.startswith(b"\xef\xbb\xbfa: 1\r\nlast: 2\r\npat: !vault |\r\n"), after)
        self.assertEqual(after.count(b"\n"), after.count(b"\r\n"))

    def test_symlink_mode_and_owner_stay(self):
        target = self.dir / "real.yml"
        self.inventory.rename(target)
        self.inventory.symlink_to("real.yml")
        target.chmod(0o640)
        os.chown(target, 12345, 54321)
        self.set_token(token="another")
        self.assertTrue(self.inventory.is_symlink())
        status = target.stat()
        self.assertEqual((status.st_mode & 0o7777, status.st_uid, status.st_gid), (0o640, 12345, 54321))
        self.listing = sorted(os.listdir(self.dir))

    def test_full_disk(self):
        """A tmpfs too small for the new file, in a mount namespace of its own."""
        script = """
            set -e
            mount -t tmpfs -o size=24k none "$1"
            cd "$1"
            { printf 'pat: old\\n'; head -c 15000 /dev/zero | tr '\\0' '#'; echo; } > f.yml
            cp f.yml /dev/shm/regvault-full-$$
            status=0
            printf token | "$2" set --stdin f.yml pat || status=$?
            cmp f.yml /dev/shm/regvault-full-$$ || echo DIFFERENT
            rm /dev/shm/regvault-full-$$
            ls -A
            exit $status
        """
        mount_point = self.dir / "small"
        mount_point.mkdir()
        result = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", str(mount_point), program.PROGRAM],
                                capture_output=True, env=self.environment)
        self.assert_fails(result, 7, "No space left on device")
        self.assertEqual(result.stdout, b"f.yml\n")
        mount_point.rmdir()

    def test_huge_value(self):
        value = os.urandom(3_000_000)
        result = self.run_program("set", "--stdin", self.inventory, KEY, stdin=value)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.run_program("get", self.inventory, KEY).stdout, value)

    def test_closed_output(self):
        result = subprocess.run(["sh", "-c", '"$0" get inventory.yml "$1" >&-', program.PROGRAM, KEY], cwd=self.dir,
                                env=self.environment, capture_output=True)
        self.assert_fails(result, 7, "standard output")

    def test_set_with_a_full_output(self):
        """The file is written by then: whenever the code is not 0, every file is as it was."""
        with open("/dev/full", "wb") as full:
            result = subprocess.run([program.PROGRAM, "set", "--stdin", self.inventory, KEY], stdout=full,
                                    stderr=subprocess.PIPE, input=b"another", cwd=self.dir,
                                    env=self.environment)
        self.assertEqual(result.returncode, 0)
        self.assertEqual(result.stderr.decode(), "regvault: warning: cannot write standard output: No space left on "
                                                 "device; the file is written all the same\n")
        self.assertEqual(self.get_token(), "another")

    def test_all_streams_closed(self):
        """Their numbers must not be given to the file: the warning about the hard link would end up in it."""
        (self.dir / "value").write_text("another")
        os.link(self.inventory, self.dir / "other.yml")
        self.listing = sorted(os.listdir(self.dir))
        subprocess.run(["sh", "-c", '"$0" set --from-file value inventory.yml "$1" <&- >&- 2>&-', program.PROGRAM, KEY],
                       cwd=self.dir, env=self.environment, check=True)
        self.assertNotIn("regvault: ", self.inventory.read_text())
        self.assertEqual(self.get_token(), "another")

    def test_file_size_limit(self):
        (self.dir / "value").write_text("another")
        self.listing = sorted(os.listdir(self.dir))
        result = subprocess.run(["sh", "-c", 'ulimit -f 0; "$0" set --from-file value inventory.yml "$1"',
                                 program.PROGRAM, KEY], cwd=self.dir, env=self.environment, capture_output=True)
        self.assert_fails(result, 7, "File too large")
        self.assertEqual(self.inventory.read_bytes(), self.before)

    def test_many_processes_lose_nothing(self):
        """Each sets a key of its own, all at once: in the end all are there."""
        def set_key(number):
            result = self.run_program("set", "--stdin", self.inventory, f"all.vars.key{number}", stdin=b"%d" % number)
            self.assertEqual(result.returncode, 0, result.stderr)
        threads = [threading.Thread(target=set_key, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for n in range(12):
            self.assertEqual(self.run_program("get", self.inventory, f"all.vars.key{n}").stdout, b"%d" % n)

    def test_kill_9_leaves_the_old_or_the_new_file(self):
        seen = {"old": 0, "new": 0}
        for _ in range(60):
            before = self.inventory.read_bytes()
            value = b"%d" % random.getrandbits(64)
            process = subprocess.Popen([program.PROGRAM, "set", "--stdin", self.inventory, KEY], cwd=self.dir,
                                       env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            process.stdin.write(value)
            process.stdin.close()
            time.sleep(random.uniform(0, 0.06))
            process.kill()
            process.wait()
            if self.inventory.read_bytes() == before:
                seen["old"] += 1
                continue
            seen["new"] += 1
            self.assertEqual(self.run_program("get", self.inventory, KEY).stdout, value)
        self.set_token(token="the end")  # removes what a killed run may have left
        self.assertEqual(self.get_token(), "the end")
        self.assertGreater(seen["old"], 0, seen)

    def test_no_secret_in_the_process_list(self):
        """While a slow password script runs, the token is neither in an argv nor in a child's environment."""
        script = self.dir / "pw"
        script.write_text("#!/bin/sh\nsleep 0.5\necho vault password\n")
        script.chmod(0o700)
        self.environment["CR_PAT"] = self.token + "new"
        process = subprocess.Popen([program.PROGRAM, "set", "--from-env", "CR_PAT", self.inventory, KEY], cwd=self.dir,
                                   env=self.environment, stdout=subprocess.PIPE)
        found, looked = [], 0
        while process.poll() is None:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                if int(pid) == os.getpid():
                    continue
                for name in ("cmdline", "environ"):
                    try:
                        with open(f"/proc/{pid}/{name}", "rb") as file:
                            content = file.read()
                    except OSError:
                        continue
                    looked += 1
                    is_start = int(pid) == process.pid and looked < 50  # before it took the variable
                    if (self.token + "new").encode() in content and not is_start:
                        found.append((pid, name))
            time.sleep(0.05)
        process.stdout.close()
        self.assertEqual(process.returncode, 0)
        children = [f for f in found if int(f[0]) != process.pid]
        self.assertEqual(children, [])
        self.assertGreater(looked, 10)

    def test_no_core_is_written(self):
        """Neither a file nor through a collector: the kernel itself says whether it dumped."""
        script = self.dir / "pw"
        script.write_text("#!/bin/sh\nkill -SYS $PPID\nsleep 1\n")  # SYS: no sanitizer catches it
        script.chmod(0o700)
        process = subprocess.Popen([program.PROGRAM, "get", self.inventory, KEY], cwd=self.dir, env=self.environment,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)))
        _, status = os.waitpid(process.pid, 0)
        process.returncode = 0  # it was waited for
        self.assertEqual(os.WTERMSIG(status), signal.SIGSYS)
        self.assertFalse(os.WCOREDUMP(status))


if __name__ == "__main__":
    program.main()
