"""regvault k8s attach on files: what the real kubectl reads afterwards, and bytes that stay."""

import copy
import json
import os
import random
import subprocess

import yaml

import program

DEPLOYMENT = """\
# the console
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web   # as its service
spec:
  template:
    spec:
      containers:
        - name: web
          image: 'ghcr.io/acme/web:1'
---
apiVersion: v1
kind: Service
metadata: {name: web}
"""
ADDED = """\
      imagePullSecrets:
        - name: ghcr
"""
OBJECTS = {  # kubectl's own kinds, with what kubectl patches
    "Pod": ("v1", "spec"), "Deployment": ("apps/v1", "spec.template.spec"), "StatefulSet": ("apps/v1", "spec.template.spec"),
    "DaemonSet": ("apps/v1", "spec.template.spec"), "ReplicaSet": ("apps/v1", "spec.template.spec"),
    "Job": ("batch/v1", "spec.template.spec"), "CronJob": ("batch/v1", "spec.jobTemplate.spec.template.spec"),
    "ServiceAccount": ("v1", ""),
}


class K8sAttach(program.Case):
    def setUp(self):
        super().setUp()
        self.environment["KUBECONFIG"] = "/dev/null"
        self.file = self.dir / "deployment.yml"
        self.file.write_text(DEPLOYMENT)

    def kubectl_patched(self, text, patch):
        """The objects of a manifest as kubectl has them after a strategic merge patch, without any server."""
        result = subprocess.run(["kubectl", "patch", "--local", "-f", "-", "-o", "json", "-p", json.dumps(patch)],
                                input=text.encode(), capture_output=True, env=self.environment, timeout=60)
        self.assertEqual(0, result.returncode, result.stderr.decode())
        return json.loads(result.stdout)

    def test_the_same_as_kubectl_patches(self):
        for kind, (version, place) in OBJECTS.items():
            for there in ([], [{"name": "old"}]):
                obj = inner = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}}
                patch = inner_patch = {}
                for step in filter(None, place.split(".")):
                    inner[step], inner_patch[step] = {}, {}
                    inner, inner_patch = inner[step], inner_patch[step]
                if place:
                    inner["containers"] = [{"name": "a", "image": "b"}]
                if there:
                    inner["imagePullSecrets"] = there
                inner_patch["imagePullSecrets"] = [{"name": "ghcr"}]
                if kind == "ServiceAccount":  # here kubectl's patch replaces the list
                    inner_patch["imagePullSecrets"] += there
                text = json.dumps(obj, indent=2)
                ours = self.ok("k8s", "attach", "ghcr", "-", stdin=text.encode())
                wanted = self.kubectl_patched(text, patch)
                now = self.kubectl_patched(ours, {})
                for answer in (wanted, now):  # a strategic merge puts the new one first
                    names = answer
                    for step in filter(None, place.split(".")):
                        names = names[step]
                    names["imagePullSecrets"].sort(key=lambda entry: entry["name"])
                self.assertEqual(wanted, now, kind)

    def test_only_two_lines_are_new(self):
        said = self.ok("k8s", "attach", "ghcr", self.file)
        self.assertEqual(f'{self.file}:2: Deployment "web": added at spec.template.spec.imagePullSecrets\n', said)
        self.assertEqual(DEPLOYMENT.replace("---\n", ADDED + "---\n"), self.file.read_text())
        inode = self.file.stat().st_ino
        self.assertIn("there already", self.ok("k8s", "attach", "ghcr", self.file))
        self.assertEqual(inode, self.file.stat().st_ino)  # not even written

    def test_dry_run_diff_and_filter_write_nothing(self):
        self.assertIn("would be added", self.ok("k8s", "attach", "ghcr", self.file, "--dry-run"))
        ours = self.ok("k8s", "attach", "ghcr", self.file, "--diff")
        self.assertEqual(DEPLOYMENT, self.file.read_text())
        after = self.ok("k8s", "attach", "ghcr", "-", stdin=DEPLOYMENT.encode())
        self.assertEqual(DEPLOYMENT.replace("---\n", ADDED + "---\n"), after)
        (self.dir / "after.yml").write_text(after)
        theirs = self.run_program("-u", "--label", str(self.file), "--label", str(self.file), self.file,
                                  self.dir / "after.yml", program="diff").stdout.decode()
        self.assertEqual(theirs, ours)

    def test_diff_as_diff_prints_it(self):
        pods = [f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: p{number}\nspec:\n  containers: []\n" + "# more\n" * number
                for number in range(9)]
        text = "---\n".join(pods) + "---\nkind: Pod\nspec:\n  a: 1"
        self.file.write_text(text)
        ours = self.ok("k8s", "attach", "ghcr", self.file, "--diff")
        (self.dir / "after.yml").write_text(self.ok("k8s", "attach", "ghcr", "-", stdin=text.encode()))
        theirs = self.run_program("-u", "--label", str(self.file), "--label", str(self.file), self.file,
                                  self.dir / "after.yml", program="diff").stdout.decode()
        self.assertEqual(theirs, ours)

    def random_manifest(self, draw):
        """Objects, as they are and as they shall be."""
        before = []
        for number in range(draw.randint(1, 4)):
            kind, (version, place) = draw.choice(sorted(OBJECTS.items()))
            obj = inner = {"apiVersion": version, "kind": kind, "metadata": {"name": f"x{number}"}}
            for step in filter(None, place.split(".")):
                inner[step] = {"before": draw.choice([1, "two\nlines\n", [1, [2, {"a": "b"}]], {}, None])} if draw.random() < .5 else {}
                inner = inner[step]
            if place:
                inner["containers"] = [{"name": "a", "args": ["x: y", "# no"], "env": draw.choice([[], [{"name": "A"}]])}]
            if draw.random() < .4:
                inner["imagePullSecrets"] = draw.choice([[], None, [{"name": "old"}], [{"name": "ghcr"}, {"name": "old"}]])
            if place and draw.random() < .3:
                inner["text"] = draw.choice(["a\n\nb\n", "a\n\n", "plain", "x" * 100 + " " + "y" * 50])
            before.append(obj)
        after = copy.deepcopy(before)
        for obj in after:
            inner = obj
            for step in filter(None, OBJECTS[obj["kind"]][1].split(".")):
                inner = inner[step]
            names = inner["imagePullSecrets"] = inner.get("imagePullSecrets") or []
            if {"name": "ghcr"} not in names:
                names.append({"name": "ghcr"})
        return before, after

    def test_random_manifests_in_random_layouts(self):
        paths, wanted = [], []
        for number in range(int(os.environ.get("REGVAULT_CASES", "60"))):
            draw = random.Random(number)
            before, after = self.random_manifest(draw)
            if draw.random() < .2:
                before, after = [{"apiVersion": "v1", "kind": "List", "items": objects} for objects in (before, after)]
                text, after = json.dumps(before, indent=draw.choice([None, 1, 4])), [after]
            else:
                text = yaml.safe_dump_all(before, default_flow_style=draw.choice([None, False, True]), sort_keys=False,
                                          indent=draw.choice([1, 2, 4, 7]), width=draw.choice([30, 80]),
                                          explicit_start=draw.choice([True, False]))
            text = draw.choice([text, text.rstrip("\n") if "|" not in text else text, "# first\n" + text])
            if draw.random() < .3:
                text = text.replace("\n", "\r\n")
            path = self.dir / f"{number}.yml"
            path.write_bytes(text.encode())
            paths.append(path)
            wanted.append(after)
        self.ok("k8s", "attach", "ghcr", *paths)
        for path, after in zip(paths, wanted):
            self.assertEqual(after, list(yaml.safe_load_all(path.read_bytes())), path.read_text())

    def test_refused_with_the_file_as_it_was(self):
        cases = {"metadata:\n  name: {{ .Values.name }}\nkind: Pod\nspec: {}\n": (8, "this is a template"),
                 "kind: Pod\n{{- if .x }}\nspec: {}\n": (5, "for a Helm chart"),
                 "kind: Service\nspec: {}\n": (4, "nothing in this file runs pods"),
                 "kind: Pod\nspec: &a {}\nother: *a\n": (8, "an alias elsewhere stands for this value")}
        for text, (code, message) in cases.items():
            self.file.write_text(text)
            self.assert_fails(self.run_program("k8s", "attach", "ghcr", self.file), code, message)
            self.assertEqual(text, self.file.read_text())

    def test_one_that_fails_keeps_no_other_from_it(self):
        bad = self.dir / "service.yml"
        bad.write_text("kind: Service\n")
        result = self.run_program("k8s", "attach", "ghcr", bad, self.file)
        self.assertEqual(4, result.returncode)
        self.assertIn("1 target of 2 failed", result.stderr.decode())
        self.assertIn(ADDED, self.file.read_text())


if __name__ == "__main__":
    program.main()
