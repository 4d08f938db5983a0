#include <regvault/yaml/events.hpp>

#include <algorithm>
#include <istream>
#include <optional>
#include <streambuf>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/emitterstyle.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <regvault/yaml/shallow_blocks.hpp>
#include <regvault/yaml/vault_lines.hpp>

namespace regvault::yaml {
namespace {

/// Lets a std::istream read memory that is not its own.
struct ViewBuffer : std::streambuf {
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // the get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// Builds the tree as the events come in.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Tree& tree, std::size_t text_begin) : tree_(tree), text_begin_(text_begin) { tree_.anchors.resize(1); }

  void OnDocumentStart(const YAML::Mark&) override {
    tree_.roots.push_back(tree_.nodes.size());
    anchors_before_ = tree_.anchors.size() - 1;  // the parser counts them anew in each document
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Node::Kind::null, mark, {}, anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Node::Kind::alias, mark, {}, anchor); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    add(Node::Kind::scalar, mark, tag, anchor).value = value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(Node::Kind::sequence, mark, tag, anchor, style);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(Node::Kind::mapping, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    std::size_t node;
    bool key_is_next;
  };

  Node& add(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Node node;
    node.kind = kind;
    node.tag = tag;
    if (anchor != 0) node.anchor = count_anchor(kind, anchors_before_ + anchor);
    node.begin = static_cast<std::size_t>(mark.pos) + text_begin_;
    node.depth = open_.size();
    node.next = tree_.nodes.size() + 1;
    if (!open_.empty()) {
      node.parent = open_.back().node;
      if (tree_[node.parent].kind == Node::Kind::mapping) {
        node.is_key = open_.back().key_is_next;
        open_.back().key_is_next = !node.is_key;
      }
    }
    return tree_.nodes.emplace_back(std::move(node));
  }

  std::size_t count_anchor(Node::Kind kind, std::size_t anchor) {
    if (anchor >= tree_.anchors.size()) tree_.anchors.resize(anchor + 1);
    if (kind == Node::Kind::alias) {
      ++tree_.anchors[anchor].uses;
    } else {
      tree_.anchors[anchor].node = tree_.nodes.size();
    }
    return anchor;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    add(kind, mark, tag, anchor).flow = style == YAML::EmitterStyle::Flow;
    open_.push_back({tree_.nodes.size() - 1, true});
  }

  void close() {
    tree_.nodes[open_.back().node].next = tree_.nodes.size();
    open_.pop_back();
  }

  Tree& tree_;
  std::size_t text_begin_;
  std::size_t anchors_before_ = 0;
  std::vector<Open> open_;
};

/// yaml-cpp's words, in ours; by their beginning, because some end in text of the file.
struct Wording {
  std::string_view theirs, ours;
};
constexpr Wording kWordings[] = {
    {"end of map not found", "this line does not belong to the mapping it stands in (is it indented right?)"},
    {"end of sequence not found", "this line does not belong to the list it stands in (is it indented right?)"},
    {"end of map flow not found", "a \"{\" is not closed, or a \",\" is missing"},
    {"end of sequence flow not found", "a \"[\" is not closed, or a \",\" is missing"},
    {"illegal map value", "a \":\" where no key can be"},
    {"illegal map key", "a key where none can be"},
    {"illegal block entry", "a \"-\" where no list item can be"},
    {"illegal tab when looking for indentation", "a tab in the indentation"},
    {"illegal flow end", "a bracket is closed that was not opened"},
    {"illegal document indicator in scalar", "a document ends inside of a quoted text"},
    {"illegal EOF in scalar", "the file ends inside of a quoted text"},
    {"the referenced anchor is not defined", "an alias whose anchor is not defined before it"},
    {"unknown escape character", "an escape that YAML does not know"},
    {"unknown token", "a character that cannot begin a value"},
};

[[noreturn]] void throw_parse_error(const Source& source, const YAML::Exception& problem) {
  std::string message = "not valid YAML";
  for (const Wording& wording : kWordings) {
    if (problem.msg.starts_with(wording.theirs)) message = wording.ours;
  }
  bool known = !problem.mark.is_null();
  std::size_t at = known ? static_cast<std::size_t>(problem.mark.pos) + source.text_begin() : 0;
  throw Error(ErrorCode::malformed, message, {}, known ? source.where(at) : source.whole(), "parse-error");
}

Tree parse(const Source& source, std::string_view text) {
  Tree tree;
  TreeBuilder builder(tree, source.text_begin());
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  try {
    YAML::Parser parser(stream);
    std::size_t documents = 0;
    while (parser.HandleNextDocument(builder)) {
      // yaml-cpp 0.7 does not get past a comma at the root (its issue 1040)
      const std::size_t root = tree.roots.back();
      if (++documents > 1 && tree[root].kind == Node::Kind::null &&
          tree[root].begin == tree[tree.roots[documents - 2]].begin) {
        throw Error(ErrorCode::malformed, "a \",\" where no value can be", {}, source.where(tree[root].begin),
                    "parse-error");
      }
    }
  } catch (const YAML::DeepRecursion&) {  // its mark is where reading stopped, often the end
    throw Error(ErrorCode::malformed, "nested too deeply", {}, source.where(tree.nodes.back().begin), "too-deep");
  } catch (const YAML::Exception& problem) {
    throw_parse_error(source, problem);
  }
  return tree;
}

/// The tag as the parser would have resolved it, but for handles of %TAG directives.
std::string resolved_tag(std::string_view text) {
  if (text.starts_with("!<") && text.ends_with('>')) return std::string(text.substr(2, text.size() - 3));
  if (text.starts_with("!!")) return "tag:yaml.org,2002:" + std::string(text.substr(2));
  return std::string(text);
}

/// The node of each block whose tag was blanked out gets it back. Drops the blocks that were none (no value begins at
/// their header) from `blocks`, and returns how many.
std::size_t give_tags_back(const Source& source, Tree& tree, std::vector<ShallowBlock>& blocks) {
  std::vector<ShallowBlock> real;
  std::size_t n = 0;
  for (const ShallowBlock& block : blocks) {
    while (n < tree.nodes.size() && (tree[n].begin < block.header || tree[n].kind != Node::Kind::scalar)) ++n;
    if (n == tree.nodes.size() || tree[n].begin != block.header) continue;
    tree.nodes[n].tag = resolved_tag(source.slice(block.begin, block.end));
    tree.nodes[n].begin = block.begin;
    real.push_back(block);
  }
  blocks.swap(real);
  return real.size() - blocks.size();
}

std::optional<Tree> parse_without_tags(const Source& source, std::string text,
                                       const std::vector<ShallowBlock>& blocks) {
  for (const ShallowBlock& block : blocks) {
    auto tag = text.begin() + (block.begin - source.text_begin());
    std::fill(tag, tag + (block.end - block.begin), ' ');
  }
  try {
    return parse(source, text);
  } catch (const Error&) {
    return std::nullopt;  // the first error is the one to report
  }
}

/// nullopt: the whole text has to be parsed.
std::optional<Tree> parse_without_vault_lines(const Source& source) {
  const ShortText text(source);
  if (!text.is_shorter()) return std::nullopt;
  try {
    Tree tree = parse(source, text.bytes());
    if (text.put_right(tree)) return tree;
  } catch (const Error&) {  // about another text than the user's
  }
  return std::nullopt;
}

}  // namespace

Tree read_events(const Source& source) {
  if (std::optional<Tree> tree = parse_without_vault_lines(source)) return std::move(*tree);
  const std::string_view text = std::string_view(source.bytes()).substr(source.text_begin());
  try {
    return parse(source, text);
  } catch (const Error&) {
    std::vector<ShallowBlock> blocks = shallow_blocks(source);
    auto anchored = std::find_if(blocks.begin(), blocks.end(), [](const ShallowBlock& b) { return b.has_anchor; });
    if (anchored != blocks.end()) {
      throw Error(ErrorCode::unsupported, "the lines of this block must stand deeper than its anchor to be edited",
                  "indent them by two more columns, then run the command again", source.where(anchored->begin),
                  "shallow-block");
    }
    for (int attempt = 0; attempt < 3 && !blocks.empty(); ++attempt) {
      std::optional<Tree> tree = parse_without_tags(source, std::string(text), blocks);
      if (!tree) break;
      if (give_tags_back(source, *tree, blocks) == 0) return std::move(*tree);
    }
    throw;
  }
}

}  // namespace regvault::yaml
