/// A document as Ansible reads it, to walk through from the top.
///
///     std::optional<View> top = document.root();
///     for (const View::Entry& entry : top->entries()) use(entry.key.text(), entry.line, entry.value);
///
/// Aliases are the values they name, merge keys (<<) are applied, and of a key that is there twice the last counts:
/// what PyYAML's loader makes of the text, with the lines it stands in. (To change a value, Document insists on one
/// that stands in one place only.) An alias may name a mapping around it: whoever goes down without end must look at
/// id().
///
/// A View is a pointer into its Document, and valid as long as that is.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <regvault/yaml/document.hpp>

namespace regvault::yaml {

class Source;
struct Tree;

class View {
 public:
  struct Entry;

  View(const Source& source, const Tree& tree, std::size_t node);  ///< Document::root() makes the first one

  Kind kind() const;
  std::string_view text() const;  ///< of a scalar, decoded; of null: as written, may be empty
  std::string_view tag() const;   ///< resolved; empty: none
  bool is_vault() const;

  /// A scalar that YAML 1.1 reads as text: quoted, tagged !!str or !unsafe, or plain and no number, date, or word like
  /// yes and null.
  bool is_text() const;

  std::size_t line() const;  ///< where it is written, from 1
  std::size_t id() const;    ///< the same for all aliases of a value, another for each other value
  bool has_anchor() const;   ///< aliases may name it

  /// Of a mapping, in its order, merged ones first. Throws Error(malformed) for `<<` with what is no mapping.
  std::vector<Entry> entries() const;

  /// Of a list.
  std::vector<View> items() const;

 private:
  void collect(std::vector<Entry>& into, std::size_t depth) const;
  void collect_merged(std::vector<Entry>& into, std::size_t depth) const;

  const Source* source_;
  const Tree* tree_;
  std::size_t node_;
};

/// A key of a mapping with its value.
struct View::Entry {
  View key;
  View value;
  std::size_t line;  ///< of the key
};

}  // namespace regvault::yaml
