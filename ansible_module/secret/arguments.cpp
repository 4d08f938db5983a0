#include "arguments.hpp"

#include <array>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>

#include "module/given.hpp"

namespace regvault::secret_module {
namespace {

using module::Given;
using module::Option;

constexpr std::array kOptions{
    Option{"path"},     Option{"key"},
    Option{"value"},    Option{"state"},
    Option{"plain"},    Option{"encrypt_vault_id"},
    Option{"vault_id"}, Option{"vault_password_file"},
    Option{"parents"},  Option{"indent"},
    Option{"doc"},      Option{"regvault_vault_secrets"},  // the action plugin's, not the user's
};
constexpr std::array<std::string_view, 2> kStates{"present", "absent"};

/// The secrets that the action plugin found loaded: [{"label": …, "password_base64": …}, …].
std::vector<keys::Key> keys_of_the_play(const json::Value& list) {
  std::vector<keys::Key> keys;
  for (const json::Value& entry : list.as_array()) {
    std::string_view encoded = entry.at("password_base64").as_string();
    SecretBytes password(encoded.size());
    std::optional<std::size_t> size = base64_decode(encoded, password.data());
    if (!size) throw Error(ErrorCode::usage, "a vault secret of the play is not base64");
    password.resize(*size);
    keys.push_back({std::string(std::string_view(entry.at("label").as_string())), std::move(password)});
  }
  return keys;
}

std::string required(Given& given, std::string_view name) {
  std::optional<std::string> text = given.text(name);
  if (!given.has(name) || (text && text->empty())) given.mistake(in_quotes(name) + " is missing");
  return text.value_or("");
}

std::optional<yaml::Path> key_path(Given& given) {
  std::string text = required(given, "key");
  try {
    if (!text.empty()) return yaml::parse_path(text);
  } catch (const Error& error) {
    given.mistake("\"key\": " + error.message);
  }
  return std::nullopt;
}

}  // namespace

Arguments parse_arguments(const json::Value& document) {
  if (!document.is_object()) throw Error(ErrorCode::usage, "the arguments are not a JSON object");
  const json::Object& object = document.get_object();
  Given given(object, kOptions);
  Arguments arguments;
  arguments.target.file = required(given, "path");
  arguments.target.key = key_path(given).value_or(yaml::Path());
  arguments.target.document = given.number("doc", 0, 10'000);
  arguments.absent = given.choice("state", kStates) == 1;
  std::optional<SecretBytes> value = given.secret("value");
  bool missing = !given.has("value") || (value && value->empty());
  if (!arguments.absent && missing) given.mistake("\"value\" is missing or empty");
  if (value) arguments.value = std::move(*value);

  vault_file::SetOptions& options = arguments.options;
  if (given.boolean("plain").value_or(false)) options.form = vault_file::Form::plain;
  options.layout.create =
      given.boolean("parents").value_or(false) ? yaml::Layout::Create::parents : yaml::Layout::Create::last_key;
  options.layout.indent = given.number("indent", 1, 60);
  options.encrypt_vault_id = given.text("encrypt_vault_id");
  options.dry_run = module::is_on(object, "_ansible_check_mode");
  arguments.diff = module::is_on(object, "_ansible_diff");

  arguments.keys.vault_ids = given.list("vault_id").value_or(std::vector<std::string>());
  arguments.keys.password_files = given.list("vault_password_file").value_or(std::vector<std::string>());
  bool own_keys = !arguments.keys.vault_ids.empty() || !arguments.keys.password_files.empty();
  if (const json::Value* play = object.if_contains("regvault_vault_secrets"); play != nullptr && !own_keys) {
    arguments.play = keys_of_the_play(*play);
  }
  given.refuse_mistakes("regvault.registry.secret");
  return arguments;
}

}  // namespace regvault::secret_module
