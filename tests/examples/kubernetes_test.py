"""examples/kubernetes, as a reader would run it: the README's commands, with the real kubectl and a stand-in cluster.

Usage: kubernetes_test.py PROGRAM [unittest arguments]
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tests/support"))
from kubernetes_api import KubernetesApi  # noqa: E402


class Kubernetes(unittest.TestCase):
    def setUp(self):
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="regvault-"))
        self.addCleanup(shutil.rmtree, scratch)
        self.dir = scratch / "kubernetes"
        shutil.copytree(PROJECT / "examples/kubernetes", self.dir)
        (scratch / "bin").mkdir()
        (scratch / "bin/regvault").symlink_to(PROGRAM)
        self.api = KubernetesApi(["default", "argowf"]).__enter__()
        self.addCleanup(self.api.__exit__)
        self.api.images["ghcr.io/acme/console:1.0"] = None
        self.environment = {"PATH": f"{scratch / 'bin'}:{os.environ['PATH']}", "HOME": str(scratch),
                            "KUBECONFIG": self.api.kubeconfig(scratch)}

    def run_line(self, line, code=0):
        result = subprocess.run(["sh", "-c", line], cwd=self.dir, env=self.environment, capture_output=True, timeout=120,
                                start_new_session=True)
        self.assertEqual(code, result.returncode, f"{line}\n{result.stderr.decode()}")
        return result.stdout.decode()

    def test_the_readme(self):
        for line in re.findall(r"^\$ (.*)$", (self.dir / "README.md").read_text(), re.MULTILINE):
            if "kubectl create" in line:  # it was stored by a line before
                self.run_line("kubectl delete secret ghcr-credentials -n argowf")
            self.run_line(line.replace("kubectl create", "kubectl create --validate=false"))  # the stand-in has no schemas
        self.assertEqual(["ghcr-credentials"], self.api.pull_secrets("argowf"))
        self.assertEqual(["ghcr-credentials"], self.api.pull_secrets("default"))
        entry = self.api.secret_config("argowf", "ghcr-credentials")["auths"]["ghcr.io"]
        self.assertEqual(("octocat", "not-a-real-token"), (entry["username"], entry["password"]))
        for name, count in (("deployment.yml", 1), ("seldon-deployment.yml", 2), ("cronjob.yml", 1)):
            before, after = (PROJECT / "examples/kubernetes" / name).read_text(), (self.dir / name).read_text()
            self.assertEqual(count, after.count("- name: ghcr-credentials\n"))
            kept = re.sub(r" *imagePullSecrets:\n *- name: ghcr-credentials\n", "", after)
            self.assertEqual(before, kept)

    def test_run_again_after_a_rotation(self):
        self.run_line("./pull-secrets.sh vars.yml:ghcr_pat octocat argowf")
        said = self.run_line("./pull-secrets.sh vars.yml:ghcr_pat octocat argowf")
        self.assertIn("unchanged", said)
        self.assertIn("has it already", said)
        (self.dir / "vars.yml").write_text("ghcr_pat: a-newer-token\n")
        self.assertIn("replaced", self.run_line("./pull-secrets.sh vars.yml:ghcr_pat octocat argowf"))

    def test_an_image_that_cannot_be_pulled(self):
        self.api.images["ghcr.io/acme/other:1"] = "failed to fetch oauth token: unexpected status: 403 Forbidden"
        self.run_line("./pull-secrets.sh vars.yml:ghcr_pat octocat argowf")
        self.run_line("./test-pull.sh ghcr.io/acme/other:1 argowf", code=10)

    def test_every_file_is_named(self):
        readme = (self.dir / "README.md").read_text()
        for path in self.dir.iterdir():
            if path.name != "README.md":
                self.assertIn(f"]({path.name}{'/' if path.is_dir() else ''})", readme)

    def test_the_kustomization_is_what_regvault_would_write(self):
        self.run_line("regvault k8s secret ghcr-credentials -u octocat --from vars.yml:ghcr_pat --kustomize other")
        ours = (self.dir / "other/kustomization.yaml").read_text()
        theirs = (self.dir / "kustomize/kustomization.yaml").read_text()
        self.assertIn(ours.split("kind: Kustomization\n")[1], theirs)
        self.assertEqual((self.dir / "other/.gitignore").read_text(), (self.dir / "kustomize/.gitignore").read_text())
        self.run_line("cp other/config.json kustomize")
        built = self.run_line("kubectl kustomize kustomize")
        self.assertIn("  name: ghcr-credentials\n  namespace: argowf\ntype: kubernetes.io/dockerconfigjson\n", built)


if __name__ == "__main__":
    unittest.main()
