"""regvault github secret, with a stand-in for gh (which cannot be installed here): it behaves as gh's manual says of
`gh secret set NAME` with the value on standard input, and writes down what it was given.
"""

import json
import os
import pty

import program

GH = r'''#!/usr/bin/python3
# A stand-in for GitHub's command line, 2.x.
import json, os, pathlib, re, sys
arguments = sys.argv[1:]
pathlib.Path(os.environ["HOME"], "gh.json").write_text(json.dumps({
    "arguments": arguments, "stdin": sys.stdin.read(), "terminal": sys.stdin.isatty(), "environment": dict(os.environ)}))
if os.path.exists(os.environ["HOME"] + "/gh-fails"):
    print(pathlib.Path(os.environ["HOME"], "gh-fails").read_text(), file=sys.stderr)
    sys.exit(1)
if arguments[:2] != ["secret", "set"] or not all(re.match("--(repo|env|org|visibility)=.", word) for word in arguments[3:]):
    sys.exit("unknown flag")
'''


class GithubSecret(program.Case):
    def setUp(self):
        super().setUp()
        self.set_token()
        stand_in = self.dir / "bin/gh"
        stand_in.parent.mkdir()
        stand_in.write_text(GH)
        stand_in.chmod(0o755)
        self.environment["PATH"] = f"{stand_in.parent}:{self.environment['PATH']}"
        self.source = ("--from", f"{self.inventory}:{program.KEY}")

    def secret(self, *arguments, stdin=b""):
        return self.run_program("github", "secret", *arguments, stdin=stdin)

    def seen(self):
        path = self.dir / "gh.json"
        seen = json.loads(path.read_text())
        path.unlink()
        return seen

    def assert_set(self, result, said, *arguments):
        self.assertEqual((result.returncode, result.stdout.decode(), result.stderr.decode()), (0, said + "\n", ""))
        seen = self.seen()
        self.assertEqual(seen["arguments"], ["secret", "set", "GHCR_PAT", *arguments])
        self.assertEqual((seen["stdin"], seen["terminal"]), (self.token, False))
        self.assertNotIn(self.token, json.dumps([seen["arguments"], seen["environment"]]))

    def assert_refused(self, result, code, text):
        self.assert_fails(result, code)
        self.assertIn(f"regvault: error: {text}\n", result.stderr.decode())
        self.assertFalse((self.dir / "gh.json").exists(), "gh was run")

    def test_places(self):
        repository = ("GHCR_PAT", "--repo", "acme/site", *self.source)
        self.assert_set(self.secret(*repository), "GHCR_PAT of acme/site is set", "--repo=acme/site")
        self.assert_set(self.secret(*repository, "--env", "production"),
                        "GHCR_PAT of acme/site, environment production is set", "--repo=acme/site", "--env=production")
        self.assert_set(self.secret("GHCR_PAT", "--repo", "git.example.org/acme/site", *self.source),
                        "GHCR_PAT of git.example.org/acme/site is set", "--repo=git.example.org/acme/site")
        self.assert_set(self.secret("GHCR_PAT", "--org", "acme", "--visibility", "all", *self.source),
                        "GHCR_PAT of acme is set", "--org=acme", "--visibility=all")

    def test_sources(self):
        place = ("GHCR_PAT", "--repo", "acme/site")
        wanted = ("GHCR_PAT of acme/site is set", "--repo=acme/site")
        self.assert_set(self.secret(*place, "--stdin", stdin=f"{self.token}\n".encode()), *wanted)
        self.environment["CR_PAT"] = self.token
        self.assert_set(self.secret(*place, "--from-env", "CR_PAT"), *wanted)
        del self.environment["CR_PAT"]
        host = ("-i", self.inventory, "--host", "gpu-01", "--var", "iaas_console.ghcr_pat")
        self.assert_set(self.secret(*place, *host), *wanted)
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(program.PROGRAM, ["regvault", "github", "secret", *place], self.environment)
        shown = b""
        while b": " not in shown:
            shown += os.read(master, 4096)
        os.write(master, self.token.encode() + b"\n")
        try:
            while piece := os.read(master, 4096):
                shown += piece
        except OSError:
            os.close(master)
        self.assertEqual(os.waitpid(pid, 0)[1], 0, shown)
        self.assertNotIn(self.token.encode(), shown)
        self.assertIn(b"Token for GHCR_PAT of acme/site: ", shown)
        self.assertEqual(self.seen()["stdin"], self.token)
        self.assert_refused(self.secret(*place), 2, "no token is given, and there is no terminal to ask on")

    def test_refusals(self):
        rows = [
            (("1X", "--repo", "a/b"), '"1X" is no name for a secret of GitHub Actions'),
            (("GHCR-PAT", "--repo", "a/b"), '"GHCR-PAT" is no name for a secret of GitHub Actions'),
            (("Github_Token", "--repo", "a/b"), 'GitHub keeps names that begin with GITHUB_ for itself: "Github_Token"'),
            (("X",), "a secret belongs to a repository or to an organization"),
            (("X", "--repo", "a/b", "--org", "a"), "a secret belongs to a repository or to an organization"),
            (("X", "--repo", "acme"), '"acme" is not OWNER/REPO'),
            (("X", "--repo", "acme/.."), '"acme/.." is not OWNER/REPO'),
            (("X", "--org", "a/b"), '"a/b" is no organization\'s name'),
            (("X", "--org", "a", "--env", "e"), "an environment belongs to a repository"),
            (("X", "--repo", "a/b", "--visibility", "all"), "visibility is for an organization's secret"),
        ]
        for words, text in rows:
            self.assert_refused(self.secret(*words, *self.source), 2, text)
        self.assert_refused(self.run_program("github", "variable", "X", "--repo", "a/b"), 2, '"variable" is not "secret"')

    def test_gh_fails(self):
        said = ("HTTP 404: Not Found (https://api.github.com/repos/acme/site/actions/secrets/public-key)\n"
                f"a stray line with {self.token} in it")
        (self.dir / "gh-fails").write_text(said)
        result = self.secret("GHCR_PAT", "--repo", "acme/site", *self.source)
        self.assert_fails(result, 9, "gh could not set GHCR_PAT of acme/site (exit code 1): HTTP 404: Not Found", "********",
                          "regvault: hint: gh auth status")

    def test_no_gh(self):
        self.environment["PATH"] = "/nowhere"
        self.assert_refused(self.secret("GHCR_PAT", "--repo", "acme/site", *self.source), 4,
                            "gh, GitHub's command line, is not installed")


if __name__ == "__main__":
    program.main()
