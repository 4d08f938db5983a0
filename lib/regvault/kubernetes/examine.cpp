#include <regvault/kubernetes/examine.hpp>

#include <algorithm>
#include <optional>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/kubernetes/manifest_reader.hpp>
#include <regvault/kubernetes/pull_secret.hpp>
#include <regvault/registry/auth_file.hpp>

namespace regvault::kubernetes {
namespace {

constexpr const char* kInvalid = "pull-secret-invalid";
constexpr const char* kWrapped = "wrapped-base64";
constexpr const char* kNewline = "newline-in-auth";
constexpr const char* kBadEntry = "bad-auth-entry";
constexpr const char* kEmptyEntry = "empty-auth-entry";

std::string_view text_in(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

SecretBytes without(std::string_view text, std::string_view characters) {
  SecretBytes out;
  out.reserve(text.size());
  for (char c : text) {
    if (characters.find(c) == characters.npos) out.append({&c, 1});
  }
  return out;
}

/// Base64 as lenient as the kubelet, and more; what was wrong with it is said.
struct Decoded {
  std::optional<SecretBytes> bytes;
  bool has_breaks = false;  ///< line breaks inside
  bool has_blanks = false;
};

Decoded decoded(std::string_view text) {
  const std::string_view inside = stripped(text);
  Decoded out{.bytes = std::nullopt,
              .has_breaks = inside.find_first_of("\r\n") != inside.npos,
              .has_blanks = inside.find_first_of(" \t") != inside.npos};
  SecretBytes plain = without(inside, kWhitespace);
  while (plain.size() % 4 != 0 && !plain.view().ends_with("==")) plain.append("=");
  std::optional<std::size_t> size = base64_decode(plain.view(), plain.data());
  if (!size) return out;
  plain.resize(*size);
  out.bytes = std::move(plain);
  return out;
}

bool is_json_object(std::string_view text) {
  try {
    return json::Document::parse(text, {}).root().is_object();
  } catch (const Error&) {
    return false;
  }
}

/// The part of a key that is the host, without a scheme.
std::string_view host_of(std::string_view key) {
  const std::size_t scheme = key.find("://");
  if (scheme != key.npos) key.remove_prefix(scheme + 3);
  return key.substr(0, key.find('/'));
}

/// One entry of "auths".
class Entry {
 public:
  Entry(std::string_view key, const json::Object& entry, const std::string& store, PullSecret& secret)
      : key_(key), entry_(entry), store_(store), secret_(secret) {
    shown_key_ = key.find('@') == key.npos && !begins_like_a_token(key) ? std::string(key) : "(not shown)";
  }

  void examine() {
    examine_key();
    const std::string_view auth = text_in(entry_, "auth");
    const std::string_view username = text_in(entry_, "username"), password = text_in(entry_, "password");
    if (!stripped(auth).empty()) return examine_auth(auth, username, password);
    if (!username.empty() && !password.empty()) return add_login(username, password);
    const bool has_token = !text_in(entry_, "identitytoken").empty() || !text_in(entry_, "registrytoken").empty();
    find(kEmptyEntry, has_token           ? "it has an identity token only, which the kubelet does not use"
                      : !store_.empty()   ? "it is empty: the login is in a credential store (" + store_ + ")"
                      : !username.empty() ? "it has a user name, but no password"
                                          : "it is empty: it has no login");
  }

 private:
  void find(const char* cause, std::string text) { secret_.findings.push_back({cause, shown_key_, std::move(text)}); }

  void examine_key() {
    const std::string_view host = host_of(key_);
    if (key_.find('@') != key_.npos)
      find(kInvalid, "the registry's name holds a user or a password, and fits no image");
    if (lowercase(host) != host) find(kInvalid, "the registry's name has capitals, and fits no image");
    if (key_.find_first_of(kWhitespace) != key_.npos) find(kInvalid, "the registry's name has white space in it");
    if (host.empty()) find(kInvalid, "the registry's name is empty");
  }

  void examine_auth(std::string_view auth, std::string_view username, std::string_view password) {
    const Decoded both = decoded(auth);
    if (both.has_breaks || both.has_blanks) find(kWrapped, "\"auth\" has white space inside: base64 without -w0");
    if (!both.bytes) return find(kBadEntry, "\"auth\" is not base64");
    const std::string_view text = both.bytes->view();
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return find(kBadEntry, "\"auth\" has no colon: it is base64 of USER:TOKEN");
    const std::string_view user = text.substr(0, colon), token = text.substr(colon + 1);
    if (user.empty() || token.empty()) return find(kBadEntry, "\"auth\" has an empty user name or token");
    if (stripped(token) != token || stripped(user) != user) {
      find(kNewline, "\"auth\" has a line end or other white space beside the token: echo without -n");
    }
    if (begins_like_a_token(user)) find(kBadEntry, "\"auth\" has a token where the user name belongs");
    if ((!username.empty() && username != user) || (!password.empty() && password != token)) {
      find(kBadEntry, "\"auth\" says something else than username and password: \"auth\" counts");
    }
    add_login(user, token);
  }

  void add_login(std::string_view username, std::string_view password) {
    secret_.logins.push_back({.registry = shown_key_,
                              .username = showable_username(username).value_or(""),
                              .password = SecretBytes::copy_of(password)});
  }

  std::string_view key_;
  std::string shown_key_;
  const json::Object& entry_;
  const std::string& store_;
  PullSecret& secret_;
};

void find(PullSecret& secret, const char* cause, std::string text) {
  secret.findings.push_back({cause, {}, std::move(text)});
}

std::optional<json::Document> parsed_config(std::string_view config, PullSecret& secret) {
  std::string why;
  try {
    return json::Document::parse(config, secret.name.empty() ? "the secret" : secret.name);
  } catch (const Error& error) {
    why = error.message;
  }
  const SecretBytes joined = without(config, "\r\n");
  const Decoded twice = decoded(config);
  if (stripped(config).empty()) {
    find(secret, kInvalid, "it is empty");
  } else if (is_json_object(joined.view())) {
    find(secret, kWrapped, "there is a line break inside of a string: base64 without -w0");
    return json::Document::parse(joined.view(), {});
  } else if (twice.bytes && is_json_object(twice.bytes->view())) {
    find(secret, kInvalid, "it is encoded once too often: base64 of base64, or base64 in stringData");
    return json::Document::parse(twice.bytes->view(), {});
  } else {
    find(secret, kInvalid, "it is no docker configuration: " + why);
  }
  return std::nullopt;
}

const json::Object* entries_of(const json::Object& root, bool old_form, PullSecret& secret) {
  if (old_form) {
    if (!root.contains("auths")) return &root;
    find(secret, kInvalid, "it has \"auths\", which the type " + std::string(kOldSecretType) + " has not");
  }
  const json::Value* auths = root.if_contains("auths");
  if (auths != nullptr && auths->is_object()) return &auths->get_object();
  const bool looks_old = auths == nullptr && !root.empty() && std::ranges::all_of(root, [](const auto& member) {
                           return member.value().is_object() && (member.value().get_object().contains("auth") ||
                                                                 member.value().get_object().contains("username"));
                         });
  find(secret, kInvalid,
       looks_old ? "it has no \"auths\" around its registries: the form of the old type " + std::string(kOldSecretType)
                 : "it has no \"auths\"");
  return looks_old ? &root : nullptr;
}

const SecretManifest::Member* member(const std::vector<SecretManifest::Member>& members, std::string_view key) {
  auto found = std::ranges::find(members, key, &SecretManifest::Member::key);
  return found == members.end() ? nullptr : &*found;
}

/// The key that has the configuration, or that was meant to.
std::string config_key(const SecretManifest& manifest, PullSecret& secret) {
  const bool is_old = manifest.type == kOldSecretType;
  const std::string wanted(is_old ? kOldSecretKey : kSecretKey);
  auto has = [&](std::string_view key) { return member(manifest.data, key) || member(manifest.string_data, key); };
  const std::string_view other = is_old ? kSecretKey : kOldSecretKey;
  const bool right_type = is_old || manifest.type == kSecretType;
  if (!right_type) {
    find(secret, kInvalid,
         "its type is " + in_quotes(manifest.type.empty() ? "Opaque" : manifest.type) + ", not " +
             std::string(kSecretType) + ": the kubelet passes it over");
    return has(kSecretKey) ? wanted : std::string(has(kOldSecretKey) ? kOldSecretKey : std::string_view());
  }
  if (has(wanted)) return wanted;
  std::string found(has(other) ? other : std::string_view());
  const bool single = manifest.data.size() + manifest.string_data.size() == 1;
  if (found.empty() && single) {
    found = manifest.data.empty() ? manifest.string_data[0].key : manifest.data[0].key;
  }
  find(secret, kInvalid,
       "its type wants the key " + in_quotes(wanted) + (found.empty() ? "" : ", not " + in_quotes(found)));
  return found;
}

void examine_value(const SecretManifest& manifest, const std::string& key, PullSecret& secret) {
  const bool old_form = key == kOldSecretKey;
  if (const SecretManifest::Member* text = member(manifest.string_data, key)) {  // counts before data
    return examine_config(text->value.view(), old_form, secret);
  }
  const SecretManifest::Member* data = member(manifest.data, key);
  if (data == nullptr) return;
  const Decoded config = decoded(data->value.view());
  if (config.has_blanks) {  // line breaks are nothing to the API, and kustomize makes them
    find(secret, kWrapped, "its base64 has blanks inside: lines folded with \">\"");
  }
  if (config.bytes) return examine_config(config.bytes->view(), old_form, secret);
  find(secret, kInvalid,
       is_json_object(data->value.view()) ? "\"data\" holds the text itself: that belongs into stringData"
                                          : "its value is not base64");
}

PullSecret examined(const SecretManifest& manifest) {
  PullSecret secret{
      .name = manifest.name, .name_space = manifest.name_space, .type = manifest.type, .line = manifest.line};
  const std::string key = config_key(manifest, secret);
  if (!key.empty()) examine_value(manifest, key, secret);
  if (manifest.has_last_applied) {
    find(secret, "", "an annotation of kubectl apply holds it once more (last-applied-configuration)");
  }
  return secret;
}

}  // namespace

void examine_config(std::string_view config, bool old_form, PullSecret& secret) {
  const std::optional<json::Document> document = parsed_config(config, secret);
  if (!document) return;
  if (!document->root().is_object()) return find(secret, kInvalid, "it is no docker configuration: no JSON object");
  const json::Object& root = document->root().get_object();
  const json::Object* entries = entries_of(root, old_form, secret);
  if (entries == nullptr) return;
  if (entries->empty()) find(secret, kInvalid, "there is no registry in it");
  const std::string store(text_in(root, "credsStore"));
  for (const auto& member : *entries) {
    if (!member.value().is_object()) {
      find(secret, kBadEntry, "the entry of " + in_quotes(member.key()) + " is no object: nothing of it can be read");
      continue;
    }
    Entry(member.key(), member.value().get_object(), store, secret).examine();
  }
}

std::vector<PullSecret> pull_secrets_in(std::string_view bytes, const std::string& name) {
  const std::string_view text = stripped(bytes);
  std::vector<PullSecret> out;
  const Decoded bare = decoded(text);
  if (bare.bytes && bare.bytes->view().starts_with("{")) {
    examine_config(bare.bytes->view(), false, out.emplace_back());
    return out;
  }
  std::vector<SecretManifest> manifests;
  if (text.starts_with("{")) {
    const json::Document document = json::Document::parse(text, name);
    const json::Object& root = document.root().as_object();
    if (root.contains("auths") && !root.contains("kind")) {
      examine_config(text, false, out.emplace_back());
      return out;
    }
    manifests = secrets_in_json(document.root());
  } else {
    manifests = secrets_in_yaml(bytes, name);
  }
  for (const SecretManifest& manifest : manifests) out.push_back(examined(manifest));
  if (!out.empty()) return out;
  throw Error(ErrorCode::not_found, "there is no secret in " + in_quotes(name), {}, {}, "no-secret");
}

}  // namespace regvault::kubernetes
