#include <regvault/inventory/yaml_source.hpp>

#include <algorithm>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/inventory/host_pattern.hpp>

namespace regvault::inventory {
namespace {

using yaml::Kind;
using yaml::View;

constexpr std::size_t kDepthAtMost = 200;

class Reader {
 public:
  Reader(std::shared_ptr<const SourceFile> file, bool is_json, Graph& graph)
      : file_(file), values_(std::move(file), is_json), graph_(graph) {}

  void read_group(const View::Entry& entry) {
    if (++depth_ > kDepthAtMost) refuse("groups nested too deeply", entry.line);
    const View& data = entry.value;
    if (data.kind() == Kind::mapping || data.kind() == Kind::null) read_group_mapping(entry);
    --depth_;
  }

 private:
  [[noreturn]] void refuse(std::string message, std::size_t line) const {
    throw Error(ErrorCode::malformed, std::move(message), {}, {file_->path, line}, "bad-inventory");
  }

  /// What the graph and the host patterns refuse, with the line.
  template <typename Action>
  void at(std::size_t line, Action action) const {
    try {
      action();
    } catch (Error& error) {
      if (error.where.file.empty()) error.where = {file_->path, line};
      throw;
    }
  }

  void read_group_mapping(const View::Entry& entry) {
    if (!entry.key.is_text()) refuse("the name of a group must be text", entry.line);
    std::string group;
    at(entry.line, [&] { group = graph_.add_group(entry.key.text()); });
    const std::vector<View::Entry> sections = entry.value.entries();
    for (const View::Entry& section : sections) check_section(section);
    for (const View::Entry& section : sections) read_section(group, section);
  }

  static bool is_section(const View::Entry& entry) {
    return entry.key.text() == "vars" || entry.key.text() == "children" || entry.key.text() == "hosts";
  }

  void check_section(const View::Entry& section) const {
    if (!is_section(section) || section.value.is_text()) return;
    if (section.value.kind() == Kind::mapping || section.value.kind() == Kind::null) return;
    refuse(in_quotes(section.key.text()) + " of a group must be a mapping", section.line);
  }

  void read_section(const std::string& group, const View::Entry& section) {
    if (!is_section(section)) return;
    std::vector<View::Entry> entries = section.value.entries();
    if (section.value.is_text()) entries = {{section.value, section.value, section.value.line()}};
    const bool has_values = !section.value.is_text();
    for (const View::Entry& entry : entries) {
      if (section.key.text() == "vars") {
        set(group, entry, has_values);
      } else if (section.key.text() == "children") {
        add_child(group, entry, has_values);
      } else {
        add_hosts(group, entry, has_values);
      }
    }
  }

  /// `has_value`: not in a section that is a single name.
  void set(const std::string& entity, const View::Entry& entry, bool has_value) {
    Variable variable =
        has_value ? values_.read(entry)
                  : Variable{std::string(entry.key.text()), values_.place(entry.line), std::make_shared<Value>()};
    const bool is_scalar = has_value && entry.value.kind() == Kind::scalar;
    at(entry.line,
       [&] { graph_.set_variable(entity, std::move(variable), is_scalar ? entry.value.text() : std::string_view()); });
  }

  void add_child(const std::string& group, const View::Entry& entry, bool has_value) {
    std::string child;
    if (has_value) {
      read_group(entry);
      child = std::string(entry.key.text());
    } else {
      at(entry.line, [&] { child = graph_.add_group(entry.key.text()); });
    }
    at(entry.line, [&] { graph_.add_child(group, graph_.has_group(child) ? child : graph_.group_name(child)); });
  }

  void add_hosts(const std::string& group, const View::Entry& entry, bool has_value) {
    if (!entry.key.is_text()) refuse("the name of a host must be text: put it in quotes", entry.line);
    Hosts hosts;
    at(entry.line, [&] { hosts = expand_hosts(entry.key.text()); });
    const bool has_variables = has_value && !is_nothing(entry.value);
    if (has_variables && entry.value.kind() != Kind::mapping)
      refuse("a host's variables must be a mapping", entry.line);
    std::vector<View::Entry> variables;
    if (has_variables) variables = entry.value.entries();
    for (const std::string& host : hosts.names) {
      at(entry.line, [&] { graph_.add_host(host, group, {.place = values_.place(entry.line), .port = hosts.port}); });
      for (const View::Entry& variable : variables) set(host, variable, true);
    }
  }

  std::shared_ptr<const SourceFile> file_;
  ValueReader values_;
  Graph& graph_;
  std::size_t depth_ = 0;
};

}  // namespace

bool is_nothing(const View& view) {
  switch (view.kind()) {
    case Kind::null:
      return true;
    case Kind::mapping:
      return view.entries().empty();
    case Kind::sequence:
      return view.items().empty();
    case Kind::scalar:
      break;
  }
  if (view.is_vault()) return false;
  if (view.is_text()) return view.text().empty();
  constexpr std::string_view kNothing[] = {"false", "no", "off", "0", "0.0", "-0", "+0", "0x0", "0b0", "null", "~"};
  return std::ranges::count(kNothing, lowercase(view.text())) != 0;
}

void read_yaml(const View& top, const std::shared_ptr<const SourceFile>& file, bool is_json, Graph& graph) {
  Reader reader(file, is_json, graph);
  for (const View::Entry& entry : top.entries()) reader.read_group(entry);
}

}  // namespace regvault::inventory
