/// New text in the manner of the file around it: how deep, in which lines, in which quotes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/yaml/document.hpp>
#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {

/// What is to be written.
struct NewValue {
  enum class As {
    plain,        ///< without a tag of ours, quoted where it must be
    vault,        ///< tagged !vault, in lines
    vault_plain,  ///< tagged !vault-plain, in lines or quoted
    item,         ///< an item of a list: a mapping of `key` to the plain value; where there is no list, it is the first
  } as = As::plain;
  std::string_view text;      ///< the payload, or the plain value
  std::string_view key = {};  ///< of an item

  std::string_view tag() const { return as == As::vault ? "!vault" : as == As::vault_plain ? kPlainTag : ""; }
};

/// A value as YAML text, without its tag. `head` stands behind the key; a block scalar has lines below it.
struct Rendered {
  std::string head;
  std::string lines;  ///< with their indentation and line breaks, but for the last one; empty: none
};

/// On one line: an envelope in double quotes; another text plain where `keep_quotes` and the text allow it.
Rendered rendered_inline(const NewValue& value, bool in_flow, bool keep_quotes = false);

/// As a literal block `indent` columns deep when it has several lines that a block can show, else on one line.
/// `behind`: where the text goes on behind the new one. What follows there must not become part of the block, and what
/// a value needs at its end must be there: otherwise it is written on one line.
Rendered rendered_block(const Source& source, const NewValue& value, std::size_t indent, std::size_t behind);

/// The text's lines, `indent` columns deep, without the newlines at its end.
std::string block_lines(std::string_view text, std::size_t indent, std::string_view line_break);

/// The column that a block mapping's keys stand in.
std::size_t key_column(const Source& source, const Tree& tree, std::size_t mapping);

/// The column that the value's block is counted from: its key's, or of an item where its text begins.
std::size_t base_column(const Source& source, const Tree& tree, std::size_t n);

/// Columns from a key to the keys below it, as most of the file has it; 2 when nothing shows it.
std::size_t mapping_step(const Source& source, const Tree& tree);

/// Columns from a key to the dashes of the list below it: as the mapping's own lists have it, else as most of the file;
/// 2 when nothing shows it.
std::size_t list_step(const Source& source, const Tree& tree, std::size_t mapping);

/// Columns from a key to its vault's lines: what `layout` says, else what most vaults of the file have, else 2.
std::size_t block_step(const Source& source, const Tree& tree, const Layout& layout);

}  // namespace regvault::yaml
