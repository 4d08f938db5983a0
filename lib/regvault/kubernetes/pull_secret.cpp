#include <regvault/kubernetes/pull_secret.hpp>

#include <algorithm>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/registry/auth_file.hpp>
#include <regvault/secret/base64.hpp>

namespace regvault::kubernetes {
namespace {

constexpr std::size_t kLargest = 1 << 20;  // k8s.io/api core/v1 MaxSecretSize
constexpr std::string_view kDockerHub = "https://index.docker.io/v1/";
constexpr std::string_view kDockerHubNames[] = {"docker.io", "index.docker.io", "registry-1.docker.io"};

[[noreturn]] void refuse(std::string message, std::string hint = {}) {
  throw Error(ErrorCode::usage, std::move(message), std::move(hint), {}, "bad-credential");
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

std::string key_of(const Credential& credential) {
  const std::string& name = credential.registry;
  if (name.find('@') != name.npos) {
    refuse("the name of a registry holds a user or a password", "give user name and token of their own");
  }
  const bool strange = name.empty() || !is_utf8(name) || has_control(name) || name.find(' ') != name.npos;
  if (strange || begins_like_a_token(name)) refuse("that is no registry's name", "as in ghcr.io");
  return std::string(std::ranges::count(kDockerHubNames, name) != 0 ? kDockerHub : std::string_view(name));
}

void check_text(std::string_view text, const std::string& what, const std::string& registry) {
  const std::string where = " for " + in_quotes(registry);
  if (!is_utf8(text)) refuse("the " + what + where + " is not UTF-8 text");
  if (what == "token") return;
  if (stripped(text) != text || has_control(text)) {
    refuse("the " + what + where + " has white space around it, or a control character in it");
  }
}

void check(const Credential& credential, const std::string& registry) {
  check_text(credential.username, "user name", registry);
  check_text(credential.email, "e-mail address", registry);
  check_text(credential.password.view(), "token", registry);
  if (credential.username.empty()) refuse("the user name for " + in_quotes(registry) + " is empty");
  if (credential.password.empty()) refuse("the token for " + in_quotes(registry) + " is empty");
  if (credential.username.find(':') != std::string::npos || begins_like_a_token(credential.username)) {
    refuse("that is no user name: it has a colon in it, or is a token", "are user name and token exchanged?");
  }
}

/// As Go's encoding/json writes a string (the text is UTF-8).
void add_json(SecretBytes& out, std::string_view text) {
  static constexpr std::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";  // pairs: what, its letter
  out.append("\"");
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view c = text.substr(i, 1), three = text.substr(i, 3);
    const std::size_t letter = c[0] == '"' || c[0] == '\\' || (c[0] >= 0 && c[0] < 0x20) ? kShort.find(c) : kShort.npos;
    if (letter != kShort.npos && letter % 2 == 0) {
      out.append("\\");
      out.append(kShort.substr(letter + 1, 1));
    } else if ((c[0] >= 0 && c[0] < 0x20) || c[0] == '<' || c[0] == '>' || c[0] == '&') {
      out.append("\\u00");
      out.append(hex_encode(c));
    } else if (three == "\xe2\x80\xa8" || three == "\xe2\x80\xa9") {
      out.append(three.back() == '\xa8' ? "\\u2028" : "\\u2029");
      i += 2;
    } else {
      out.append(c);
    }
  }
  out.append("\"");
}

void add_member(SecretBytes& out, std::string_view name, std::string_view text) {
  out.append("\"");
  out.append(name);
  out.append("\":");
  add_json(out, text);
}

void add_entry(SecretBytes& out, const std::string& key, const Credential& credential) {
  add_json(out, key);
  out.append(":{");
  add_member(out, "username", credential.username);
  out.append(",");
  add_member(out, "password", credential.password.view());
  out.append(",");
  if (!credential.email.empty()) {
    add_member(out, "email", credential.email);
    out.append(",");
  }
  add_member(out, "auth", auth_of(credential).view());
  out.append("}");
}

void add_yaml(SecretBytes& out, const Manifest& manifest, const std::string& name_space, std::string_view data) {
  out.append("apiVersion: v1\ndata:\n  .dockerconfigjson: ");
  out.append(data);
  out.append("\nkind: Secret\nmetadata:\n");
  if (manifest.creation_timestamp) out.append("  creationTimestamp: null\n");
  out.append("  name: " + yaml_name(manifest.name) + "\n");
  if (!name_space.empty()) out.append("  namespace: " + yaml_name(name_space) + "\n");
  out.append("type: kubernetes.io/dockerconfigjson\n");
}

/// kubectl's order in JSON: as the Go types have their fields.
void add_json_object(SecretBytes& out, const Manifest& manifest, const std::string& name_space, std::string_view data,
                     const std::string& indent) {
  const std::string one = "\n" + indent + "    ", two = one + "    ";
  out.append("{" + one + "\"kind\": \"Secret\"," + one + "\"apiVersion\": \"v1\"," + one + "\"metadata\": {");
  out.append(two + "\"name\": \"" + manifest.name + "\"");
  if (!name_space.empty()) out.append("," + two + "\"namespace\": \"" + name_space + "\"");
  if (manifest.creation_timestamp) out.append("," + two + "\"creationTimestamp\": null");
  out.append(one + "}," + one + "\"data\": {" + two + "\".dockerconfigjson\": \"");
  out.append(data);
  out.append("\"" + one + "}," + one + "\"type\": \"kubernetes.io/dockerconfigjson\"\n" + indent + "}");
}

}  // namespace

SecretBytes auth_of(const Credential& credential) {
  return base64_of(user_and_password(credential.username, credential.password.view()).view());
}

SecretBytes docker_config(std::span<const Credential> credentials) {
  if (credentials.empty()) refuse("there are no credentials to put into the secret");
  std::vector<std::pair<std::string, const Credential*>> entries;
  for (const Credential& credential : credentials) entries.emplace_back(key_of(credential), &credential);
  std::ranges::sort(entries, {}, [](const auto& entry) { return entry.first; });
  SecretBytes out = SecretBytes::copy_of("{\"auths\":{");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& [key, credential] = entries[i];
    check(*credential, key);
    if (i > 0 && entries[i - 1].first == key) refuse(in_quotes(key) + " is there twice");
    if (i > 0) out.append(",");
    add_entry(out, key, *credential);
  }
  out.append("}}");
  return out;
}

SecretBytes manifest(const Manifest& manifest, std::string_view config) {
  check_name(manifest.name, "secret");
  for (const std::string& name : manifest.namespaces) check_namespace(name);
  if (config.size() > kLargest) refuse("the secret is larger than the 1 MiB that Kubernetes takes");
  std::vector<std::string> namespaces = manifest.namespaces;
  if (namespaces.empty()) namespaces.emplace_back();
  const SecretBytes data = base64_of(config);
  const bool is_list = manifest.form == Form::json && namespaces.size() > 1;
  const std::string indent(is_list ? 8 : 0, ' ');
  SecretBytes out;
  if (is_list)
    out.append("{\n    \"kind\": \"List\",\n    \"apiVersion\": \"v1\",\n    \"metadata\": {},\n    \"items\": [\n");
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    if (manifest.form == Form::yaml) {
      if (i > 0) out.append("---\n");
      add_yaml(out, manifest, namespaces[i], data.view());
      continue;
    }
    out.append((i > 0 ? ",\n" : "") + indent);
    add_json_object(out, manifest, namespaces[i], data.view(), indent);
  }
  if (is_list) out.append("\n    ]\n}");
  if (manifest.form == Form::json) out.append("\n");
  return out;
}

}  // namespace regvault::kubernetes
