/// A parsed file: its values in the order of the text, each with the bytes it occupies.
///
/// Nodes stand in one vector, a parent before its children (a mapping's are key, value, key, value …). `depth` and
/// `next` describe the tree:
///
///     k: [a, b]        0 mapping  depth 0  next 5
///                      1 scalar   depth 1  next 2     k
///                      2 sequence depth 1  next 5     children 3 and 4
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/yaml/tags.hpp>

namespace regvault::yaml {

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Node {
  enum class Kind { null, scalar, alias, mapping, sequence };
  enum class Style { empty, plain, single_quoted, double_quoted, literal, folded };

  Kind kind = Kind::null;
  bool flow = false;    ///< a collection in brackets or braces
  bool is_key = false;  ///< of the mapping `parent`
  std::size_t depth = 0;
  std::size_t parent = kNone;
  std::size_t next = 0;    ///< the first node behind this one and all below it
  std::string tag;         ///< resolved; "?" none (plain), "!" none (quoted or block)
  std::size_t anchor = 0;  ///< index into Tree::anchors, 0: none; of an alias: the anchor it names
  std::string value;       ///< decoded text of a scalar; the word of a null

  // Spans, byte positions in the file. Until located, `begin` is where the parser says the node is.
  std::size_t begin = 0;    ///< its first property (anchor, tag) or its content; of an absent null: where it would be
  std::size_t content = 0;  ///< its content: behind the properties
  std::size_t tag_begin = 0, tag_end = 0;  ///< the tag as it is written; both 0: there is none
  std::size_t end = 0;  ///< behind its last character; a block scalar ends with its last line that is not blank
  Style style = Style::empty;
  std::size_t indicator = kNone;  ///< its ':' (`{a}` has none) or, of a block list's item, its '-'
};

struct Anchor {
  std::size_t node = kNone;  ///< that has it
  std::size_t uses = 0;      ///< aliases of it
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<Anchor> anchors;     ///< by Node::anchor; 0 is none
  std::vector<std::size_t> roots;  ///< of each document

  const Node& operator[](std::size_t n) const { return nodes[n]; }

  /// The nearest collection around the node, itself excluded, is in flow style: no block scalar can stand here.
  bool in_flow(std::size_t n) const { return nodes[n].parent != kNone && nodes[nodes[n].parent].flow; }
};

inline bool is_block_scalar(const Node& node) {
  return node.style == Node::Style::literal || node.style == Node::Style::folded;
}

}  // namespace regvault::yaml
