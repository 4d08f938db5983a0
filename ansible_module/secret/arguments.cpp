#include "arguments.hpp"

#include <array>

#include <regvault/base/error.hpp>
#include <regvault/secret/base64.hpp>

#include "module/given.hpp"
#include "module/program.hpp"

namespace regvault::secret_module {
namespace {

using module::Given;
using module::Option;

constexpr std::string_view kModule = "regvault.registry.secret";
constexpr std::array kOptions{
    Option{"path"},
    Option{"key"},
    Option{"value"},
    Option{"secrets"},
    Option{"state"},
    Option{"plain"},
    Option{"encrypt_vault_id"},
    Option{"vault_id"},
    Option{"vault_password_file"},
    Option{"parents"},
    Option{"indent"},
    Option{"doc"},
    Option{"allow_ephemeral"},
    Option{"regvault_vault_secrets"},  // these two are the action plugin's, not the user's
    Option{"regvault_ephemeral"},
};
/// Of an entry of `secrets`; what it does not say is as the task says.
constexpr std::array kEntryOptions{
    Option{"key"},     Option{"value"},  Option{"state"}, Option{"plain"}, Option{"encrypt_vault_id"},
    Option{"parents"}, Option{"indent"}, Option{"doc"}};
constexpr std::array<std::string_view, 2> kStates{"present", "absent"};

/// The secrets that the action plugin found loaded: [{"label": …, "password_base64": …}, …].
std::vector<keys::Key> keys_of_the_play(const json::Value& list) {
  std::vector<keys::Key> keys;
  for (const json::Value& entry : list.as_array()) {
    std::string_view encoded = entry.at("password_base64").as_string();
    std::optional<SecretBytes> password = base64_decoded(encoded);
    if (!password) throw Error(ErrorCode::usage, "a vault secret of the play is not base64");
    keys.push_back({std::string(std::string_view(entry.at("label").as_string())), std::move(*password)});
  }
  return keys;
}

std::string required(Given& given, std::string_view name) {
  std::optional<std::string> text = given.text(name);
  if (!given.has(name) || (text && text->empty())) given.mistake(in_quotes(name) + " is missing");
  return text.value_or("");
}

std::optional<yaml::Path> key_path(Given& given, const std::string& text) {
  try {
    if (!text.empty()) return yaml::parse_path(text);
  } catch (const Error& error) {
    given.mistake("\"key\": " + error.message);
  }
  return std::nullopt;
}

// --------------------------------------------------------------------------------------------------------- one change

/// What is said of how to write, over `out`, which is what holds when nothing is said.
void read_how(Given& given, Change& out) {
  if (auto state = given.choice("state", kStates)) out.absent = *state == 1;
  if (auto plain = given.boolean("plain")) {
    out.options.form = *plain ? vault_file::Form::plain : vault_file::Form::to_encrypt;
  }
  if (auto parents = given.boolean("parents")) {
    out.options.layout.create = *parents ? yaml::Layout::Create::parents : yaml::Layout::Create::last_key;
  }
  if (auto indent = given.number("indent", 1, 60)) out.options.layout.indent = indent;
  if (auto label = given.text("encrypt_vault_id")) out.options.encrypt_vault_id = std::move(label);
  if (auto document = given.number("doc", 0, 10'000)) out.target.document = document;
}

void read_value(Given& given, Change& out) {
  std::optional<SecretBytes> value = given.secret("value");
  bool missing = !given.has("value") || (value && value->empty());
  if (!out.absent && missing) given.mistake("\"value\" is missing or empty");
  if (value) out.value = std::move(*value);
}

/// What is not the entry's own is the task's. (A Change holds a secret, and cannot be copied.)
Change changed_as(const Change& task) {
  Change out;
  out.target = task.target;
  out.absent = task.absent;
  out.options = task.options;
  return out;
}

// ------------------------------------------------------------------------------------------------------------ several

/// An entry of the list: a mapping, or a key alone.
Change change_of_entry(const json::Value& entry, const Change& task) {
  json::Document document;
  json::Object& alone = document.root().get_object();
  if (!entry.is_object()) alone["key"] = entry;
  Given given(entry.is_object() ? entry.get_object() : alone, kEntryOptions);
  Change out = changed_as(task);
  read_how(given, out);
  out.target.key = key_path(given, required(given, "key")).value_or(yaml::Path());
  read_value(given, out);
  given.refuse_mistakes(kModule);
  return out;
}

/// {KEY: VALUE, …}
Change change_of_pair(std::string_view key, const json::Value& value, const Change& task) {
  json::Document document;
  json::Object& entry = document.root().get_object();
  module::put(entry, "key", key);
  entry["value"] = value;
  return change_of_entry(document.root(), task);
}

template <typename Read>
void add_change(Given& given, Arguments& out, const std::string& where, const Read& read) {
  try {
    Change change = read();
    for (const Change& other : out.changes) {
      if (other.target.key == change.target.key && other.target.document == change.target.document) {
        return given.mistake(where + ": " + in_quotes(yaml::to_string(change.target.key)) + " is there twice");
      }
    }
    out.changes.push_back(std::move(change));
  } catch (const Error& error) {
    given.mistake(where + ": " + error.message);
  }
}

void read_several(Given& given, Arguments& out, const json::Value& secrets, const Change& task) {
  out.several = true;
  for (std::string_view name : {"key", "value"}) {
    if (given.has(name)) given.mistake(in_quotes(name) + " and \"secrets\" exclude each other");
  }
  if (secrets.is_object()) {
    for (const auto& [key, value] : secrets.get_object()) {
      add_change(given, out, "secrets: " + in_quotes(key), [&] { return change_of_pair(key, value, task); });
    }
  } else if (secrets.is_array()) {
    std::size_t number = 0;
    for (const json::Value& entry : secrets.get_array()) {
      ++number;
      add_change(given, out, "secrets, entry " + std::to_string(number), [&] { return change_of_entry(entry, task); });
    }
  } else {
    return given.mistake("\"secrets\" must be a list or a mapping, not " + std::string(json::kind_name(secrets)));
  }
  bool empty = secrets.is_object() ? secrets.get_object().empty() : secrets.get_array().empty();
  if (empty) given.mistake("\"secrets\" is empty");
}

void read_single(Given& given, Arguments& out, Change task) {
  task.target.key = key_path(given, required(given, "key")).value_or(yaml::Path());
  read_value(given, task);
  out.changes.push_back(std::move(task));
}

void read_keys(Given& given, const json::Object& object, Arguments& out) {
  out.keys.vault_ids = given.list("vault_id").value_or(std::vector<std::string>());
  out.keys.password_files = given.list("vault_password_file").value_or(std::vector<std::string>());
  bool own_keys = !out.keys.vault_ids.empty() || !out.keys.password_files.empty();
  const json::Value* play = object.if_contains("regvault_vault_secrets");
  if (play != nullptr && !own_keys) out.play = keys_of_the_play(*play);
}

}  // namespace

Arguments parse_arguments(const json::Value& document) {
  if (!document.is_object()) throw Error(ErrorCode::usage, "the arguments are not a JSON object");
  const json::Object& object = document.get_object();
  Given given(object, kOptions);
  Arguments out;
  out.check_mode = module::is_on(object, "_ansible_check_mode");
  out.diff = module::is_on(object, "_ansible_diff");
  out.file = required(given, "path");

  Change task;
  task.target.file = out.file;
  task.options.layout.create = yaml::Layout::Create::last_key;
  read_how(given, task);
  const json::Value* secrets = object.if_contains("secrets");
  if (secrets != nullptr && !secrets->is_null()) {
    read_several(given, out, *secrets, task);
  } else {
    read_single(given, out, std::move(task));
  }
  read_keys(given, object, out);
  bool allowed = given.boolean("allow_ephemeral").value_or(false);
  if (!allowed) out.ephemeral = given.text("regvault_ephemeral").value_or("");
  given.refuse_mistakes(kModule);
  return out;
}

}  // namespace regvault::secret_module
