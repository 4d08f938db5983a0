/// A variable as it is written somewhere: its shape and where each part of it stands, not what it says.
///
/// Values themselves are not kept: they may be secrets, and who sees which is told by places alone (lookup.hpp reads
/// one again). What is kept of a text is the reference a pure template makes: `{{ vault_pat }}` refers to `vault_pat`.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/yaml/path.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::inventory {

/// What values are read from.
struct SourceFile {
  std::string path;                        ///< absolute; of a host list: its text
  std::optional<std::string> vault_label;  ///< set: the file is one vault as a whole; empty: without a label
};

struct Place {
  std::shared_ptr<const SourceFile> file;
  std::size_t line = 0;  ///< from 1; in a whole-file vault, of its text; 0: there are no lines
};

enum class Form { null, plain, template_text, vault, mapping, list };

struct Variable;

struct Value {
  Form form = Form::null;
  std::string vault_label = {};                        ///< of a vault; empty: without a label
  std::optional<yaml::Path> reference = std::nullopt;  ///< of a template that is nothing but `{{ name.a['b'][0] }}`
  std::vector<Variable> members = {};                  ///< of a mapping; of a list, without names
  std::optional<std::size_t> node = std::nullopt;      ///< the yaml::View::id() of a scalar; nullopt: not out of YAML

  const Variable* member(const yaml::Step& step) const;  ///< nullptr: there is none
};

using ValuePtr = std::shared_ptr<const Value>;

/// A name, its value, and where the name stands.
struct Variable {
  std::string name;
  Place place;
  ValuePtr value;
};

/// Of a scalar's text: plain, or a template.
Value text_value(std::string_view text);

/// Converts the values of one document; those that aliases share stay shared.
class ValueReader {
 public:
  /// `is_json`: objects with the key "__ansible_vault" are vaults.
  ValueReader(std::shared_ptr<const SourceFile> file, bool is_json) : file_(std::move(file)), is_json_(is_json) {}

  /// Throws Error(malformed) for values nested too deeply.
  ValuePtr read(const yaml::View& view);
  Variable read(const yaml::View::Entry& entry);
  Place place(std::size_t line) const { return {file_, line}; }

 private:
  Value converted(const yaml::View& view);

  std::shared_ptr<const SourceFile> file_;
  bool is_json_;
  std::size_t depth_ = 0;
  std::vector<std::pair<std::size_t, ValuePtr>> shared_;  // by View::id(); null: being read
};

/// `over` laid over `under`, as hash_behaviour=merge does: mappings are united, everything else is replaced.
Variable merged(const Variable& under, const Variable& over);

}  // namespace regvault::inventory
