/// imagePullSecrets: every kind, every shape, and what is refused. (tests/yaml-cases has the bytes around lists.)
#include <regvault/kubernetes/attach.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault::kubernetes {
namespace {

Attached attached(const std::string& bytes) {
  return attach_pull_secret(bytes, "x.yml", "regcred");
}

struct Row {
  std::string name, before, after;
};

TEST(Attach, EveryKind) {
  const std::string box = "containers:\n", pulls = "imagePullSecrets:\n";
  const Row rows[] = {
      {"Pod", "kind: Pod\nspec:\n  containers:\n  - name: a\n",
       "kind: Pod\nspec:\n  containers:\n  - name: a\n  imagePullSecrets:\n  - name: regcred\n"},
      {"Deployment", "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n",
       "kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n"
       "      imagePullSecrets:\n        - name: regcred\n"},
      {"CronJob",
       "kind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: "
       "Never\n",
       "kind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: "
       "Never\n"
       "          imagePullSecrets:\n            - name: regcred\n"},
      {"Job", "apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {restartPolicy: Never}}}\n",
       "apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {restartPolicy: Never, imagePullSecrets: [{name: "
       "regcred}]}}}\n"},
      {"ServiceAccount", "kind: ServiceAccount\nmetadata:\n  name: a\nimagePullSecrets:\n- name: old\n",
       "kind: ServiceAccount\nmetadata:\n  name: a\nimagePullSecrets:\n- name: old\n- name: regcred\n"},
      {"SeldonDeployment",
       "kind: SeldonDeployment\nspec:\n  predictors:\n  - name: a\n    componentSpecs:\n    - spec:\n        x: 1\n"
       "    - spec:\n        x: 2\n  - name: b\n    graph: {}\n",
       "kind: SeldonDeployment\nspec:\n  predictors:\n  - name: a\n    componentSpecs:\n    - spec:\n        x: 1\n"
       "        imagePullSecrets:\n        - name: regcred\n"
       "    - spec:\n        x: 2\n        imagePullSecrets:\n        - name: regcred\n"
       "  - name: b\n    graph: {}\n"},
      {"Argo Workflow", "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: \"{{x}}\"\n",
       "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec:\n  entrypoint: \"{{x}}\"\n"
       "  imagePullSecrets:\n    - name: regcred\n"},
      {"CronWorkflow", "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec:\n  workflowSpec:\n    a: 1\n",
       "apiVersion: argoproj.io/v1alpha1\nkind: CronWorkflow\nspec:\n  workflowSpec:\n    a: 1\n"
       "    imagePullSecrets:\n      - name: regcred\n"},
      {"List", "kind: List\nitems:\n- kind: Service\n  spec: {}\n- kind: Pod\n  spec:\n    a: 1\n",
       "kind: List\nitems:\n- kind: Service\n  spec: {}\n- kind: Pod\n  spec:\n    a: 1\n"
       "    imagePullSecrets:\n    - name: regcred\n"},
      {"documents", "kind: Pod\nspec:\n  a: 1\n---\nkind: Service\nspec: {}\n---\nkind: Pod\nspec:\n  a: 1  # last",
       "kind: Pod\nspec:\n  a: 1\n  imagePullSecrets:\n    - name: regcred\n---\nkind: Service\nspec: {}\n---\n"
       "kind: Pod\nspec:\n  a: 1  # last\n  imagePullSecrets:\n    - name: regcred"},
      {"there already", "kind: Pod\nspec:\n  imagePullSecrets: [{name: regcred}]\n",
       "kind: Pod\nspec:\n  imagePullSecrets: [{name: regcred}]\n"},
      {"CRLF", "kind: Pod\r\nspec:\r\n  a: 1\r\n",
       "kind: Pod\r\nspec:\r\n  a: 1\r\n  imagePullSecrets:\r\n    - name: regcred\r\n"},
      {"JSON", "{\"kind\": \"Pod\", \"spec\": {\"containers\": []}}",
       "{\"kind\": \"Pod\", \"spec\": {\"containers\": [], \"imagePullSecrets\": [{\"name\": \"regcred\"}]}}"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(attached(row.before).bytes, row.after);
    EXPECT_EQ(attached(row.after).bytes, row.after);
    EXPECT_EQ(attached(row.after).changes(), 0u);
  }
  for (const char* kind : {"StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"}) {
    const std::string before = std::string("kind: ") + kind + "\nspec:\n  template:\n    spec:\n      a: 1\n";
    EXPECT_EQ(attached(before).bytes, before + "      imagePullSecrets:\n        - name: regcred\n") << kind;
  }
}

TEST(Attach, SaysWhere) {
  const Attached done = attached("# x\nkind: Pod\nmetadata: {name: web}\nspec: {a: 1}\n");
  ASSERT_EQ(done.places.size(), 1u);
  EXPECT_EQ(done.places[0].kind, "Pod");
  EXPECT_EQ(done.places[0].name, "web");
  EXPECT_EQ(done.places[0].line, 2u);
  EXPECT_EQ(done.places[0].path, "spec.imagePullSecrets");
  EXPECT_FALSE(done.places[0].was_there);
}

std::string doubled(int times) {
  std::string out = "a0: &a0 {kind: Service}\n";
  for (int i = 1; i < times; ++i) {
    const std::string below = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    out += name + ": &" + name + " {kind: List, items: [" + below + ", " + below + "]}\n";
  }
  return out + "kind: List\nitems: [*a" + std::to_string(times - 1) + "]\n";
}

struct Refusal {
  std::string name, bytes, reason;
};

TEST(Attach, Refusals) {
  const Refusal rows[] = {
      {"nothing here", "kind: Service\nspec: {}\n", "no-place"},
      {"no pod spec", "kind: SeldonDeployment\nspec:\n  predictors:\n  - graph: {}\n", "no-place"},
      {"empty", "", "no-place"},
      {"a List in itself", "&l\nkind: List\nitems: [*l]\n", "no-place"},
      {"Lists of Lists", doubled(40), "no-place"},
      {"template in a value", "kind: Pod\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  a: 1\n", "template"},
      {"template on a line", "kind: Pod\nmetadata:\n  {{- if .x }}\n  name: a\n", "parse-error"},
      {"spec is an alias", "a: &a\n  b: 1\nkind: Pod\nspec: *a\n", "is-alias"},
      {"through an alias", "a: &a\n  spec: {b: 1}\nkind: Deployment\nspec:\n  template: *a\n", "is-alias"},
      {"shared by an alias", "kind: Pod\nspec: &s\n  a: 1\nother: *s\n", "anchor-in-use"},
      {"list shared by an alias", "kind: Pod\nspec:\n  imagePullSecrets: &s []\nother: *s\n", "anchor-in-use"},
      {"list from a merge key", "a: &a\n  imagePullSecrets: []\nkind: Pod\nspec:\n  <<: *a\n", "from-merge-key"},
      {"twice", "kind: Pod\nspec:\n  imagePullSecrets: []\n  imagePullSecrets: []\n", "duplicate-key"},
      {"names alone", "kind: Pod\nspec:\n  imagePullSecrets: [a]\n", "not-a-list"},
      {"no list", "kind: Pod\nspec:\n  imagePullSecrets: a\n", "not-a-list"},
  };
  for (const Refusal& row : rows) {
    SCOPED_TRACE(row.name);
    try {
      attached(row.bytes);
      FAIL() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.reason, row.reason) << error.what();
    }
  }
  EXPECT_THROW(attach_pull_secret("kind: Pod\nspec: {}\n", "x.yml", "Bad Name"), Error);
}

}  // namespace
}  // namespace regvault::kubernetes
