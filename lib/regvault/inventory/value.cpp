#include <regvault/inventory/value.hpp>

#include <algorithm>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/vault/envelope.hpp>

namespace regvault::inventory {
namespace {

constexpr std::size_t kDepthAtMost = 500;

/// Reads `name`, `.name`, `['text']`, `[0]` of a template's expression.
class Expression {
 public:
  explicit Expression(std::string_view text) : rest_(text) {}

  std::optional<yaml::Path> path() {
    yaml::Path path;
    if (!name(path)) return std::nullopt;
    while (!rest_.empty()) {
      bool good = take('.') ? name(path) : take('[') && subscript(path) && take(']');
      if (!good) return std::nullopt;
    }
    return path;
  }

 private:
  static bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool name(yaml::Path& path) {
    std::size_t end = 0;
    while (end < rest_.size() && (starts_name(rest_[end]) || is_digit(rest_[end]))) ++end;
    if (end == 0 || is_digit(rest_[0])) return false;
    path.emplace_back(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }

  bool subscript(yaml::Path& path) {
    const char quote = rest_.empty() ? '\0' : rest_[0];
    if (quote == '\'' || quote == '"') {
      const std::size_t end = rest_.find(quote, 1);
      if (end == rest_.npos || rest_.substr(0, end).find('\\') != rest_.npos) return false;
      path.emplace_back(rest_.substr(1, end - 1));
      rest_.remove_prefix(end + 1);
      return true;
    }
    std::size_t end = 0;
    while (end < rest_.size() && end < 9 && is_digit(rest_[end])) ++end;
    if (end == 0) return false;
    path.push_back(yaml::Step::item(std::stoul(std::string(rest_.substr(0, end)))));
    rest_.remove_prefix(end);
    return true;
  }

  std::string_view rest_;
};

std::optional<yaml::Path> reference_in(std::string_view text) {
  text = stripped(text);
  if (!text.starts_with("{{") || !text.ends_with("}}") || text.size() < 4) return std::nullopt;
  text = text.substr(2, text.size() - 4);
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.ends_with('-')) text.remove_suffix(1);
  return Expression(stripped(text)).path();
}

Value vault_value(std::string_view envelope) {
  Value value{.form = Form::vault};
  std::string_view header = stripped(envelope.substr(0, envelope.find('\n')));
  std::vector<std::string_view> fields = split(header, ';');
  if (fields.size() > 3) value.vault_label = stripped(fields[3]);
  return value;
}

}  // namespace

const Variable* Value::member(const yaml::Step& step) const {
  if (form == Form::list) {
    std::optional<std::size_t> number = step.index;
    const bool digits =
        !step.key.empty() && step.key.size() < 9 && step.key.find_first_not_of("0123456789") == step.key.npos;
    if (!number && digits) number = std::stoul(step.key);
    return number && *number < members.size() ? &members[*number] : nullptr;
  }
  if (form != Form::mapping || step.index) return nullptr;
  auto found = std::ranges::find_if(members, [&](const Variable& member) { return member.name == step.key; });
  return found == members.end() ? nullptr : &*found;
}

Value text_value(std::string_view text) {
  const bool is_template = text.find("{{") != text.npos || text.find("{%") != text.npos;
  if (!is_template) return {.form = Form::plain};
  return {.form = Form::template_text, .reference = reference_in(text)};
}

ValuePtr ValueReader::read(const yaml::View& view) {
  if (!view.has_anchor()) return std::make_shared<Value>(converted(view));
  auto known = std::ranges::find_if(shared_, [&](const auto& entry) { return entry.first == view.id(); });
  if (known != shared_.end()) return known->second ? known->second : std::make_shared<Value>();  // in itself: no end
  const std::size_t slot = shared_.size();
  shared_.emplace_back(view.id(), nullptr);
  ValuePtr value = std::make_shared<Value>(converted(view));
  shared_[slot].second = value;
  return value;
}

Variable ValueReader::read(const yaml::View::Entry& entry) {
  return {std::string(entry.key.text()), place(entry.line), read(entry.value)};
}

Value ValueReader::converted(const yaml::View& view) {
  if (++depth_ > kDepthAtMost) throw Error(ErrorCode::malformed, "nested too deeply", {}, {}, "too-deep");
  Value value;
  switch (view.kind()) {
    case yaml::Kind::null:
      break;
    case yaml::Kind::scalar:
      if (view.is_vault()) {
        value = vault_value(view.text());
      } else if (view.tag() == "!unsafe") {
        value.form = Form::plain;
      } else {
        value = text_value(view.text());
      }
      value.node = view.id();
      break;
    case yaml::Kind::mapping:
      value.form = Form::mapping;
      for (const yaml::View::Entry& entry : view.entries()) {
        if (is_json_ && entry.key.text() == "__ansible_vault") {
          value = vault_value(entry.value.text());
          value.node = entry.value.id();
          break;
        }
        value.members.push_back(read(entry));
      }
      break;
    case yaml::Kind::sequence:
      value.form = Form::list;
      for (const yaml::View& item : view.items()) value.members.push_back({{}, place(item.line()), read(item)});
      break;
  }
  --depth_;
  return value;
}

Variable merged(const Variable& under, const Variable& over) {
  if (under.value->form != Form::mapping || over.value->form != Form::mapping) return over;
  Value value{.form = Form::mapping};
  value.members = under.value->members;
  for (const Variable& member : over.value->members) {
    auto below = std::ranges::find_if(value.members, [&](const Variable& m) { return m.name == member.name; });
    if (below == value.members.end()) {
      value.members.push_back(member);
    } else {
      *below = merged(*below, member);
    }
  }
  return {over.name, over.place, std::make_shared<Value>(std::move(value))};
}

}  // namespace regvault::inventory
