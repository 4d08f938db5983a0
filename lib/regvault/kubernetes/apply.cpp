#include <regvault/kubernetes/apply.hpp>

#include <optional>

#include <regvault/base/error.hpp>
#include <regvault/json/document.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/kubernetes/pull_secret.hpp>
#include <regvault/secret/base64.hpp>

namespace regvault::kubernetes {
namespace {

constexpr int kAttempts = 20;
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

std::vector<std::string> with_dry_run(std::vector<std::string> arguments, bool dry_run) {
  if (dry_run) arguments.emplace_back("--dry-run=server");
  return arguments;
}

std::optional<SecretBytes> get(const Kubectl& kubectl, const std::string& kind, const ObjectName& object) {
  SecretBytes json =
      kubectl.said({"get", kind, object.name, "-o", "json", "--ignore-not-found"}, {.name_space = object.name_space});
  if (json.empty()) return std::nullopt;
  return json;
}

json::Object& object_in(json::Object& parent, std::string_view key) {
  json::Value& value = parent[key];
  if (!value.is_object()) value.emplace_object();
  return value.get_object();
}

/// kubectl's answer.
json::Document parsed(const SecretBytes& json) {
  json::Document document = json::Document::parse(json.view(), "kubectl's answer");
  if (document.root().is_object()) return document;
  throw Error(ErrorCode::program_failed, "kubectl answered something else than an object", {}, {}, "kubectl");
}

std::string_view text_in(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

void refuse_unchangeable(const json::Object& secret, const ObjectName& name) {
  const std::string delete_it = "kubectl delete secret " + name.name +
                                (name.name_space.empty() ? "" : " -n " + name.name_space) +
                                ", then run the command again";
  const std::string_view type = text_in(secret, "type");
  if (type != kSecretType) {
    throw Error(
        ErrorCode::unsupported,
        "secret " + in_quotes(name.name) + " is of type " + in_quotes(type) + ", and a secret's type cannot be changed",
        delete_it, {}, "type");
  }
  const json::Value* immutable = secret.if_contains("immutable");
  if (immutable != nullptr && immutable->is_bool() && immutable->get_bool()) {
    throw Error(ErrorCode::unsupported, "secret " + in_quotes(name.name) + " is immutable", delete_it, {}, "immutable");
  }
}

/// False: it is so already.
bool change(json::Object& secret, std::string_view config) {
  bool changed = false;
  json::Object& metadata = object_in(secret, "metadata");
  json::Value* annotations = metadata.if_contains("annotations");
  if (annotations != nullptr && annotations->is_object() && annotations->get_object().contains(kLastApplied)) {
    annotations->get_object().stable_erase(kLastApplied);
    changed = true;
  }
  const SecretBytes wanted = base64_of(config);
  json::Object& data = object_in(secret, "data");
  if (equal_in_constant_time(text_in(data, kSecretKey), wanted.view())) return changed;
  data[kSecretKey].emplace_string() = wanted.view();
  return true;
}

bool lost_a_race(const Error& error) {
  return error.reason == "conflict" || error.reason == "exists";
}

/// Until nobody else was faster.
template <typename Attempt>
Applied until_it_succeeds(const Attempt& attempt) {
  for (int i = 1;; ++i) {
    try {
      return attempt();
    } catch (const Error& error) {
      if (!lost_a_race(error) || i == kAttempts) throw;
    }
  }
}

}  // namespace

std::optional<SecretBytes> secret_in_cluster(const Kubectl& kubectl, const ObjectName& secret) {
  return get(kubectl, "secret", secret);
}

Applied store_secret(const Kubectl& kubectl, const ObjectName& secret, std::string_view config, bool dry_run) {
  check_name(secret.name, "secret");
  if (!secret.name_space.empty()) check_namespace(secret.name_space);
  const SecretBytes encoded = base64_of(config);
  const std::vector<std::string_view> secrets = {encoded.view(), config};
  return until_it_succeeds([&] {
    std::optional<SecretBytes> now = get(kubectl, "secret", secret);
    if (!now) {
      Manifest wanted{.name = secret.name};
      if (!secret.name_space.empty()) wanted.namespaces = {secret.name_space};
      const SecretBytes yaml = manifest(wanted, config);
      kubectl.said(with_dry_run({"create", "-f", "-", "-o", "name", "--validate=false"}, dry_run),
                   {.name_space = secret.name_space, .standard_input = yaml.view(), .secrets = secrets});
      return Applied::created;
    }
    json::Document document = parsed(*now);
    json::Object& object = document.root().get_object();
    refuse_unchangeable(object, secret);
    if (!change(object, config)) return Applied::unchanged;
    const SecretBytes json = document.written_compact();
    kubectl.said(with_dry_run({"replace", "-f", "-", "-o", "name", "--validate=false"}, dry_run),
                 {.name_space = secret.name_space, .standard_input = json.view(), .secrets = secrets});
    return Applied::replaced;
  });
}

Applied attach_to_service_account(const Kubectl& kubectl, const ObjectName& account, const std::string& secret,
                                  bool dry_run) {
  check_name(secret, "secret");
  check_name(account.name, "service account");
  if (!account.name_space.empty()) check_namespace(account.name_space);
  return until_it_succeeds([&] {
    const SecretBytes now =
        kubectl.said({"get", "serviceaccount", account.name, "-o", "json"}, {.name_space = account.name_space});
    const json::Document document = parsed(now);
    const json::Object& object = document.root().get_object();
    json::Document patch;  // with the version that was read: another one by now is a conflict
    json::Object& root = patch.root().get_object();
    json::Array& list = root["imagePullSecrets"].emplace_array();
    if (const json::Value* names = object.if_contains("imagePullSecrets"); names != nullptr && names->is_array()) {
      for (const json::Value& name : names->get_array()) {
        if (name.is_object() && text_in(name.get_object(), "name") == secret) return Applied::unchanged;
        list.push_back(name);
      }
    }
    list.emplace_back(json::Object{{"name", secret}});
    const json::Value* metadata = object.if_contains("metadata");
    std::string version;
    if (metadata != nullptr && metadata->is_object()) version = text_in(metadata->get_object(), "resourceVersion");
    object_in(root, "metadata")["resourceVersion"].emplace_string() = version;
    const SecretBytes text = patch.written_compact();
    kubectl.said(with_dry_run({"patch", "serviceaccount", account.name, "--type=merge", "-o", "name", "-p",
                               std::string(text.view())},
                              dry_run),
                 {.name_space = account.name_space});
    return Applied::replaced;
  });
}

}  // namespace regvault::kubernetes
