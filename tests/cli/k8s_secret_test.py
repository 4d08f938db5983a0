"""regvault k8s secret and show: the same bytes as the real kubectl's, and secrets that are nowhere they should not be."""

import base64
import concurrent.futures
import json
import os
import pathlib
import pty
import random
import re
import secrets
import stat
import string
import subprocess
import sys

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kubernetes_api import KubernetesApi  # noqa: E402

HUB = "https://index.docker.io/v1/"
# Names that YAML 1.1 reads as something else, and names that only look so.
NAMES = """n y on off yes no true false null 0 00 012 08 123 1e3 1e-5 1e-400 1e1000 1.5 1.5e3 1.2e1000 0x1f 0x 0xg 0b1 0b2
 0o7 0o9 0b 1e e1 inf nan none 2024-01-01 2024-1-1 2023-2-29 2024-2-29 2000-2-29 1900-2-29 2024-13-01 2024-00-10 24-1-1
 2024-01-32 2024-01-001 1-2 0-0 1.0.0 99999999999999999999 0x10000000000000000 0xffffffffffffffff a.b-c ghcr-credentials
 t f 1.e 0.0 0e0 0b11111111111111111111111111111111111111111111111111111111111111111 0o7777777777777777777777 yes.no
 18446744073709551616 1e400 1.e5 0.5e-3 5e 1-1-1 0000-01-01 9999-12-31""".split()


class K8sSecret(program.Case):
    def setUp(self):
        super().setUp()
        self.environment["KUBECONFIG"] = "/dev/null"

    def kubectl_secret(self, name, registry, user, token, email=None, namespace=None, form="yaml"):
        command = ["kubectl", "create", "secret", "docker-registry", name, "--dry-run=client", "-o", form,
                   f"--docker-username={user}", f"--docker-password={token}"]
        command += [f"--docker-server={registry}"] if registry else []
        command += [f"--docker-email={email}"] if email else []
        command += ["-n", namespace] if namespace else []
        made = subprocess.run(command, capture_output=True, check=True, env=self.environment, timeout=60)
        return made.stdout.decode()

    def our_secret(self, name, registry, user, token, email=None, namespace=None, form="yaml"):
        arguments = ["k8s", "secret", name, "--creation-timestamp", "-o", form, "-u", user, "--stdin", "--force"]
        arguments += ["--registry", registry or "docker.io"]
        arguments += ["--email", email] if email else []
        arguments += ["-n", namespace] if namespace else []
        return self.ok(*arguments, stdin=token.encode())

    def random_case(self, number):
        draw = random.Random(number)
        letters = string.ascii_letters + string.digits + string.punctuation.replace(":", "") + "äé猫\u2028\u2029\U0001f511\x7f"
        text = lambda alphabet, most: "".join(draw.choice(alphabet) for _ in range(draw.randint(1, most)))  # noqa: E731
        user = text(letters.replace("\x7f", ""), draw.choice([8, 200])).strip(" -@") or "u"
        token = text(letters + ": ", draw.choice([40, 400])).strip() or "t"
        email = draw.choice([None, "a@b.c", text("ab&<>\"'\\é", 10) + "@example.org"])
        name = text(string.ascii_lowercase + string.digits, draw.choice([8, 200]))
        registry = draw.choice([None, "ghcr.io", "ghcr.io/acme", "registry.example.org:5000", "https://quay.io/v2/"])
        return name, registry, user, token, email, draw.choice([None, "argowf", "on", "1e3"]), draw.choice(["yaml", "json"])

    def test_the_same_bytes_as_kubectl(self):
        cases = [("ghcr-credentials", "ghcr.io", "octocat", self.token, None, None, form) for form in ("yaml", "json")]
        cases += [("on", "ghcr.io", "an-organisation-with-a-long-name" * 4, self.token * 4, "a@b.c", "1e3", "yaml")]
        cases += [self.random_case(number) for number in range(int(os.environ.get("REGVAULT_CASES", "40")))]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for case, theirs, ours in zip(cases, pool.map(lambda c: self.kubectl_secret(*c), cases),
                                          pool.map(lambda c: self.our_secret(*c), cases)):
                self.assertEqual(theirs, ours, case)

    def test_names_are_quoted_as_kubectl_does(self):
        with KubernetesApi() as api:  # which a list of objects needs to know the kinds
            items = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}} for name in NAMES]
            text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode()
            said = self.run_program("--kubeconfig", api.kubeconfig(self.dir), "create", "-f", "-", "--dry-run=client", "-o",
                                    "yaml", "--validate=false", program="kubectl", stdin=text).stdout.decode()
        theirs = [line for line in said.splitlines() if line.startswith("  name: ")]
        self.assertEqual(len(NAMES), len(theirs))
        for name, line in zip(NAMES, theirs):
            ours = self.ok("k8s", "secret", name, "-u", "u", "--stdin", stdin=b"t")
            self.assertIn(line + "\n", ours)

    def test_without_the_line_of_older_kubectls(self):
        theirs = self.kubectl_secret("a", "ghcr.io", "octocat", self.token, None, "argowf")
        ours = self.ok("k8s", "secret", "a", "-n", "argowf", "-u", "octocat", "--stdin", stdin=self.token.encode())
        self.assertEqual(theirs.replace("  creationTimestamp: null\n", ""), ours)

    def test_out_of_the_encrypted_inventory(self):
        self.set_token()
        ours = self.ok("k8s", "secret", "a", "--from", f"{self.inventory}:{program.KEY}", "--username-from",
                       f"{self.inventory}:all.vars.iaas_console.ghcr_user", "--creation-timestamp")
        self.assertEqual(self.kubectl_secret("a", "ghcr.io", "octocat", self.token), ours)

    def test_several_registries_and_namespaces(self):
        vars_file = self.dir / "vars.yml"
        vars_file.write_text(f"ghcr: {self.token}\nquay: other\nbot: robot\n")
        ours = self.ok("k8s", "secret", "a", "-n", "dev", "-n", "prod", "--entry", "quay.io", f"@{vars_file}:bot",
                       f"{vars_file}:quay", "--entry", "ghcr.io", "octocat", f"{vars_file}:ghcr", "-o", "json")
        items = json.loads(ours)["items"]
        self.assertEqual(["dev", "prod"], [item["metadata"]["namespace"] for item in items])
        auths = json.loads(base64.b64decode(items[0]["data"][".dockerconfigjson"]))["auths"]
        self.assertEqual(["ghcr.io", "quay.io"], list(auths))
        self.assertEqual("robot", auths["quay.io"]["username"])
        self.assertEqual("other", auths["quay.io"]["password"])
        with_main = self.ok("k8s", "secret", "a", "-u", "me", "--stdin", "--entry", "quay.io", "bot", f"{vars_file}:quay",
                            stdin=self.token.encode())
        data = with_main.split(".dockerconfigjson: ")[1].splitlines()[0]
        self.assertEqual(["ghcr.io", "quay.io"], list(json.loads(base64.b64decode(data))["auths"]))

    def test_auth_only_is_bare_base64(self):
        user = "a-user-name-that-is-long-enough-to-be-wrapped-by-gnu-base64"
        ours = self.ok("k8s", "secret", "--auth-only", "-u", user, "--stdin", stdin=self.token.encode())
        self.assertEqual(base64.b64encode(f"{user}:{self.token}".encode()).decode(), ours)

    def test_kustomize(self):
        overlay = self.dir / "overlays/prod"
        arguments = ["k8s", "secret", "ghcr-credentials", "-n", "argowf", "-u", "octocat", "--stdin", "--kustomize", overlay]
        said = self.ok(*arguments, stdin=self.token.encode())
        self.assertNotIn(self.token, said)
        self.assertEqual(0o600, stat.S_IMODE((overlay / "config.json").stat().st_mode))
        self.assertEqual("/config.json\n", (overlay / ".gitignore").read_text())
        built = self.run_program("kustomize", overlay, program="kubectl")
        self.assertEqual(0, built.returncode, built.stderr)
        said = self.show("-", stdin=built.stdout)
        self.assertRegex(said, r"(?m)^argowf/ghcr-credentials +ghcr\.io +octocat ")
        folded = re.sub(r"(dockerconfigjson:) \|\n((?:    .*\n)+)", lambda m: m[1] + " " + "".join(m[2].split()) + "\n",
                        built.stdout.decode())  # kustomize breaks the line
        self.assertEqual(self.ok("k8s", "secret", "ghcr-credentials", "-n", "argowf", "-u", "octocat", "--stdin",
                                 stdin=self.token.encode()), folded)
        self.assertIn("makes the secret already", self.ok(*arguments, stdin=b"another-token"))
        (overlay / "kustomization.yaml").write_text("resources: []\n")
        self.assertIn("secretGenerator:\n- name: ghcr-credentials\n", self.ok(*arguments, stdin=b"another-token"))
        self.assertEqual("resources: []\n", (overlay / "kustomization.yaml").read_text())

    def test_kustomize_leaks_nothing(self):
        (overlay := self.dir / "leaky").mkdir()
        arguments = ["k8s", "secret", "a", "-u", "octocat", "--stdin", "--kustomize", overlay]
        (overlay / ".gitignore").write_text("*.log\n")
        (overlay / "config.json").symlink_to(self.dir / "elsewhere.json")
        self.assert_fails(self.run_program(*arguments, stdin=b"a-token"), 8, "is a symlink")
        self.assertFalse((self.dir / "elsewhere.json").exists())
        (overlay / "config.json").unlink()
        said = self.run_program(*arguments, stdin=b"a-token").stderr.decode()
        self.assertIn("does not name config.json", said)
        (overlay / ".gitignore").write_text("*.log\nconfig.json\n")
        self.assertEqual(b"", self.run_program(*arguments, stdin=b"a-token").stderr)

    def test_mistakes(self):
        stdin = self.token.encode()
        run = lambda *arguments: self.run_program("k8s", "secret", *arguments, stdin=stdin)  # noqa: E731
        self.assert_fails(run("GHCR", "-u", "u", "--stdin"), 2, '"GHCR" cannot be the name of a secret')
        self.assert_fails(run("a", "-n", "a.b", "-u", "u", "--stdin"), 2, "cannot be the name of a namespace")
        self.assert_fails(run("-u", "u", "--stdin"), 2, "the secret's name is missing")
        self.assert_fails(run("a", "-u", "u"), 2, "no token is given")
        self.assert_fails(run("a", "-u", "u", "--stdin", "--auth-only", "--apply"), 2)
        self.assert_fails(run("a", "--interactive"), 2, "--interactive needs a terminal")
        self.assert_fails(run("a", "--no-such"), 2, 'unknown option "--no-such"', "regvault k8s secret --help")
        self.assert_fails(self.run_program("k8s"), 2, 'a verb of "regvault k8s" is missing: secret, show, ')
        self.assert_fails(self.run_program("k8s", "sceret"), 2, '"sceret" is no verb of "regvault k8s": secret, show, ',
                          'did you mean "secret"?')

    def on_a_terminal(self, *arguments, answers=()):
        """What the terminal shows, and the exit code."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(program.PROGRAM, [program.PROGRAM, *map(str, arguments)], self.environment)
        shown, waiting = b"", list(answers)  # a prompt ends in ": ", and its answer's echo in a line end
        while True:
            try:
                piece = os.read(terminal, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
            if waiting and shown.endswith(b": "):
                os.write(terminal, waiting.pop(0).encode() + b"\n")
        os.close(terminal)
        return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_a_terminal_shows_it_only_when_asked(self):
        (self.dir / "token.yml").write_text(f"t: {self.token}\n")
        arguments = ["k8s", "secret", "a", "-u", "octocat", "--from", "token.yml:t"]
        shown, code = self.on_a_terminal(*arguments)
        self.assertEqual(2, code)
        self.assertIn("this would show the token on the terminal", shown)
        self.assertNotIn(base64.b64encode(self.token.encode()).decode()[4:20], shown)
        shown, code = self.on_a_terminal(*arguments, "--reveal")
        self.assertEqual(0, code)
        self.assertIn(".dockerconfigjson: ", shown)

    def test_interactive(self):
        shown, code = self.on_a_terminal("k8s", "secret", "--interactive", "--reveal",
                                         answers=["", "argowf", "quay.io", "", "octocat", self.token])
        self.assertEqual(0, code, shown)
        self.assertIn("  name: ghcr-credentials\r\n  namespace: argowf\r\n", shown)
        data = shown.split(".dockerconfigjson: ")[1].split()[0]
        self.assertEqual(self.token, json.loads(base64.b64decode(data))["auths"]["quay.io"]["password"])
        self.assertNotIn(self.token, shown)

    # ------------------------------------------------------------------------------------------------------------ show

    def show(self, *arguments, stdin=b"", code=0):
        result = self.run_program("k8s", "show", *arguments, stdin=stdin)
        self.assertEqual(code, result.returncode, result.stderr.decode())
        said = result.stdout.decode() + result.stderr.decode()
        for token in (self.token, base64.b64encode(self.token.encode()).decode()[:-4]):
            self.assertNotIn(token, said)
        return said

    def test_show_what_kubectl_made(self):
        for form in ("yaml", "json"):
            said = self.show("-", stdin=self.kubectl_secret("a", "ghcr.io", "octocat", self.token, form=form).encode())
            self.assertRegex(said, r"(?m)^a +ghcr\.io +octocat +personal access token")  # forty hexadecimal digits
        answer = json.loads(self.show("--json", "-", stdin=self.kubectl_secret("a", None, "u", "p").encode()))
        self.assertEqual([{"registry": HUB, "username": "u", "token": "password", "verdict": "", "fingerprint": ""}],
                         answer["secrets"][0]["logins"])
        self.assertEqual([], answer["secrets"][0]["findings"])

    def test_show_compares(self):
        self.set_token()
        (self.dir / "s.yml").write_text(self.kubectl_secret("a", "ghcr.io", "octocat", self.token))
        self.assertIn("yes", self.show("s.yml", "--compare", f"{self.inventory}:{program.KEY}"))
        (self.dir / "s.yml").write_text(self.kubectl_secret("a", "ghcr.io", "octocat", secrets.token_hex(20)))
        self.assertIn("no\n", self.show("s.yml", "--compare", f"{self.inventory}:{program.KEY}", code=20))

    def test_show_finds_what_is_wrong(self):
        auth = base64.b64encode(f"octocat:{self.token}\n".encode()).decode()
        config = base64.b64encode(json.dumps({"auths": {"ghcr.io": {"auth": auth}, "quay.io": {}}}).encode()).decode()
        text = f"kind: Secret\nmetadata: {{name: a}}\ntype: Opaque\ndata:\n  .dockerconfigjson: {config}\n"
        said = self.show("-", stdin=text.encode(), code=20)
        for cause in ("pull-secret-invalid", "newline-in-auth", "empty-auth-entry"):
            self.assertIn(f"({cause})\n  ", said)  # with the advice below
        self.assert_fails(self.run_program("k8s", "show", "no/such.yml"), 7, 'cannot read "no/such.yml"')
        self.assert_fails(self.run_program("k8s", "show", "-", stdin=b"kind: Pod\n"), 4, "there is no secret in")


if __name__ == "__main__":
    program.main()
