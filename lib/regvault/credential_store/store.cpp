#include <regvault/credential_store/store.hpp>

#include <chrono>
#include <filesystem>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/vault_file/contents.hpp>
#include <regvault/vault_file/vault_file.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::credential_store {
namespace {

constexpr std::chrono::seconds kScriptLongest{10};
constexpr std::string_view kUsernameKey = "username", kTokenKey = "token";

/// The vault secret of one entry, loaded when it is first needed.
class EntryKeys {
 public:
  EntryKeys(const Entry& entry, const Account& account, const WarningSink& warn)
      : entry_(entry), account_(account), warn_(warn) {}

  vault_file::Keys keys() {
    return [this]() -> keys::Keyring& {
      if (!keyring_)
        keyring_.emplace(keys::KeyRequest{.vault_ids = {entry_.vault_id}}, config::AnsibleConfig{}, surroundings());
      return *keyring_;
    };
  }

 private:
  /// Of the environment only what finds a program: a "$NAME" in a path is no variable.
  keys::Surroundings surroundings() const {
    keys::Surroundings out;
    out.environment = [this](const std::string& name) -> std::optional<std::string> {
      return name == "PATH" ? account_.environment(name) : std::nullopt;
    };
    out.working_directory = "/";
    out.warn = warn_;
    out.script_timeout = kScriptLongest;
    out.scripts_may_ask = false;
    return out;
  }

  const Entry& entry_;
  const Account& account_;
  const WarningSink& warn_;
  std::optional<keys::Keyring> keyring_;
};

/// Where a login is in its file.
struct Place {
  vault_file::Target token, username;
  std::string fixed_username = {};
};

Place place_of(const Entry& entry, const std::string& server) {
  if (entry.registry) return {{entry.file, entry.key, {}}, {entry.file, entry.username_key, {}}, entry.username};
  return {{entry.file, {server, kTokenKey}, {}}, {entry.file, {server, kUsernameKey}, {}}, {}};
}

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) || error;  // an error is for the reader to say
}

vault_file::Value token_at(const vault_file::Target& target, const vault_file::Keys& keys) {
  vault_file::Value value = vault_file::get(target, keys);
  if (value.encrypted) return value;
  std::string key = yaml::to_string(target.key);
  throw Error(ErrorCode::unsupported, in_quotes(key) + " in " + in_quotes(target.file) + " is not encrypted",
              "regvault encrypt --key " + key + " " + in_quotes(target.file), {}, "not-encrypted");
}

std::string username_at(const Place& place, const vault_file::Keys& keys) {
  if (!place.fixed_username.empty()) return place.fixed_username;
  return std::string(stripped(vault_file::get(place.username, keys).text.view()));
}

/// A token that was piped in has a line end, which no registry takes for part of it.
SecretBytes without_line_end(SecretBytes token) {
  while (token.view().ends_with('\n') || token.view().ends_with('\r')) token.resize(token.size() - 1);
  return token;
}

HelperLogin login_at(const Place& place, const vault_file::Keys& keys) {
  return {username_at(place, keys), without_line_end(std::move(token_at(place.token, keys).text))};
}

/// The servers that a "*" entry's file has logins for.
std::vector<std::string> servers_in(const Entry& entry, const vault_file::Keys& keys) {
  std::vector<std::string> servers;
  if (!is_there(entry.file)) return servers;
  vault_file::Contents contents = vault_file::contents_of(read_secret_file(entry.file).view(), entry.file, keys);
  yaml::Document document = yaml::Document::parse(std::string(contents.text.view()), entry.file);
  std::optional<yaml::View> top = document.root();
  if (!top || top->kind() != yaml::Kind::mapping) return servers;
  for (const yaml::View::Entry& login : top->entries()) servers.emplace_back(login.key.text());
  return servers;
}

/// The login of a server in a writable file, where there is one.
std::optional<HelperLogin> stored_login(const Entry& entry, const std::string& server, const vault_file::Keys& keys) {
  if (!is_there(entry.file)) return std::nullopt;
  try {
    return login_at(place_of(entry, server), keys);
  } catch (const Error& error) {
    if (error.code != ErrorCode::not_found) throw;
    return std::nullopt;
  }
}

/// What a namespace has, or what its registry has.
std::optional<HelperLogin> stored_login_for(const Entry& entry, const RegistryReference& server,
                                            const vault_file::Keys& keys) {
  if (entry.registry) return stored_login(entry, entry.registry->name(), keys);
  for (const std::string& name : namespace_keys(server)) {
    if (std::optional<HelperLogin> login = stored_login(entry, name, keys)) return login;
  }
  return std::nullopt;
}

std::vector<std::string> servers_of(const Entry& entry, const vault_file::Keys& keys) {
  if (!entry.registry) return servers_in(entry, keys);
  bool is_kept = !entry.writable || stored_login(entry, entry.name, keys);
  return is_kept ? std::vector{entry.name} : std::vector<std::string>();
}

[[noreturn]] void refuse_managed(const Entry& entry) {
  throw Error(ErrorCode::refused,
              "the login for " + entry.name + " is managed in " + entry.file + "; use regvault set " + entry.file +
                  " " + yaml::to_string(entry.key),
              {}, {}, "managed");
}

void create_if_missing(const std::string& file, const WarningSink& warn) {
  FileUpdate update = FileUpdate::begin_or_create(file, 0600);
  if (!update.exists()) update.commit("", warn);
}

vault_file::Step step_to_encrypt(vault_file::Target target, std::string_view value) {
  return {.target = std::move(target),
          .value = value,
          .options = {.form = vault_file::Form::to_encrypt, .layout = {.create = yaml::Layout::Create::parents}}};
}

}  // namespace

std::optional<HelperLogin> CredentialStore::get(std::string_view server) const {
  std::optional<RegistryReference> registry = server_named(server);
  const Entry* entry = registry ? configuration_.for_server(*registry) : nullptr;
  if (entry == nullptr) return std::nullopt;
  EntryKeys keys(*entry, account_, warn_);
  if (entry->writable) return stored_login_for(*entry, *registry, keys.keys());
  return login_at(place_of(*entry, entry->name), keys.keys());
}

std::vector<std::pair<std::string, std::string>> CredentialStore::list() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Entry& entry : configuration_.entries) {
    EntryKeys keys(entry, account_, warn_);
    // docker asks for each that is listed, and gives all up when one fails: what cannot be had is left out.
    auto or_warn = [&](const std::string& name, const auto& action) {
      try {
        action();
      } catch (const Error& error) {
        warn_("the login for " + in_quotes(name) + ": " + error.what());
      }
    };
    std::vector<std::string> servers;
    or_warn(entry.name, [&] { servers = servers_of(entry, keys.keys()); });
    for (const std::string& server : servers) {
      std::optional<RegistryReference> registry = server_named(server);
      if (!registry) continue;
      or_warn(server, [&] {
        out.emplace_back(server_name(*registry), login_at(place_of(entry, server), keys.keys()).username);
      });
    }
  }
  return out;
}

void CredentialStore::store(std::string_view server, std::string_view username, std::string_view secret) const {
  std::optional<RegistryReference> registry = server_named(server);
  const Entry* entry = registry ? configuration_.of_server(*registry) : nullptr;
  if (entry == nullptr) {
    throw Error(ErrorCode::not_found,
                "no login is kept for " + in_quotes(server) + ": it has no entry in " + configuration_.path,
                "an entry \"*\" that is writable keeps those of all registries", {}, "no-entry");
  }
  EntryKeys keys(*entry, account_, warn_);
  if (!entry->writable) {
    // podman stores what it was just given.
    if (login_at(place_of(*entry, entry->name), keys.keys()).is(username, secret)) return;
    refuse_managed(*entry);
  }
  create_if_missing(entry->file, warn_);
  Place place = place_of(*entry, registry->name());
  (void)vault_file::change({step_to_encrypt(place.username, username), step_to_encrypt(place.token, secret)}, false,
                           keys.keys(), warn_);
}

void CredentialStore::erase(std::string_view server) const {
  std::optional<RegistryReference> registry = server_named(server);
  const Entry* entry = registry ? configuration_.of_server(*registry) : nullptr;
  if (entry == nullptr) return;
  if (!entry->writable) refuse_managed(*entry);
  if (!is_there(entry->file)) return;
  EntryKeys keys(*entry, account_, warn_);
  Place place = place_of(*entry, registry->name());
  std::vector<vault_file::Step> steps;
  if (entry->registry) {
    steps = {{.target = place.token, .absent = true}, {.target = place.username, .absent = true}};
  } else {
    steps = {{.target = {entry->file, {registry->name()}, {}}, .absent = true}};
  }
  (void)vault_file::change(steps, false, keys.keys(), warn_);
}

}  // namespace regvault::credential_store
