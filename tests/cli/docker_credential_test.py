"""docker-credential-regvault as its callers ask it: every verb, every refusal, many at once. (docker, podman and skopeo
themselves: credential_engines_test.py.)
"""

import concurrent.futures
import json
import os
import pathlib
import pty
import subprocess
import time

import program

NOT_FOUND = "credentials not found in native keychain\n"


class DockerCredential(program.Case):
    def setUp(self):
        super().setUp()
        self.set_token()
        self.config = self.dir / ".config/regvault/credentials.json"
        self.config.parent.mkdir(parents=True)
        self.entry = {"file": str(self.inventory), "key": program.KEY, "username": "octocat", "vault_id": f"@{self.dir}/pw"}
        self.configure({"ghcr.io": self.entry})
        self.ansible = {}  # variables that must not count; those of program.Case would do no harm

    def configure(self, registries):
        self.config.write_text(json.dumps({"registries": registries}))
        self.config.chmod(0o600)

    def other(self, **more):
        """An entry with some members changed; None leaves one out."""
        return {key: value for key, value in {**self.entry, **more}.items() if value is not None}

    def helper(self, verb, stdin="", cwd=None):
        """As docker runs it: found on PATH by its name. What it says is on standard output only."""
        done = subprocess.run([str(pathlib.Path(program.PROGRAM).parent / "docker-credential-regvault"), verb],
                              input=stdin.encode(), capture_output=True, cwd=cwd or "/",
                              env={name: value for name, value in self.environment.items() if not name.startswith("ANSIBLE")}
                              | self.ansible, start_new_session=True, timeout=60)
        self.warnings = done.stderr.decode()
        return done.returncode, done.stdout.decode()

    def get(self, server):
        code, answer = self.helper("get", server)
        self.assertEqual(code, 0, answer)
        return json.loads(answer)

    def store(self, server, username, secret):
        return self.helper("store", json.dumps({"ServerURL": server, "Username": username, "Secret": secret}))

    def writable(self, name="*", **more):
        self.logins = self.dir / "logins.yml"
        entry = {"file": str(self.logins), "vault_id": f"me@{self.dir}/pw", "writable": True, **more}
        self.configure({"ghcr.io": self.entry, name: entry})

    def assert_error(self, text, verb="get", stdin="ghcr.io"):
        self.assertEqual(self.helper(verb, stdin), (1, text + "\n"))

    # -------------------------------------------------------------------------------------------------- the protocol

    def test_get(self):
        for server in ("ghcr.io", "ghcr.io\n", "https://ghcr.io", "https://ghcr.io/", "https://ghcr.io/v2/", "GHCR.io",
                       "ghcr.io/acme/app"):
            login = {"ServerURL": server.strip(), "Username": "octocat", "Secret": self.token}
            self.assertEqual(self.helper("get", server), (0, json.dumps(login, separators=(",", ":")) + "\n"))
            self.assertEqual(self.warnings, "")

    def test_docker_hub(self):
        for name in ("docker.io", "https://index.docker.io/v1/"):
            self.configure({name: self.entry})
            for server in ("https://index.docker.io/v1/", "docker.io", "index.docker.io"):
                self.assertEqual(self.get(server)["Secret"], self.token)
            self.assertEqual(self.helper("list"), (0, '{"https://index.docker.io/v1/":"octocat"}\n'))

    def test_not_found(self):
        for server in ("quay.io", "ghcr.io:443", "http://ghcr.io", "ghcr.io.example.org", "ghcr.io/acme:1", "a b"):
            self.assertEqual(self.helper("get", server), (1, NOT_FOUND), server)
        self.config.unlink()
        self.assertEqual(self.helper("get", "ghcr.io"), (1, NOT_FOUND))
        self.assertEqual(self.helper("list"), (0, "{}\n"))
        self.assertEqual(self.helper("erase", "ghcr.io"), (0, ""))

    def test_what_docker_credential_helpers_says(self):
        """The real docker-credential-pass, in words and exit codes, where no login is involved."""
        for words, stdin in (([], ""), (["get", "x"], ""), (["get"], ""), (["erase"], " \n"), (["grow"], ""),
                             (["store"], '{"ServerURL":"","Username":"u","Secret":"x"}'),
                             (["store"], '{"ServerURL":"x","Username":"","Secret":"x"}')):
            answers = []
            for name in ("pass", "regvault"):
                folder = {"regvault": str(pathlib.Path(program.PROGRAM).parent)}.get(name, "/usr/bin")
                done = subprocess.run([f"{folder}/docker-credential-{name}", *words], input=stdin.encode(),
                                      capture_output=True, env=self.environment, timeout=60)
                said = done.stdout.decode().replace(f"{folder}/", "").replace(name, "NAME")
                answers.append((done.returncode, said, done.stderr))
            self.assertEqual(*answers, (words, stdin))

    def test_version(self):
        code, answer = self.helper("version")
        self.assertEqual(code, 0)
        self.assertRegex(answer, r"^docker-credential-regvault \(regvault\) \d+\.\d+\.\d+\n$")

    def test_by_word(self):
        done = self.run_program("docker-credential-regvault", "get", stdin=b"ghcr.io")
        self.assertEqual(json.loads(done.stdout)["Secret"], self.token)

    def test_the_most_precise_entry(self):
        self.set("all.vars.acme", "of acme", self.inventory)
        self.configure({"ghcr.io": self.entry, "ghcr.io/acme": self.other(key="all.vars.acme", username="robot")})
        for server, secret in (("ghcr.io", self.token), ("ghcr.io/acme", "of acme"), ("ghcr.io/acme/app", "of acme"),
                               ("ghcr.io/acmeother", self.token)):
            self.assertEqual(self.get(server)["Secret"], secret, server)
        self.assertEqual(self.helper("list"), (0, '{"ghcr.io":"octocat","ghcr.io/acme":"robot"}\n'))

    def test_user_name_from_the_file(self):
        self.configure({"ghcr.io": self.other(username=None, username_key="all.vars.iaas_console.ghcr_user")})
        self.assertEqual(self.get("ghcr.io")["Username"], "octocat")

    def test_a_vault_as_a_whole(self):
        whole = self.dir / "whole.yml"
        whole.write_text("user: hubot\npat: 'a \"<&> \\\\ line'\n")
        self.ok("encrypt", "--vault-id", "prod@pw", "--encrypt-vault-id", "prod", whole)
        self.configure({"ghcr.io": {"file": str(whole), "key": "pat", "username_key": "user",
                                    "vault_id": f"prod@{self.dir}/pw"}})
        self.assertEqual(self.get("ghcr.io"), {"ServerURL": "ghcr.io", "Username": "hubot", "Secret": 'a "<&> \\\\ line'})

    def test_one_broken_entry_does_not_hide_the_others(self):
        gone = self.other(file="/nowhere.yml", username=None, username_key="a")
        self.configure({"ghcr.io": self.entry, "quay.io": gone})
        self.assertEqual(self.helper("list"), (0, '{"ghcr.io":"octocat"}\n'))
        self.assertEqual(self.warnings, 'regvault: warning: the login for "quay.io": cannot read "/nowhere.yml": '
                                        "No such file or directory\n")
        self.assertEqual(self.get("ghcr.io")["Secret"], self.token)

    # --------------------------------------------------------------------------------------------- where it may look

    def test_the_directory_does_not_count(self):
        """An ansible.cfg and an inventory that somebody has put there, and variables with relative paths."""
        (self.dir / "ansible.cfg").write_text("[defaults]\nvault_password_file = evil\nvault_identity_list = x@evil\n")
        (self.dir / "evil").write_text(f"#!/bin/sh\ntouch {self.dir}/was-run\n")
        (self.dir / "evil").chmod(0o755)
        self.ansible = {"ANSIBLE_VAULT_PASSWORD_FILE": "evil", "ANSIBLE_VAULT_IDENTITY_LIST": "x@evil",
                        "ANSIBLE_CONFIG": "ansible.cfg"}
        code, answer = self.helper("get", "ghcr.io", cwd=self.dir)
        self.assertEqual((code, json.loads(answer)["Secret"], self.warnings), (0, self.token, ""))
        self.assertFalse((self.dir / "was-run").exists())

    def test_places_of_the_configuration(self):
        elsewhere = self.dir / "xdg/regvault/credentials.json"
        elsewhere.parent.mkdir(parents=True)
        self.config.rename(elsewhere)
        self.assertEqual(self.helper("get", "ghcr.io"), (1, NOT_FOUND))
        self.environment["XDG_CONFIG_HOME"] = str(self.dir / "xdg")
        self.assertEqual(self.get("ghcr.io")["Secret"], self.token)
        self.environment["XDG_CONFIG_HOME"] = "xdg"  # relative: not a place, as its specification says
        self.assertEqual(self.helper("get", "ghcr.io", cwd=self.dir), (1, NOT_FOUND))

    def test_home(self):
        self.configure({"ghcr.io": self.other(file="~/inventory.yml", vault_id="prod@~/pw")})
        self.assertEqual(self.get("ghcr.io")["Secret"], self.token)

    def test_a_script_has_no_terminal_and_not_for_ever(self):
        script = self.dir / "ask-client"
        script.write_text("#!/bin/sh\nif (: < /dev/tty) 2>/dev/null; then exit 5; fi\necho \"$2\" > asked; "
                          "test -t 0 && exit 6\nprintf 'vault password'\n".replace("asked", f"{self.dir}/asked"))
        script.chmod(0o700)
        self.configure({"ghcr.io": self.other(vault_id=f"prod@{script}")})
        pid, master = pty.fork()
        if pid == 0:  # on a terminal of its own, typed by hand
            helper = str(pathlib.Path(program.PROGRAM).parent / "docker-credential-regvault")
            os.execve(helper, [helper, "get"], self.environment)
        os.write(master, b"ghcr.io\n\x04")
        shown = b""
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:
            os.close(master)
        self.assertEqual(os.waitpid(pid, 0)[1], 0, shown)
        self.assertIn(self.token.encode(), shown)
        self.assertEqual((self.dir / "asked").read_text(), "prod\n")

        script.write_text("#!/bin/sh\nsleep 100\n")
        began = time.monotonic()
        code, answer = self.helper("get", "ghcr.io")
        self.assertEqual((code, answer), (1, f'vault password client script "{script}" was stopped: no answer within 10 s\n'))
        self.assertLess(time.monotonic() - began, 15)

    def test_a_client_on_path(self):
        self.environment["PATH"] = f"{pathlib.Path(program.PROGRAM).parent}:{self.environment['PATH']}"
        self.environment["REGVAULT_PASSWORD_PROD"] = "vault password"
        self.configure({"ghcr.io": self.other(vault_id="prod@regvault-client")})
        self.assertEqual(self.get("ghcr.io")["Secret"], self.token)

    def test_who_may_write_the_configuration(self):
        for path, mode in ((self.config, 0o620), (self.config, 0o602), (self.config.parent, 0o770)):
            before = path.stat().st_mode & 0o777
            path.chmod(mode)
            self.assert_error(f'"{path}" may be written to by other users (chmod go-w "{path}")')
            path.chmod(before)
        if os.geteuid() == 0:
            os.chown(self.config, 65534, 65534)
            self.assert_error(f'"{self.config}" belongs to another user (it must belong to you: it names the programs that '
                              "give passwords)")

    # ------------------------------------------------------------------------------------------------------ refusals

    def test_refused_configurations(self):
        path = f'"{self.config}"'
        whole = "write the whole path, or one that begins with ~/"
        rows = [
            ("[]", f"{path}: it is an array, no object"),
            ('{"registry": {}}', f'{path}: unknown member "registry" (all there is, is "registries")'),
            ('{"registries": []}', f'{path}: "registries" is no object'),
            ('{"registries": {"ghcr.io": 1}}', f'{path}: the entry "ghcr.io" is a number where an object belongs'),
            (self.other(pasword="x"), 'has an unknown member "pasword" (known are: file, key, username, username_key, '
                                      "vault_id, writable)"),
            (self.other(files="x"), 'has an unknown member "files" (did you mean "file"?)'),
            (self.other(file=None), 'has no "file"'),
            (self.other(key=None), 'has no "key"'),
            (self.other(key=7), 'has a "key" that is no text'),
            (self.other(vault_id=None), 'has no "vault_id"'),
            (self.other(file="inventory.yml"), f'has a relative path as "file": "inventory.yml" ({whole})'),
            (self.other(vault_id="prod@pw"), f'has a relative path as "vault_id": "pw" ({whole})'),
            (self.other(vault_id="prod@prompt"), 'has a prompt as "vault_id": nobody can be asked (name a file, or a '
                                                 "script such as regvault-client)"),
            (self.other(username=None), 'says no user name ("username" is the name, "username_key" where it stands in the '
                                        "file: one of them)"),
            (self.other(username_key="a"), 'says the user name twice ("username" is the name, "username_key" where it '
                                           "stands in the file: one of them)"),
            (self.other(writable="yes"), 'has a "writable" that is neither true nor false'),
            (self.other(writable=True), 'is writable and has a fixed user name (give it a "username_key", where the name '
                                        "of a new login goes)"),
        ]
        for registries, wanted in rows:
            if isinstance(registries, dict):
                self.configure({"ghcr.io": registries})
                wanted = f'{path}: the entry "ghcr.io" {wanted}'
            else:
                self.config.write_text(registries)
            for verb, stdin in (("get", "ghcr.io"), ("list", ""), ("erase", "ghcr.io")):
                self.assert_error(wanted, verb, stdin)
        self.configure({"ghcr.io": self.entry, "https://GHCR.io/": self.entry})
        self.assert_error(f'{path}: "ghcr.io" and "https://GHCR.io/" are the same registry')
        self.configure({"*": self.entry})
        self.assert_error(f'{path}: the entry "*" is not writable: without a registry\'s name it can only keep what is '
                          "stored in it")

    def test_refused_values(self):
        self.set("all.vars.other", "x", self.inventory)
        (self.dir / "no").write_text("another password")
        plain = "all.vars.iaas_console.ghcr_user"
        rows = [
            (self.other(key=plain), f'"{plain}" in "{self.inventory}" is not encrypted (regvault encrypt --key {plain} '
                                    f'"{self.inventory}")'),
            (self.other(vault_id=f"dev@{self.dir}/no"), f'{self.inventory}:5:17: no vault secret at hand opens '),
            (self.other(vault_id=f"dev@{self.dir}/nothing"), f'the vault password file "{self.dir}/nothing" was not found'),
            (self.other(key="all.vars.ghcr_pat"), f'{self.inventory}:2:3: "ghcr_pat" is not in "all.vars"'),
            (self.other(file="/nowhere.yml"), 'cannot read "/nowhere.yml": No such file or directory'),
        ]
        for entry, wanted in rows:
            self.configure({"ghcr.io": entry})
            code, answer = self.helper("get", "ghcr.io")
            self.assertEqual((code, answer.count("\n")), (1, 1))
            self.assertTrue(answer.startswith(wanted), answer)
            self.assertNotIn(self.token, answer)

    # ------------------------------------------------------------------------------------- regvault credential-helper

    def enable(self, *arguments, action="enable"):
        return self.run_program("credential-helper", action, *arguments)

    def test_enable_and_disable(self):
        self.config.unlink()
        self.environment["PATH"] = f"{pathlib.Path(program.PROGRAM).parent}:{self.environment['PATH']}"
        docker, podman = self.dir / ".docker/config.json", self.dir / ".config/containers/auth.json"
        docker.parent.mkdir()
        docker.write_text('{"auths": {"quay.io": {"auth": "eDp5"}}, "detachKeys": "ctrl-x"}')
        docker.chmod(0o600)
        words = ("--file", "inventory.yml", "--key", program.KEY, "--username-key", "all.vars.iaas_console.ghcr_user",
                 "--vault-id", "prod@pw")
        for again in (" now", " already"):
            result = self.enable("https://GHCR.io/", *words)
            asks = " already asks" if again == " already" else " asks"
            self.assertEqual((result.returncode, result.stdout.decode(), result.stderr.decode()), (0, (
                f"ghcr.io is{again} in {self.config}\npodman:{asks} regvault for ghcr.io ({podman})\n"
                f"docker:{asks} regvault for ghcr.io ({docker})\n"), ""))
        self.assertEqual(json.loads(self.config.read_text()), {"registries": {"ghcr.io": {
            "file": str(self.inventory), "key": program.KEY, "username_key": "all.vars.iaas_console.ghcr_user",
            "vault_id": f"prod@{self.dir}/pw"}}})
        self.assertEqual(json.loads(docker.read_text()), {"auths": {"quay.io": {"auth": "eDp5"}}, "detachKeys": "ctrl-x",
                                                          "credHelpers": {"ghcr.io": "regvault"}})
        self.assertEqual(json.loads(podman.read_text()), {"credHelpers": {"ghcr.io": "regvault"}})
        self.assertEqual(self.config.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.get("ghcr.io")["Secret"], self.token)

        self.assertEqual(self.enable("docker.io", *words, "--engine", "docker").returncode, 0)
        self.assertEqual(set(json.loads(self.config.read_text())["registries"]), {"ghcr.io", "docker.io"})
        self.assertEqual(json.loads(docker.read_text())["credHelpers"],
                         {"ghcr.io": "regvault", "https://index.docker.io/v1/": "regvault"})
        for again in ("", " already"):
            result = self.enable("ghcr.io", action="disable")
            self.assertEqual(result.stdout.decode(), f"podman:{again} asks no helper for ghcr.io ({podman})\n"
                                                     f"docker:{again} asks no helper for ghcr.io ({docker})\n")
        self.assertEqual(json.loads(docker.read_text())["credHelpers"], {"https://index.docker.io/v1/": "regvault"})

    def test_enable_writes_nothing_for_a_login_that_cannot_be_had(self):
        before = self.config.read_bytes()
        words = {"--file": "inventory.yml", "--key": program.KEY, "--username": "octocat", "--vault-id": "pw"}
        (self.dir / "no").write_text("another password")
        rows = [
            ({"--key": "all.vars.pat"}, 4, '"pat" is not in "all.vars"'),
            ({"--key": "all.vars.iaas_console.ghcr_user"}, 8, "is not encrypted"),
            ({"--vault-id": "no"}, 6, "no vault secret at hand opens"),
            ({"--vault-id": "nothing"}, 7, f'the vault password file "{self.dir}/nothing" was not found'),
            ({"--vault-id": "prompt"}, 2, "cannot ask for the vault password: there is no terminal"),
            ({"--file": "other.yml"}, 7, 'other.yml": No such file or directory'),
        ]
        for change, code, text in rows:
            result = self.enable("quay.io", *[word for pair in (words | change).items() for word in pair])
            self.assert_fails(result, code, text)
        self.assert_fails(self.enable("quay.io"), 2, "it is not said where the login is")
        self.assert_fails(self.enable("quay.io/acme", *[word for pair in words.items() for word in pair]), 2,
                          'engines ask a helper for whole registries only: "quay.io/acme"')
        self.assert_fails(self.enable(action="show"), 2, '"show" is neither "enable" nor "disable"')
        self.assertEqual(self.config.read_bytes(), before)
        self.assertFalse((self.dir / ".docker").exists())
        self.config.write_text('{"registries": {"ghcr.io": 1}}')
        self.assert_fails(self.enable("quay.io", *[word for pair in words.items() for word in pair]), 5, 'the entry "ghcr.io"')
        self.assertEqual(self.config.read_text(), '{"registries": {"ghcr.io": 1}}')

    # ------------------------------------------------------------------------------------------------- store, erase

    def test_an_inventory_is_never_written(self):
        before = self.inventory.read_bytes()
        managed = f"the login for ghcr.io is managed in {self.inventory}; use regvault set {self.inventory} {program.KEY}\n"
        for server in ("ghcr.io", "https://ghcr.io"):
            self.assertEqual(self.store(server, "octocat", "another"), (1, managed))
            self.assertEqual(self.store(server, "another", self.token), (1, managed))
            self.assertEqual(self.store(server, "octocat", self.token), (0, ""), "what it holds already")
            self.assertEqual(self.helper("erase", server), (1, managed))
            self.assertEqual(self.warnings, f"regvault: {managed}", "docker shows this one only")
        no_entry = (1, f'no login is kept for "quay.io": it has no entry in {self.config} (an entry "*" that is writable '
                       "keeps those of all registries)\n")
        self.assertEqual(self.store("quay.io", "octocat", "x"), no_entry)
        self.assertEqual(self.store("ghcr.io/acme", "octocat", "x")[0], 1)
        self.assertEqual(self.helper("erase", "quay.io"), (0, ""))
        self.assertEqual(self.inventory.read_bytes(), before)

    def assert_keeps(self, server, username, secret):
        self.assertEqual(self.store(server, username, secret), (0, ""))
        self.assertEqual(self.get(server), {"ServerURL": server, "Username": username, "Secret": secret})
        text = self.logins.read_text()
        self.assertNotIn(secret, text)
        self.assertNotIn(username, text)
        self.assertEqual(self.logins.stat().st_mode & 0o777, 0o600)

    def test_any_registry(self):
        self.writable()
        self.assertEqual(self.helper("get", "quay.io"), (1, NOT_FOUND))
        self.assertEqual(self.helper("list"), (0, '{"ghcr.io":"octocat"}\n'))
        self.assertEqual(self.helper("erase", "quay.io"), (0, ""))
        self.assertFalse(self.logins.exists())
        for server in ("quay.io", "127.0.0.1:5000", "https://index.docker.io/v1/", "quay.io/acme"):
            self.assert_keeps(server, "robot", "first secret")
            self.assert_keeps(server, "robot", "next secret")
        self.assertEqual(self.get("https://quay.io/v2/")["Secret"], "next secret")
        self.assertEqual(json.loads(self.helper("list")[1]),
                         {"ghcr.io": "octocat", "quay.io": "robot", "127.0.0.1:5000": "robot",
                          "https://index.docker.io/v1/": "robot", "quay.io/acme": "robot"})
        self.assertEqual(self.helper("erase", "https://quay.io"), (0, ""))
        self.assertEqual(self.helper("erase", "https://quay.io"), (0, ""))
        self.assertEqual(self.helper("get", "quay.io"), (1, NOT_FOUND))
        self.assertEqual(self.get("quay.io/acme/app")["Secret"], "next secret")
        for server in ("127.0.0.1:5000", "docker.io", "quay.io/acme"):
            self.assertEqual(self.helper("erase", server), (0, ""))
        self.assertEqual(self.helper("list"), (0, '{"ghcr.io":"octocat"}\n'))
        self.assert_keeps("quay.io", "robot", "again")

    def test_one_registry(self):
        self.writable("quay.io", key="quay.token", username_key="quay.user")
        self.assertEqual(self.helper("get", "quay.io"), (1, NOT_FOUND))
        self.assert_keeps("quay.io", "robot", "secret")
        self.assertEqual(self.ok("get", "--vault-id", "me@pw", self.logins, "quay.token"), "secret")
        self.assertEqual(self.helper("erase", "quay.io"), (0, ""))
        self.assertEqual(self.helper("get", "quay.io"), (1, NOT_FOUND))
        self.assertEqual(self.helper("list"), (0, '{"ghcr.io":"octocat"}\n'))
        self.assertEqual(self.store("docker.io", "octocat", "x")[0], 1)

    def test_a_whole_vault_of_logins(self):
        self.writable()
        self.logins.write_text("# our logins\n")
        self.logins.chmod(0o600)
        self.ok("encrypt", "--vault-id", "me@pw", "--encrypt-vault-id", "me", self.logins)
        self.assert_keeps("quay.io", "robot", "secret")
        self.assertEqual(self.ok("view", "--vault-id", "me@pw", self.logins),
                         "# our logins\nquay.io:\n  username: robot\n  token: secret\n")

    def test_never_in_the_clear(self):
        self.writable()
        (self.dir / "pw").write_text("")
        code, answer = self.store("quay.io", "robot", "secret")
        self.assertEqual((code, answer), (1, f'the vault password file "{self.dir}/pw" is empty\n'))
        self.assertFalse(self.logins.exists() and self.logins.read_text())

    def test_many_at_once(self):
        self.writable()
        names = [f"registry-{number}.example.org" for number in range(24)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            stored = list(pool.map(lambda name: self.store(name, "robot", f"secret of {name}"), names))
        self.assertEqual(stored, [(0, "")] * len(names))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            got = list(pool.map(lambda name: self.helper("erase", name) if name.endswith("0.example.org") else
                                self.helper("get", name), names))
        for name, (code, answer) in zip(names, got):
            wanted = "" if name.endswith("0.example.org") else f"secret of {name}"
            self.assertEqual((code, json.loads(answer)["Secret"] if answer else ""), (0, wanted), name)
        self.assertEqual(len(json.loads(self.helper("list")[1])), 1 + 24 - 3)


if __name__ == "__main__":
    program.main()
