#include <regvault/registry/auth_file.hpp>

#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/secret/base64.hpp>

namespace regvault {
namespace {

constexpr std::size_t kLongestUsername = 64;

[[noreturn]] void fail_malformed(const std::string& path, const std::string& what) {
  throw Error(ErrorCode::malformed, in_quotes(path) + " is not an auth file: " + what,
              "repair it or move it away; it was not changed", {}, "malformed-auth-file");
}

void want_object(const json::Value& value, const std::string& path, const std::string& what) {
  if (!value.is_object()) fail_malformed(path, what + " is " + std::string(json::kind_name(value)) + ", not an object");
}

void want_objects(const json::Object& entries, const std::string& path) {
  for (const auto& [key, entry] : entries) want_object(entry, path, "the entry of " + in_quotes(key));
}

/// A member that is null counts as missing, as it does for Go.
const json::Value* member(const json::Object& object, std::string_view name) {
  const json::Value* value = object.if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string_view text_member(const json::Object& object, std::string_view name) {
  const json::Value* value = member(object, name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

/// "user:password"; nullopt: not base64 as the engines read it.
}  // namespace

bool begins_like_a_token(std::string_view text) {
  for (std::string_view prefix : {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"}) {
    if (text.starts_with(prefix)) return true;
  }
  return false;
}

std::optional<std::string> showable_username(std::string_view username) {
  bool may_be_secret = begins_like_a_token(username) || username.size() > kLongestUsername;
  if (may_be_secret || !is_utf8(username)) return std::nullopt;
  return std::string(username);
}

SecretBytes user_and_password(std::string_view username, std::string_view password) {
  SecretBytes both;
  both.reserve(username.size() + 1 + password.size());
  both.append(username);
  both.append(":");
  both.append(password);
  return both;
}

AuthFile AuthFile::parse(std::string_view bytes, const std::string& path, Format format) {
  if (stripped(bytes).empty()) return AuthFile(json::Document(), format);
  json::Document document = [&] {
    try {
      return json::Document::parse(bytes, path);
    } catch (Error& error) {
      error.hint = "repair it or move it away; it was not changed";
      error.reason = "malformed-auth-file";
      throw;
    }
  }();
  want_object(document.root(), path, "it");
  const json::Object& root = document.root().get_object();
  if (format == Format::dockercfg) {
    want_objects(root, path);
    return AuthFile(std::move(document), format);
  }
  for (std::string_view name : {"auths", "credHelpers"}) {
    if (const json::Value* value = member(root, name)) want_object(*value, path, in_quotes(name));
  }
  if (const json::Value* auths = member(root, "auths")) want_objects(auths->get_object(), path);
  return AuthFile(std::move(document), format);
}

const json::Object* AuthFile::entries() const {
  const json::Object& root = document_.root().get_object();
  if (format_ == Format::dockercfg) return &root;
  const json::Value* auths = member(root, "auths");
  return auths != nullptr ? &auths->get_object() : nullptr;
}

const json::Object* AuthFile::entry(std::string_view key) const {
  const json::Object* all = entries();
  const json::Value* value = all != nullptr ? all->if_contains(key) : nullptr;
  return value != nullptr ? &value->get_object() : nullptr;
}

bool AuthFile::has_credentials(std::string_view key) const {
  const json::Object* found = entry(key);
  if (found == nullptr) return false;
  return !text_member(*found, "auth").empty() || !text_member(*found, "identitytoken").empty();
}

std::optional<std::string> AuthFile::entry_for(const RegistryReference& registry, Engine engine) const {
  const json::Object* all = entries();
  if (all == nullptr) return std::nullopt;
  bool namespaces = engine != Engine::docker && format_ == Format::auths;
  std::vector<std::string> exact = namespaces ? namespace_keys(registry) : std::vector{auth_key(registry, engine)};
  for (const std::string& key : exact) {
    if (all->contains(key)) return has_credentials(key) ? std::optional(key) : std::nullopt;
  }
  std::string host = engine == Engine::docker ? exact.front() : registry.host;
  for (const auto& [key, value] : *all) {
    if (comparable_key(key, engine, format_ == Format::dockercfg) == host && has_credentials(key))
      return std::string(key);
  }
  return std::nullopt;
}

std::optional<std::string> AuthFile::helper_for(const RegistryReference& registry, Engine engine) const {
  if (format_ == Format::dockercfg) return std::nullopt;
  const json::Object& root = document_.root().get_object();
  std::string host = engine == Engine::docker ? auth_key(registry, engine) : registry.host;
  if (const json::Value* helpers = member(root, "credHelpers")) {
    std::string_view helper = text_member(helpers->get_object(), host);
    if (!helper.empty()) return std::string(helper);
    if (helpers->get_object().contains(host)) return std::nullopt;  // docker: "" is "not the credsStore, this file"
  }
  std::string_view store = engine == Engine::docker ? text_member(root, "credsStore") : "";
  return store.empty() ? std::nullopt : std::optional<std::string>(store);
}

std::vector<std::string> AuthFile::registries_with_helpers() const {
  std::vector<std::string> out;
  const json::Value* helpers =
      format_ == Format::auths ? member(document_.root().get_object(), "credHelpers") : nullptr;
  if (helpers == nullptr) return out;
  for (const auto& [registry, helper] : helpers->get_object()) out.emplace_back(registry);
  return out;
}

std::string AuthFile::store() const {
  if (format_ == Format::dockercfg) return {};
  return std::string(text_member(document_.root().get_object(), "credsStore"));
}

bool AuthFile::holds(std::string_view key, std::string_view username, std::string_view password) const {
  const json::Object* found = entry(key);
  if (found == nullptr) return false;
  bool has_token = !text_member(*found, "identitytoken").empty() || !text_member(*found, "registrytoken").empty();
  if (has_token) return false;
  std::optional<SecretBytes> now = base64_decoded(text_member(*found, "auth"));
  return now && equal_in_constant_time(now->view(), user_and_password(username, password).view());
}

std::optional<StoredCredentials> AuthFile::credentials_of(std::string_view key) const {
  const json::Object* found = entry(key);
  if (found == nullptr) return std::nullopt;
  std::optional<SecretBytes> both = base64_decoded(text_member(*found, "auth"));
  if (!both) return std::nullopt;
  std::size_t colon = both->view().find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return StoredCredentials{std::string(both->view().substr(0, colon)),
                           SecretBytes::copy_of(both->view().substr(colon + 1))};
}

std::optional<std::string> AuthFile::username_of(std::string_view key) const {
  std::optional<StoredCredentials> stored = credentials_of(key);
  return stored ? showable_username(stored->username) : std::nullopt;
}

std::vector<std::string> AuthFile::keys() const {
  std::vector<std::string> out;
  const json::Object* all = entries();
  if (all == nullptr) return out;
  for (const auto& [key, value] : *all) out.emplace_back(key);
  return out;
}

std::vector<std::string> AuthFile::narrower_keys(const RegistryReference& registry, Engine engine) const {
  std::vector<std::string> out;
  if (engine == Engine::docker || format_ == Format::dockercfg) return out;
  for (std::string& key : keys()) {
    if (comparable_key(key, engine).starts_with(registry.name() + "/") && has_credentials(key)) {
      out.push_back(std::move(key));
    }
  }
  return out;
}

json::Object& AuthFile::new_entry(const std::string& key) {
  json::Value& auths = document_.root().get_object()["auths"];
  if (!auths.is_object()) auths.emplace_object();
  return auths.get_object()[key].emplace_object();
}

void AuthFile::set(const RegistryReference& registry, Engine engine, std::string_view username,
                   std::string_view password) {
  std::string key = auth_key(registry, engine);
  std::optional<std::string> used = entry_for(registry, engine);
  bool preferred = used && *used != key && comparable_key(*used, engine) == comparable_key(key, engine);
  if (preferred) remove(registry, engine);  // another spelling of the key, which would go on to count
  new_entry(key)["auth"].emplace_string() = base64_of(user_and_password(username, password).view()).view();
}

bool AuthFile::leave_to_helper(const RegistryReference& registry, Engine engine) {
  std::string key = auth_key(registry, engine);
  const json::Object* now = entry(key);
  bool is_so = now != nullptr && now->empty() && !entry_for(registry, engine);
  if (is_so) return false;
  if (!entry(key) || entry_for(registry, engine) != key) remove(registry, engine);
  new_entry(key);
  return true;
}

bool AuthFile::set_helper(const RegistryReference& registry, Engine engine, std::string_view name) {
  constexpr std::string_view kHelpers = "credHelpers";
  std::string host = engine == Engine::docker ? auth_key(registry, engine) : registry.host;
  json::Object& root = document_.root().get_object();
  const json::Value* now = member(root, kHelpers);
  bool is_there = now != nullptr && now->get_object().contains(host);
  if (name.empty()) {
    if (is_there) root[kHelpers].get_object().stable_erase(host);
    return is_there;
  }
  if (is_there && text_member(now->get_object(), host) == name) return false;
  if (now == nullptr) root[kHelpers].emplace_object();
  root[kHelpers].get_object()[host].emplace_string() = name;
  return true;
}

std::size_t AuthFile::remove(const RegistryReference& registry, Engine engine) {
  const json::Object* all = entries();
  if (all == nullptr) return 0;
  std::string wanted = auth_key(registry, engine);
  std::vector<std::string> keys;
  for (const auto& [key, value] : *all) {
    bool same =
        key == wanted || (registry.path.empty() && comparable_key(key, engine) == comparable_key(wanted, engine));
    if (same) keys.emplace_back(key);
  }
  json::Value& auths = document_.root().get_object()["auths"];
  for (const std::string& key : keys) auths.get_object().stable_erase(key);
  return keys.size();
}

SecretBytes AuthFile::written() const {
  return document_.written();
}

}  // namespace regvault
