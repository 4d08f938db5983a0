#include <regvault/credential_store/configuration.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/keys/vault_id.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/file_update.hpp>

namespace regvault::credential_store {
namespace {

constexpr std::size_t kConfigurationAtMost = 1 << 20;
constexpr std::string_view kAnyRegistry = "*";
constexpr std::string_view kRegistries = "registries";
constexpr std::array<std::string_view, 6> kMembers{"file", "key", "username", "username_key", "vault_id", "writable"};

/// Reads one entry, and says where it is when something is wrong with it.
class EntryReader {
 public:
  EntryReader(const std::string& path, std::string_view name, const json::Value& value, const Account& account)
      : path_(path), account_(account) {
    entry_.name = std::string(name);
    if (!value.is_object()) refuse("is " + std::string(json::kind_name(value)) + " where an object belongs");
    members_ = &value.get_object();
  }

  Entry read() {
    refuse_unknown_members();
    read_name();
    entry_.file = absolute(text("file", true), "file");
    read_vault_id();
    entry_.writable = flag("writable");
    if (entry_.registry) {
      read_keys();
    } else {
      refuse_keys();
    }
    return std::move(entry_);
  }

 private:
  [[noreturn]] void refuse(const std::string& why, std::string hint = {}) const {
    throw Error(ErrorCode::malformed, in_quotes(path_) + ": the entry " + in_quotes(entry_.name) + " " + why,
                std::move(hint), {}, "credentials-file");
  }

  void refuse_unknown_members() const {
    for (const auto& [name, value] : *members_) {
      if (std::ranges::find(kMembers, std::string_view(name)) != kMembers.end()) continue;
      std::optional<std::string_view> meant = closest(name, kMembers);
      refuse("has an unknown member " + in_quotes(name),
             meant ? "did you mean " + in_quotes(*meant) + "?"
                   : "known are: file, key, username, username_key, vault_id, writable");
    }
  }

  std::string text(std::string_view name, bool required) const {
    const json::Value* value = members_->if_contains(name);
    if (value == nullptr && !required) return {};
    if (value == nullptr) refuse("has no " + in_quotes(name));
    if (!value->is_string() || value->get_string().empty()) refuse("has a " + in_quotes(name) + " that is no text");
    return std::string(value->get_string());
  }

  bool flag(std::string_view name) const {
    const json::Value* value = members_->if_contains(name);
    if (value != nullptr && !value->is_bool()) refuse("has a " + in_quotes(name) + " that is neither true nor false");
    return value != nullptr && value->get_bool();
  }

  std::string absolute(const std::string& text, std::string_view member) const {
    if (text.starts_with("~/")) return with_home(text, account_);
    if (text.starts_with('/')) return text;
    refuse("has a relative path as " + in_quotes(member) + ": " + in_quotes(text),
           "write the whole path, or one that begins with ~/");
  }

  yaml::Path path(std::string_view member, bool required) const {
    std::string key = text(member, required);
    if (key.empty()) return {};
    try {
      return yaml::parse_path(key);
    } catch (const Error& error) {
      refuse("has a bad " + in_quotes(member) + ": " + error.message, error.hint);
    }
  }

  void read_name() {
    if (entry_.name == kAnyRegistry) return;
    try {
      entry_.registry = parse_registry(entry_.name);
    } catch (const Error& error) {
      refuse("has no registry's name: " + error.message, error.hint);
    }
  }

  void read_vault_id() {
    std::string written = text("vault_id", true);
    keys::VaultId id = keys::parse_vault_id(written);
    if (id.source.starts_with("prompt")) {
      refuse("has a prompt as \"vault_id\": nobody can be asked", "name a file, or a script such as regvault-client");
    }
    bool is_program_on_path = id.source.find('/') == std::string::npos && id.source.ends_with("-client");
    std::string source = is_program_on_path ? id.source : absolute(id.source, "vault_id");
    entry_.vault_id = id.label ? *id.label + "@" + source : "@" + source;  // a path may have an "@" in it
  }

  void read_keys() {
    entry_.key = path("key", true);
    entry_.username = text("username", false);
    entry_.username_key = path("username_key", false);
    if (entry_.username.empty() == entry_.username_key.empty()) {
      refuse(entry_.username.empty() ? "says no user name" : "says the user name twice",
             "\"username\" is the name, \"username_key\" where it stands in the file: one of them");
    }
    if (entry_.writable && entry_.username_key.empty()) {
      refuse("is writable and has a fixed user name", "give it a \"username_key\", where the name of a new login goes");
    }
  }

  void refuse_keys() const {
    if (!entry_.writable) refuse("is not writable: without a registry's name it can only keep what is stored in it");
    for (std::string_view member : {"key", "username", "username_key"}) {
      if (members_->contains(member)) refuse("has a " + in_quotes(member) + ": it keeps a login for each registry");
    }
  }

  const std::string& path_;
  const Account& account_;
  const json::Object* members_ = nullptr;
  Entry entry_;
};

[[noreturn]] void refuse_file(const std::string& path, const std::string& why, std::string hint = {}) {
  throw Error(ErrorCode::malformed, in_quotes(path) + ": " + why, std::move(hint), {}, "credentials-file");
}

void refuse_same_registry_twice(const std::vector<Entry>& entries, const std::string& path) {
  for (const Entry& entry : entries) {
    for (const Entry& other : entries) {
      if (&entry == &other || !entry.registry || !other.registry) continue;
      if (entry.registry->name() != other.registry->name()) continue;
      refuse_file(path, in_quotes(entry.name) + " and " + in_quotes(other.name) + " are the same registry");
    }
  }
}

[[noreturn]] void refuse_access(const std::string& path, const std::string& why, std::string hint) {
  throw Error(ErrorCode::file_access, in_quotes(path) + " " + why, std::move(hint), {}, "foreign-file");
}

/// Its owner, or whoever may write to it, decides which programs run as us.
void refuse_foreign(const std::string& path, const struct stat& status, bool sticky_is_fine) {
  if (status.st_uid != geteuid() && status.st_uid != 0)
    refuse_access(path, "belongs to another user", "it must belong to you: it names the programs that give passwords");
  bool written_by_others = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  bool sticky = sticky_is_fine && (status.st_mode & S_ISVTX) != 0;
  if (written_by_others && !sticky)
    refuse_access(path, "may be written to by other users", "chmod go-w " + in_quotes(path));
}

json::Value members_of(const Entry& entry) {
  json::Object out;
  auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  add("file", entry.file);
  add("key", entry.key.empty() ? "" : yaml::to_string(entry.key));
  add("username", entry.username);
  add("username_key", entry.username_key.empty() ? "" : yaml::to_string(entry.username_key));
  add("vault_id", entry.vault_id);
  if (entry.writable) out["writable"] = true;
  return out;
}

/// Another spelling of the same registry must not stay beside it.
std::string name_in(const json::Object& registries, const Entry& entry) {
  for (const auto& [name, value] : registries) {
    std::optional<RegistryReference> registry = server_named(name);
    if (registry && entry.registry && registry->name() == entry.registry->name()) return std::string(name);
  }
  return entry.name;
}

/// For us alone, whatever the umask says.
void make_directories(const std::string& directory) {
  if (directory.empty() || mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return;
  if (errno != ENOENT) fail_with_errno("create", in_quotes(directory), errno);
  make_directories(directory.substr(0, directory.rfind('/')));
  if (mkdir(directory.c_str(), 0700) != 0) fail_with_errno("create", in_quotes(directory), errno);
}

}  // namespace

std::optional<RegistryReference> server_named(std::string_view text) {
  try {
    return parse_registry(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string server_name(const RegistryReference& server) {
  return server.path.empty() ? auth_key(server, Engine::docker) : server.name();
}

const Entry* Configuration::for_server(const RegistryReference& server) const {
  for (const std::string& name : namespace_keys(server)) {
    auto found =
        std::ranges::find_if(entries, [&](const Entry& e) { return e.registry && e.registry->name() == name; });
    if (found != entries.end()) return &*found;
  }
  auto any = std::ranges::find_if(entries, [](const Entry& e) { return !e.registry; });
  return any == entries.end() ? nullptr : &*any;
}

const Entry* Configuration::of_server(const RegistryReference& server) const {
  const Entry* any = nullptr;
  for (const Entry& entry : entries) {
    if (!entry.registry) any = &entry;
    if (entry.registry && entry.registry->name() == server.name()) return &entry;
  }
  return any;
}

std::string configuration_path(const Account& account) {
  std::string base = account.environment("XDG_CONFIG_HOME").value_or("");
  if (!base.starts_with('/')) base = account.user.home + "/.config";
  if (!base.starts_with('/')) {  // a file of the working directory never counts
    throw Error(ErrorCode::usage, "HOME is no absolute path: " + in_quotes(account.user.home));
  }
  return base + "/regvault/credentials.json";
}

Configuration parse_configuration(std::string_view bytes, const std::string& path, const Account& account) {
  json::Document document = json::Document::parse(bytes, path);
  const json::Value& root = document.root();
  if (!root.is_object()) refuse_file(path, "it is " + std::string(json::kind_name(root)) + ", no object");
  for (const auto& [name, value] : root.get_object()) {
    if (std::string_view(name) != kRegistries)
      refuse_file(path, "unknown member " + in_quotes(name), "all there is, is \"registries\"");
  }
  Configuration configuration{path, {}};
  const json::Value* registries = root.get_object().if_contains(kRegistries);
  if (registries == nullptr) return configuration;
  if (!registries->is_object()) refuse_file(path, "\"registries\" is no object");
  for (const auto& [name, value] : registries->get_object()) {
    configuration.entries.push_back(EntryReader(path, name, value, account).read());
  }
  refuse_same_registry_twice(configuration.entries, path);
  return configuration;
}

Configuration load_configuration(const std::string& path, const Account& account) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return {path, {}};
    fail_with_errno("read", in_quotes(path), errno);
  }
  if (!S_ISREG(status.st_mode)) refuse_file(path, "it is no regular file");
  refuse_foreign(path, status, false);
  std::string directory = path.substr(0, path.rfind('/'));
  if (stat(directory.c_str(), &status) != 0) fail_with_errno("read", in_quotes(directory), errno);
  refuse_foreign(directory, status, true);
  return parse_configuration(read_file(path, kConfigurationAtMost), path, account);
}

bool write_entry(const std::string& path, const Entry& entry, const Account& account, const WarningSink& warn) {
  make_directories(path.substr(0, path.rfind('/')));
  (void)load_configuration(path, account);
  FileUpdate update = FileUpdate::begin_or_create(path, 0600);
  json::Document document = update.bytes().empty() ? json::Document() : json::Document::parse(update.bytes(), path);
  json::Value& registries = document.root().get_object()[kRegistries];
  if (!registries.is_object()) registries.emplace_object();
  json::Object& entries = registries.get_object();
  std::string name = name_in(entries, entry);
  json::Value members = members_of(entry);
  if (entries.contains(name) && entries[name] == members) return false;
  entries[name] = members;
  SecretBytes text = document.written();
  text.append("\n");
  (void)parse_configuration(text.view(), path, account);
  update.commit(text.view(), warn);
  return true;
}

}  // namespace regvault::credential_store
