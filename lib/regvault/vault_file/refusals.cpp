#include <regvault/vault_file/refusals.hpp>

#include <regvault/base/text.hpp>

namespace regvault::vault_file {
namespace {

/// The variable of a template that is nothing else ("{{ other }}"); empty: not of that kind.
std::string_view sole_variable(std::string_view text) {
  text = stripped(text);
  if (text.size() < 4 || !text.starts_with("{{") || !text.ends_with("}}")) return {};
  text = stripped(text.substr(2, text.size() - 4));
  constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return text.find_first_not_of(kNameCharacters) == std::string_view::npos ? text : std::string_view();
}

}  // namespace

std::string name_of(const Target& target) {
  return in_quotes(yaml::to_string(target.key));
}

Where place(const Target& target, const yaml::Value& value) {
  return {.file = target.file, .line = value.line, .column = value.column};
}

Error already_encrypted(const std::string& name) {
  return {ErrorCode::unsupported, in_quotes(name) + " is encrypted already", {}, {}, "already-encrypted"};
}

bool is_template(const yaml::Value& value) {
  bool has_braces = value.text.find("{{") != std::string::npos || value.text.find("{%") != std::string::npos;
  return has_braces && !value.is_vault && value.kind == yaml::Kind::scalar && value.tag != "!unsafe";
}

void refuse_template(const Target& target, const yaml::Document& document, const yaml::Value& old, bool may_be_forced) {
  if (!is_template(old)) return;
  Where where = place(target, old);
  std::string hint = may_be_forced ? "--force replaces the template" : "";
  std::string_view variable = sole_variable(old.text);
  std::vector<yaml::Place> places;
  if (!variable.empty()) places = document.places_of_key(variable);
  if (!places.empty()) {
    where.note = in_quotes(variable) + " is set in " + target.file + ":" + std::to_string(places.front().value.line);
    hint = "set " + in_quotes(yaml::to_string(places.front().path)) + " instead" + (hint.empty() ? "" : "; " + hint);
  }
  throw Error(ErrorCode::unsupported, name_of(target) + " is a template: its value comes from elsewhere", hint,
              std::move(where), "template");
}

void refuse_collection(const Target& target, const yaml::Value& value) {
  if (value.kind == yaml::Kind::mapping) {
    throw Error(ErrorCode::unsupported, name_of(target) + " is a mapping, not a value", "name one of the keys below it",
                place(target, value), "not-a-scalar");
  }
  if (value.kind == yaml::Kind::sequence) {
    throw Error(ErrorCode::unsupported, name_of(target) + " is a list, not a value",
                "name one of its items, as in " + in_quotes(yaml::to_string(target.key) + "[0]"), place(target, value),
                "not-a-scalar");
  }
}

}  // namespace regvault::vault_file
