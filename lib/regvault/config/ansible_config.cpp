#include <regvault/config/ansible_config.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/config/ini.hpp>
#include <regvault/system/file.hpp>

namespace regvault::config {
namespace {

constexpr std::size_t kConfigAtMost = 4 << 20;
constexpr std::array<std::string_view, 6> kTrueWords = {"y", "yes", "t", "true", "on", "1"};

bool is_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// Where ansible.cfg may be, the first readable one counts.
struct SearchPath {
  std::vector<std::string> files;
  std::optional<std::string> named;    ///< the one of them that $ANSIBLE_CONFIG says
  std::optional<std::string> skipped;  ///< the working directory, when its ansible.cfg is not to be trusted
};

SearchPath search_path(const Environment& environment, const std::string& working_directory) {
  SearchPath search;
  if (std::optional<std::string> named = environment("ANSIBLE_CONFIG")) {
    std::string path = ansible_path(*named, working_directory, environment);
    search.named = is_directory(path) ? joined(path, "ansible.cfg") : path;
    search.files.push_back(*search.named);
  }
  if (is_directory(working_directory)) {
    std::string here = joined(working_directory, "ansible.cfg");
    if (!is_world_writable(working_directory)) {
      search.files.push_back(here);
    } else if (is_there(here)) {
      search.skipped = working_directory;
    }
  }
  search.files.push_back(ansible_path("~/.ansible.cfg", working_directory, environment));
  search.files.emplace_back("/etc/ansible/ansible.cfg");
  return search;
}

std::optional<std::string> find_config_file(const Environment& environment, const std::string& working_directory,
                                            const WarningSink& warn) {
  SearchPath search = search_path(environment, working_directory);
  auto readable = [](const std::string& path) { return access(path.c_str(), R_OK) == 0; };
  auto found = std::ranges::find_if(search.files, readable);
  std::optional<std::string> file;
  if (found != search.files.end()) file = *found;
  bool as_named = file && file == search.named;
  if (search.skipped && !as_named) {
    warn("others may write to the working directory " + in_quotes(*search.skipped) +
         ": the ansible.cfg in it is ignored, as Ansible does; export ANSIBLE_CONFIG to use it");
  }
  return file;
}

/// `text` without a pair of quotes around it, by Ansible's rule: a backslash keeps them.
std::string_view unquoted(std::string_view text) {
  bool is_quoted = text.size() > 1 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'') &&
                   text[text.size() - 2] != '\\';
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

bool is_true(std::string_view text) {
  return std::ranges::count(kTrueWords, lowercase(python_stripped(text))) != 0;
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::string_view part : split(text, ',')) out.emplace_back(unquoted(python_stripped(part)));
  return out;
}

/// The settings of one run: each by its variable, or else its key.
class Settings {
 public:
  Settings(const Environment& environment, const std::string& working_directory, const std::optional<std::string>& file)
      : environment_(environment), working_directory_(working_directory), file_(file) {
    if (file_) ini_ = parse_ini(read_file(*file_, kConfigAtMost), *file_);
  }

  struct Value {
    std::string text;
    bool from_file = false;
  };

  std::optional<Value> find(const std::string& variable, std::string_view key,
                            std::string_view section = "defaults") const {
    if (std::optional<std::string> text = environment_(variable)) return Value{std::move(*text), false};
    if (std::optional<std::string> text = ini_value(ini_, section, key)) return Value{std::move(*text), true};
    return std::nullopt;
  }

  /// Leaves `list` as it is when nothing is said.
  void find_list(std::vector<std::string>& list, const std::string& variable, std::string_view key,
                 std::string_view section = "defaults") const {
    if (std::optional<Value> value = find(variable, key, section)) list = list_of(value->text);
  }

  /// Leaves `list` as it is when nothing is said. A host list cannot be said: its commas would part paths.
  void find_paths(std::vector<std::string>& list, const std::string& variable, std::string_view key) const {
    std::optional<Value> value = find(variable, key);
    if (!value) return;
    list.clear();
    for (const std::string& path : list_of(value->text)) {
      list.push_back(ansible_path(path, value->from_file ? directory_of(*file_) : working_directory_, environment_));
    }
  }

  std::optional<std::string> find_text(const std::string& variable, std::string_view key) const {
    std::optional<Value> value = find(variable, key);
    if (!value) return std::nullopt;
    return value->from_file ? std::string(unquoted(value->text)) : value->text;
  }

  std::string find_in_file(std::string_view key) const {
    return std::string(unquoted(ini_value(ini_, "defaults", key).value_or("")));
  }

  std::optional<std::string> find_path(const std::string& variable, std::string_view key) const {
    std::optional<Value> value = find(variable, key);
    if (!value) return std::nullopt;
    constexpr std::string_view kMagic = "{{CWD}}";  // the one piece of template that paths in ansible.cfg may have
    std::size_t at = 0;
    while ((at = value->text.find(kMagic, at)) != std::string::npos) {
      value->text.replace(at, kMagic.size(), working_directory_);
      at += working_directory_.size();
    }
    return ansible_path(value->text, value->from_file ? directory_of(*file_) : working_directory_, environment_);
  }

 private:
  const Environment& environment_;
  const std::string& working_directory_;
  const std::optional<std::string>& file_;
  Ini ini_;
};

void check_name(const std::string& file) {
  std::string_view extension = split_extension(file).extension;
  if (extension == ".cfg" || extension == ".ini") return;
  throw Error(ErrorCode::malformed,
              "the name of Ansible's configuration file must end in .cfg or .ini: " + in_quotes(file),
              "Ansible refuses this file, too", {}, "bad-ansible-cfg");
}

InventoryConfig inventory_config(const Settings& settings) {
  InventoryConfig config;
  settings.find_paths(config.sources, "ANSIBLE_INVENTORY", "inventory");
  config.merge_hashes = settings.find_text("ANSIBLE_HASH_BEHAVIOUR", "hash_behaviour") == "merge";
  settings.find_list(config.yaml_extensions, "ANSIBLE_YAML_FILENAME_EXT", "yaml_valid_extensions");
  settings.find_list(config.precedence, "ANSIBLE_PRECEDENCE", "precedence");
  settings.find_list(config.vars_plugins, "ANSIBLE_VARS_ENABLED", "vars_plugins_enabled");
  settings.find_list(config.plugins, "ANSIBLE_INVENTORY_ENABLED", "enable_plugins", "inventory");
  const std::string names =
      settings.find_text("ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS", "force_valid_group_names").value_or("never");
  config.valid_group_names = names == "always" || names == "silently";
  // of two keys Ansible takes the later one of its table
  settings.find_list(config.ignored_extensions, "ANSIBLE_INVENTORY_IGNORE", "inventory_ignore_extensions");
  settings.find_list(config.ignored_extensions, "ANSIBLE_INVENTORY_IGNORE", "ignore_extensions", "inventory");
  settings.find_list(config.ignored_patterns, "ANSIBLE_INVENTORY_IGNORE_REGEX", "inventory_ignore_patterns");
  settings.find_list(config.ignored_patterns, "ANSIBLE_INVENTORY_IGNORE_REGEX", "ignore_patterns", "inventory");
  return config;
}

}  // namespace

AnsibleConfig load_ansible_config(const Environment& environment, const std::string& working_directory,
                                  const WarningSink& warn) {
  AnsibleConfig config;
  config.file = find_config_file(environment, working_directory, warn);
  if (config.file) check_name(*config.file);
  Settings settings(environment, working_directory, config.file);

  config.vault_password_file = settings.find_path("ANSIBLE_VAULT_PASSWORD_FILE", "vault_password_file");
  if (auto list = settings.find("ANSIBLE_VAULT_IDENTITY_LIST", "vault_identity_list")) {
    config.vault_identity_list = list_of(list->text);
  }
  config.vault_identity = settings.find_text("ANSIBLE_VAULT_IDENTITY", "vault_identity").value_or("default");
  config.vault_encrypt_identity = settings.find_text("ANSIBLE_VAULT_ENCRYPT_IDENTITY", "vault_encrypt_identity");
  config.vault_id_match = !settings.find_text("ANSIBLE_VAULT_ID_MATCH", "vault_id_match").value_or("").empty();
  config.vault_encrypt_salt = settings.find_text("ANSIBLE_VAULT_ENCRYPT_SALT", "vault_encrypt_salt").value_or("");
  if (auto ask = settings.find("ANSIBLE_ASK_VAULT_PASS", "ask_vault_pass")) config.ask_vault_pass = is_true(ask->text);
  config.editor = settings.find_in_file("editor");
  config.pager = settings.find_in_file("pager");
  config.inventory = inventory_config(settings);
  return config;
}

}  // namespace regvault::config
