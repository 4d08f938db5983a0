"""regvault k8s in a cluster: the real kubectl, and a stand-in for the API server (tests/support/kubernetes_api.py)."""

import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time

import program

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kubernetes_api import KubernetesApi  # noqa: E402

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class K8sCluster(program.Case):
    def setUp(self):
        super().setUp()
        self.api = KubernetesApi(["default", "argowf"]).__enter__()
        self.addCleanup(self.api.__exit__)
        self.environment["KUBECONFIG"] = self.api.kubeconfig(self.dir)
        self.record_kubectl()

    def record_kubectl(self):
        """A kubectl that notes its arguments, environment and input sizes before it is the real one."""
        folder = self.dir / "bin"
        folder.mkdir()
        self.log = self.dir / "kubectl.log"
        (folder / "kubectl").write_text(f'#!/bin/sh\n{{ echo "$0 $*"; env; }} >> {self.log}\n'
                                        f'exec {shutil.which("kubectl")} "$@"\n')
        (folder / "kubectl").chmod(0o755)
        self.environment["PATH"] = f"{folder}:{self.environment['PATH']}"

    def apply(self, *arguments, token=None, **options):
        return self.run_program("k8s", "secret", "ghcr", "--apply", "-u", "octocat", "--stdin", *arguments,
                                stdin=(token or self.token).encode(), **options)

    def applied(self, *arguments, **options):
        result = self.apply(*arguments, **options)
        self.assertEqual(0, result.returncode, result.stderr.decode())
        return result.stdout.decode()

    def stored_token(self, namespace, registry="ghcr.io"):
        return self.api.secret_config(namespace, "ghcr")["auths"][registry]["password"]

    # ----------------------------------------------------------------------------------------------------------- apply

    def test_created_then_unchanged_then_replaced(self):
        self.assertEqual("secret ghcr in namespace argowf: created\nsecret ghcr in namespace default: created\n",
                         self.applied("-n", "argowf", "-n", "default"))
        self.assertEqual(self.token, self.stored_token("argowf"))
        version = self.api.find("secrets", "argowf", "ghcr")["metadata"]["resourceVersion"]
        self.assertIn("unchanged", self.applied("-n", "argowf"))
        self.assertEqual(version, self.api.find("secrets", "argowf", "ghcr")["metadata"]["resourceVersion"])
        self.assertIn("replaced", self.applied("-n", "argowf", token="another-token"))
        self.assertEqual("another-token", self.stored_token("argowf"))
        self.assertEqual(self.token, self.stored_token("default"))

    def test_without_a_namespace_it_is_the_contexts(self):
        self.environment["KUBECONFIG"] = self.api.kubeconfig(self.dir, namespace="argowf")
        self.assertEqual("secret ghcr: created\n", self.applied())
        self.assertEqual(self.token, self.stored_token("argowf"))

    def test_the_token_is_nowhere_but_in_the_secret(self):
        self.environment["CR_PAT"] = self.token
        for token in (self.token, self.token[::-1], self.token):
            self.environment["CR_PAT"] = token
            result = self.run_program("k8s", "secret", "ghcr", "--apply", "-u", "octocat", "--from-env", "CR_PAT")
            self.assertEqual(0, result.returncode, result.stderr)
        said = self.log.read_text() + result.stdout.decode() + result.stderr.decode()
        encoded = base64.b64encode(json.dumps(self.api.secret_config("default", "ghcr"), separators=(",", ":")).encode())
        self.assertIn("kubectl create -f -", said)
        self.assertIn("kubectl replace -f -", said)
        for secret in (self.token, self.token[::-1], base64.b64encode(f"octocat:{self.token}".encode()).decode(),
                       encoded.decode()):
            self.assertNotIn(secret, said)
        self.assertNotIn("annotations", self.api.find("secrets", "default", "ghcr")["metadata"])

    def test_what_belongs_to_others_stays_and_a_copy_in_an_annotation_goes(self):
        self.applied()
        secret = self.api.find("secrets", "default", "ghcr")
        secret["metadata"].update(labels={"team": "gpu"}, annotations={"note": "x", LAST_APPLIED: "the old token"})
        secret["data"]["more"] = "eA=="
        self.assertIn("replaced", self.applied())
        secret = self.api.find("secrets", "default", "ghcr")
        self.assertEqual({"team": "gpu"}, secret["metadata"]["labels"])
        self.assertEqual({"note": "x"}, secret["metadata"]["annotations"])
        self.assertEqual("eA==", secret["data"]["more"])

    def test_somebody_else_is_faster(self):
        def others(token):
            def write():
                config = {"auths": {"ghcr.io": {"password": token}}}
                data = base64.b64encode(json.dumps(config).encode()).decode()
                old = self.api.objects.get(("secrets", "default", "ghcr"), {"metadata": {"name": "ghcr"}})
                self.api.store("secrets", "default", {**old, "metadata": {"name": "ghcr", "labels": {"by": token}},
                                                      "type": "kubernetes.io/dockerconfigjson",
                                                      "data": {".dockerconfigjson": data}})
            return write
        self.api.before_write = [others("first"), others("second")]  # at our create, and at our replace
        self.assertIn("replaced", self.applied())
        self.assertEqual(self.token, self.stored_token("default"))
        self.assertEqual({"by": "second"}, self.api.find("secrets", "default", "ghcr")["metadata"]["labels"])
        self.assertEqual([], self.api.before_write)

    def test_dry_run_stores_nothing(self):
        self.assertEqual("secret ghcr: would be created\n", self.applied("--dry-run"))
        self.assertNotIn(("secrets", "default", "ghcr"), self.api.objects)

    def test_what_cannot_be_changed_is_refused(self):
        self.api.store("secrets", "default", {"metadata": {"name": "ghcr"}, "type": "Opaque", "data": {}})
        self.assert_fails(self.apply("-n", "default"), 8, 'secret "ghcr" is of type "Opaque"',
                          "kubectl delete secret ghcr -n default, then run the command again")
        self.api.store("secrets", "default", {"metadata": {"name": "ghcr"}, "immutable": True, "data": {},
                                              "type": "kubernetes.io/dockerconfigjson"})
        self.assert_fails(self.apply(), 8, 'secret "ghcr" is immutable')

    def test_what_the_api_repeats_is_not_shown(self):
        config = {"auths": {"ghcr.io": {"username": "octocat", "password": self.token, "auth": base64.b64encode(
            f"octocat:{self.token}".encode()).decode()}}}
        text = json.dumps(config, separators=(",", ":"))
        encoded = base64.b64encode(text.encode()).decode()
        self.api.refused["secrets"] = f'Secret "ghcr" is invalid: data: Invalid value: {encoded}: {text}'
        result = self.apply()
        self.assert_fails(result, 9, "Invalid value: ********: ********")
        self.assertNotIn(encoded, result.stderr.decode())

    def test_what_the_api_answers(self):
        self.assert_fails(self.apply("-n", "nowhere"), 4, 'namespaces "nowhere" not found',
                          "kubectl create namespace nowhere")
        self.api.forbidden.add(("POST", "secrets"))
        self.assert_fails(self.apply(), 10, 'User "bot" cannot post resource "secrets"')
        self.assert_fails(self.apply("--context", "elsewhere"), 9, "kubectl failed: ")
        self.assert_fails(self.apply("--context", "no-such"), 9, "no-such")
        self.assert_fails(self.apply("--kubeconfig", "no/such/file"), 9, "kubectl failed: ")
        self.environment["PATH"] = str(self.dir)
        self.assert_fails(self.apply(), 4, "kubectl is not on PATH")

    # ------------------------------------------------------------------------------------------------- show and attach

    def test_show_one_in_the_cluster(self):
        self.applied("-n", "argowf")
        for name in ("ghcr", "secret/ghcr"):
            said = self.ok("k8s", "show", name, "-n", "argowf")
            self.assertRegex(said, r"(?m)^argowf/ghcr +ghcr\.io +octocat ")
            self.assertNotIn(self.token, said)
        self.assert_fails(self.run_program("k8s", "show", "ghcr"), 4, "there is no secret ghcr")

    def attach(self, *arguments):
        result = self.run_program("k8s", "attach", *arguments)
        self.assertEqual(0, result.returncode, result.stderr.decode())
        return result.stdout.decode() + result.stderr.decode()

    def test_service_account(self):
        self.applied("-n", "argowf")
        said = self.attach("ghcr", "serviceaccount/default", "-n", "argowf")
        self.assertEqual("service account default in namespace argowf: changed\n", said)
        self.assertEqual(["ghcr"], self.api.pull_secrets("argowf"))
        self.assertIn("has it already", self.attach("ghcr", "sa/default", "-n", "argowf"))
        self.assertIn("there is no secret other in namespace argowf yet", self.attach("other", "sa/default", "-n", "argowf"))
        self.assertEqual(["ghcr", "other"], self.api.pull_secrets("argowf"))
        self.assertIn("would be changed", self.attach("third", "sa/default", "-n", "argowf", "--dry-run"))
        self.assertEqual(["ghcr", "other"], self.api.pull_secrets("argowf"))
        self.assert_fails(self.run_program("k8s", "attach", "ghcr", "sa/robot"), 4, 'serviceaccounts "robot" not found')

    def test_service_account_that_others_change_at_the_same_time(self):
        def add(name):
            def write():
                account = self.api.find("serviceaccounts", "default", "default")
                names = account.get("imagePullSecrets", []) + [{"name": name}]
                self.api.store("serviceaccounts", "default", {**account, "imagePullSecrets": names})
            return write
        self.api.before_write = [add("one"), add("two"), add("three")]
        self.attach("ghcr", "sa/default")
        self.assertEqual(["one", "two", "three", "ghcr"], self.api.pull_secrets("default"))

    def test_many_at_once_lose_nothing(self):
        names = [f"s{number}" for number in range(6)]
        threads = [threading.Thread(target=self.attach, args=(name, "sa/default")) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(names, sorted(self.api.pull_secrets("default")))

    # ------------------------------------------------------------------------------------------------------------ test

    def pods(self):
        return [name for kind, _, name in self.api.objects if kind == "pods"]

    def test_an_image_that_can_be_pulled(self):
        self.applied("-n", "argowf")
        self.api.images["ghcr.io/acme/app:1"] = None
        said = self.ok("k8s", "test", "ghcr.io/acme/app:1", "--secret", "ghcr", "-n", "argowf")
        self.assertRegex(said, r"^pulled ghcr\.io/acme/app:1 on node-1 \(ghcr\.io/acme/app@sha256:0+\)\n$")
        self.assertEqual([], self.pods())

    def test_an_image_that_cannot_be_pulled(self):
        image = "ghcr.io/acme/app:1"
        texts = {'denied: denied': (10, ""), 'dial tcp: lookup ghcr.io: no such host': (9, ""),
                 f'failed to authorize: failed to fetch oauth token: unexpected status from GET request to '
                 f'https://ghcr.io/token?scope=repository%3Aacme%2Fapp%3Apull&service=ghcr.io: 403 Forbidden': (10, ""),
                 f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": failed to resolve '
                 f'reference "{image}": {image}: not found': (4, "")}
        for text, (code, word) in texts.items():
            self.api.images[image] = text
            result = self.run_program("k8s", "test", image)
            self.assert_fails(result, code, f'the cluster could not pull "{image}": ', text[:60], word)
            self.assertIn("regvault: hint: ", result.stderr.decode())
            self.assertEqual([], self.pods())

    def test_a_secret_that_is_missing_is_said(self):
        image = "ghcr.io/acme/app:1"
        self.api.images[image] = f"failed to fetch anonymous token: unexpected status from GET request to {image}: 401"
        said = self.run_program("k8s", "test", image, "--secret", "nobody").stderr.decode()
        self.assertIn("Unable to retrieve some image pull secrets (nobody)", said)

    def test_no_answer_in_time(self):
        self.api.images["slow"] = "slow"
        self.assert_fails(self.run_program("k8s", "test", "slow", "--timeout", "1"), 9, "no answer within 1 s")
        self.assertEqual([], self.pods())

    def test_a_signal_deletes_the_pod(self):
        self.api.images["slow"] = "slow"
        for number in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen([program.PROGRAM, "k8s", "test", "slow"], env=self.environment, cwd=self.dir,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
            end = time.monotonic() + 30
            while not self.pods() and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(1, len(self.pods()))
            os.kill(process.pid, number)
            process.communicate(timeout=60)
            self.assertEqual(-number, process.returncode)
            self.assertEqual([], self.pods())

    def test_the_pod_is_what_pod_prints(self):
        printed = self.ok("k8s", "pod", "ghcr.io/acme/app:1", "--name", "x", "--secret", "ghcr", "--node", "gpu-01",
                          "--service-account", "bot", "--command", "sleep", "--command", "1")
        result = self.run_program("create", "-f", "-", "--dry-run=client", "-o", "json", "--validate=false",
                                  program="kubectl", stdin=printed.encode())
        self.assertEqual(0, result.returncode, result.stderr)
        spec = json.loads(result.stdout)["spec"]
        self.assertEqual(([{"name": "ghcr"}], "gpu-01", "bot", "Never"), (spec["imagePullSecrets"], spec["nodeName"],
                                                                        spec["serviceAccountName"], spec["restartPolicy"]))
        self.assertEqual(["sleep", "1"], spec["containers"][0]["command"])
        self.assertEqual("Always", spec["containers"][0]["imagePullPolicy"])


if __name__ == "__main__":
    program.main()
