#include <regvault/yaml/span.hpp>

#include <algorithm>

namespace regvault::yaml {
namespace {

using Kind = Node::Kind;
using Style = Node::Style;

constexpr std::string_view kNullWords[] = {"~", "null", "Null", "NULL"};

/// The null's word at `at`; empty: there is none.
std::string_view null_word(const Source& source, std::size_t at) {
  for (std::string_view word : kNullWords) {
    std::size_t end = at + word.size();
    if (source.slice(std::min(at, source.size()), std::min(end, source.size())) != word) continue;
    char after = source[end];
    if (end >= source.size() || is_blank(after) || is_break(after) || after == ':' || after == ',' || after == '}' ||
        after == ']') {
      return word;
    }
  }
  return {};
}

/// Blank lines and lines at least `indent` deep, from the begin of a line; returns the end of the last one with text
/// (blanks deeper than the block are text), or `none` when there is none.
std::size_t block_lines_end(const Source& source, std::size_t line, std::size_t indent, std::size_t none) {
  std::size_t end = none;
  while (line < source.size()) {
    std::size_t text = source.bytes().find_first_not_of(' ', line);
    std::size_t line_end = source.line_end(line);
    if (text < line_end) {
      if (text - line < indent) break;
      std::string_view head = source.slice(line, std::min(line + 3, line_end));
      if (indent == 0 && (head == "---" || head == "...")) break;
    }
    if (line_end - line > indent) end = line_end;
    line = source.next_line(line);
  }
  return end;
}

/// Walks the tree in the order of the text, with the position behind what is accounted for.
class Locator {
 public:
  Locator(const Source& source, Tree& tree) : source_(source), tree_(tree), at_(source.text_begin()) {}

  void run() {
    for (std::size_t root : tree_.roots) {
      document_start();
      value(root);
    }
    document_start();
    if (at_ != source_.size()) lost(at_);
  }

 private:
  Node& node(std::size_t n) { return tree_.nodes[n]; }

  void value(std::size_t n) {
    Node& here = node(n);
    if (here.kind == Kind::null && !here.anchor && !is_written_null(n, here.begin)) return absent(here);
    to(here.begin);
    bool own_properties = n + 1 == here.next || node(n + 1).begin != here.begin;
    if (own_properties) properties(here);
    std::size_t properties_end = at_;
    here.content = skip_trivia(source_, at_);
    switch (here.kind) {
      case Kind::null:
        null_with_properties(n, properties_end);
        break;
      case Kind::alias:
        here.end = alias_end();
        break;
      case Kind::scalar:
        scalar(n, properties_end);
        break;
      default:
        at_ = here.content;
        collection(n, own_properties);
        break;
    }
    at_ = here.end;
  }

  // The parser puts an absent value at the next token; that token is then another node's, or no null's word.
  bool is_written_null(std::size_t n, std::size_t at) {
    if (at < at_ || null_word(source_, at).empty()) return false;
    return n + 1 >= tree_.nodes.size() || node(n + 1).begin != at;
  }

  void absent(Node& here) {
    here.begin = here.content = here.end = at_;
    here.style = Style::empty;
  }

  void null_with_properties(std::size_t n, std::size_t properties_end) {
    Node& here = node(n);
    if (is_written_null(n, here.content)) {
      here.value = null_word(source_, here.content);
      here.style = Style::plain;
      here.end = here.content + here.value.size();
    } else {
      here.content = here.end = properties_end;
    }
  }

  std::size_t alias_end() { return std::min(source_.bytes().find_first_of(" \t\r\n,[]{}", at_), source_.size()); }

  void scalar(std::size_t n, std::size_t properties_end) {
    Node& here = node(n);
    char first = source_[here.content];
    bool next_is_here = n + 1 < tree_.nodes.size() && node(n + 1).begin == here.content;
    bool quoted_or_block = first == '"' || first == '\'' || first == '|' || first == '>';
    if (here.value.empty() && (next_is_here || !quoted_or_block)) {  // a tag alone
      here.content = here.end = properties_end;
      return;
    }
    if (first == '"' || first == '\'') {
      here.style = first == '"' ? Style::double_quoted : Style::single_quoted;
      here.end = quoted_end(here.content);
    } else if (first == '|' || first == '>') {
      here.style = first == '|' ? Style::literal : Style::folded;
      here.end = block_end(here);
    } else {
      here.style = Style::plain;
      here.end = plain_end(here);
    }
  }

  std::size_t quoted_end(std::size_t opened) {
    char quote = source_[opened];
    for (std::size_t at = opened + 1; at < source_.size(); ++at) {
      if (quote == '"' && source_[at] == '\\') {
        ++at;
      } else if (source_[at] == quote) {
        if (quote == '"' || source_[at + 1] != quote) return at + 1;
        ++at;
      }
    }
    throw Error(ErrorCode::malformed, "this quote is not closed", {}, source_.where(opened), "parse-error");
  }

  std::size_t block_end(const Node& here) {
    std::size_t header_end = std::min(source_.bytes().find_first_of(" \t\r\n", here.content), source_.size());
    std::optional<std::size_t> indent = content_indent(source_, here);
    if (!indent) return header_end;
    return block_lines_end(source_, source_.next_line(here.content), *indent, header_end);
  }

  /// A line break with the blanks around it is one decoded blank; n breaks are n - 1 newlines.
  std::size_t plain_end(const Node& here) {
    std::size_t at = here.content;
    for (std::size_t i = 0; i < here.value.size(); ++i) {
      std::size_t text = at, breaks = 0;
      while (is_blank(source_[text]) || is_break(source_[text])) breaks += source_[text++] == '\n';
      if (text == at) ++text;
      std::string expected(source_.slice(at, std::min(text, source_.size())));
      if (breaks > 0) expected = breaks == 1 ? " " : std::string(breaks - 1, '\n');
      if (expected.empty() || here.value.compare(i, expected.size(), expected) != 0) lost(here.begin);
      i += expected.size() - 1;
      at = text;
    }
    return at;
  }

  void collection(std::size_t n, bool own_properties) {
    Node& here = node(n);
    char opening = here.kind == Kind::mapping ? '{' : '[';
    // "[a: b]" holds a mapping without braces; in "[{a: b}: c]" the brace is its key's
    bool bracketed = here.flow && own_properties && source_[at_] == opening;
    if (bracketed) ++at_;
    here.end = at_;
    for (std::size_t child = n + 1; child < here.next; child = node(child).next) {
      const bool is_item = here.kind == Kind::sequence;
      if (here.flow) pass(',');
      if (node(child).is_key) {
        pass('?');
      } else if (!is_item || !here.flow) {
        if (pass(is_item ? '-' : ':')) node(child).indicator = at_ - 1;
        if (is_item && node(child).indicator == kNone) lost(at_);
      }
      value(child);
      here.end = std::max(here.end, at_);
    }
    if (bracketed) {
      pass(',');
      if (!pass(opening == '{' ? '}' : ']')) lost(at_);
      here.end = at_;
    }
  }

  /// Over white space and comments, and over `indicator` if it comes then.
  bool pass(char indicator) {
    std::size_t next = skip_trivia(source_, at_);
    if (source_[next] != indicator) return false;
    at_ = next + 1;
    return true;
  }

  void to(std::size_t begin) {
    if (skip_trivia(source_, at_) != begin) lost(begin);
    at_ = begin;
  }

  /// Anchor and tag, from at_.
  void properties(Node& here) {
    while (source_[at_] == '&' || source_[at_] == '!') {
      const std::size_t begin = at_;
      std::string_view stop = source_.slice(at_, std::min(at_ + 2, source_.size())) == "!<" ? ">" : " \t\r\n,[]{}";
      at_ = std::min(source_.bytes().find_first_of(stop, at_), source_.size());
      if (stop == ">") ++at_;
      if (source_[begin] == '!') {
        here.tag_begin = begin;
        here.tag_end = at_;
      }
      std::size_t next = skip_trivia(source_, at_);
      if (source_[next] != '&' && source_[next] != '!') return;
      if (is_other_node(next)) return;
      at_ = next;
    }
  }

  // "&a" NEWLINE "&b key: v": the second anchor is the key's
  bool is_other_node(std::size_t at) const {
    auto later = std::lower_bound(tree_.nodes.begin(), tree_.nodes.end(), at,
                                  [](const Node& a, std::size_t position) { return a.begin < position; });
    return later != tree_.nodes.end() && later->begin == at;
  }

  /// Between documents: directives and markers.
  void document_start() {
    while (true) {
      std::size_t next = skip_trivia(source_, at_);
      std::string_view head = source_.slice(next, std::min(next + 3, source_.size()));
      bool line_begins = next == source_.line_begin(next);
      if (line_begins && (head == "---" || head == "...")) {
        at_ = next + 3;
        if (head == "---") return;
      } else if (line_begins && source_[next] == '%') {
        at_ = source_.line_end(next);
      } else {
        if (next == source_.size()) at_ = next;
        return;
      }
    }
  }

  [[noreturn]] void lost(std::size_t at) const {
    throw Error(ErrorCode::malformed, "YAML that is too unusual to be edited safely", {}, source_.where(at),
                "parse-error");
  }

  const Source& source_;
  Tree& tree_;
  std::size_t at_;
};

}  // namespace

std::size_t skip_trivia(const Source& source, std::size_t at) {
  while (at < source.size()) {
    if (source[at] == '#') {
      at = source.line_end(at);
    } else if (is_blank(source[at]) || is_break(source[at])) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

std::optional<std::size_t> content_indent(const Source& source, const Node& scalar) {
  std::size_t decoded_line = 0;
  for (std::size_t line = source.next_line(scalar.content); line < source.size(); line = source.next_line(line)) {
    std::size_t text = source.bytes().find_first_not_of(' ', line);
    if (text >= source.line_end(line)) continue;
    decoded_line = scalar.value.find_first_not_of("\n ");
    if (decoded_line == std::string::npos) return std::nullopt;
    std::size_t newline = scalar.value.rfind('\n', decoded_line);
    std::size_t decoded_indent = newline == std::string::npos ? decoded_line : decoded_line - newline - 1;
    return text - line >= decoded_indent ? std::optional(text - line - decoded_indent) : std::nullopt;
  }
  return std::nullopt;
}

void locate(const Source& source, Tree& tree) {
  Locator(source, tree).run();
}

}  // namespace regvault::yaml
