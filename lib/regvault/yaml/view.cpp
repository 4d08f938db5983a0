#include <regvault/yaml/view.hpp>

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include <regvault/base/text.hpp>
#include <regvault/yaml/source.hpp>
#include <regvault/yaml/tree.hpp>

namespace regvault::yaml {
namespace {

constexpr std::size_t kMergesAtMost = 100'000;  // a few lines of merge keys could ask for any number
constexpr std::size_t kMergeDepth = 100;

/// The words of PyYAML's resolver, which knows them in lower case, capitals, and with a capital at the front.
constexpr std::string_view kWords[] = {"yes", "no", "true", "false", "on", "off", "null"};

bool is_resolved_word(std::string_view text) {
  if (text.empty() || text == "~" || text == "=" || text == "<<") return true;
  const std::string lower = lowercase(text);
  if (std::ranges::count(kWords, lower) == 0) return false;
  const bool capital = text[0] >= 'A' && text[0] <= 'Z';
  return text == lower || (capital && (text.substr(1) == lower.substr(1) ||
                                       std::ranges::none_of(text, [](char c) { return c >= 'a' && c <= 'z'; })));
}

bool made_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == text.npos;
}

/// PyYAML's patterns for int, float and timestamp, but for the digits of each part that they count.
bool is_number(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789_";
  const std::string_view signless = text.substr(text.starts_with('-') || text.starts_with('+') ? 1 : 0);
  if (signless.empty()) return false;
  const std::string rest = lowercase(signless);
  if (rest == ".inf") return true;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (signless.starts_with("0x")) return signless.size() > 2 && made_of(rest.substr(2), "0123456789abcdef_");
  if (signless.starts_with("0b")) return signless.size() > 2 && made_of(signless.substr(2), "01_");
  const bool starts_with_digit = signless[0] >= '0' && signless[0] <= '9';
  if (starts_with_digit && text.size() >= 8 && text[4] == '-' && made_of(text, "0123456789-:.tTzZ+ \t")) return true;
  const std::size_t dot = signless.find('.');
  if (dot == signless.npos) {
    if (!starts_with_digit) return false;
    if (signless[0] == '0' && signless.size() > 1) return made_of(signless, "01234567_");
    return made_of(signless, "0123456789_:") && signless.back() != ':' && signless.find("::") == signless.npos;
  }
  std::string_view fraction = signless.substr(dot + 1);
  const std::size_t exponent = fraction.find_first_of("eE");
  if (exponent != fraction.npos) {
    std::string_view power = fraction.substr(exponent + 1);
    if (power.size() < 2 || (power[0] != '-' && power[0] != '+') || !made_of(power.substr(1), "0123456789"))
      return false;
    fraction = fraction.substr(0, exponent);
  }
  if (dot == 0) return !fraction.empty() && fraction[0] != '_' && made_of(fraction, kDigits);
  return starts_with_digit && made_of(signless.substr(0, dot), "0123456789_:") && made_of(fraction, kDigits);
}

std::size_t named_by(const Tree& tree, std::size_t n) {
  return tree[n].kind == Node::Kind::alias ? tree.anchors[tree[n].anchor].node : n;
}

}  // namespace

View::View(const Source& source, const Tree& tree, std::size_t node)
    : source_(&source), tree_(&tree), node_(named_by(tree, node)) {}

Kind View::kind() const {
  switch ((*tree_)[node_].kind) {
    case Node::Kind::mapping:
      return Kind::mapping;
    case Node::Kind::sequence:
      return Kind::sequence;
    case Node::Kind::scalar:
      return Kind::scalar;
    default:
      return Kind::null;
  }
}

std::string_view View::text() const {
  return (*tree_)[node_].value;
}

std::string_view View::tag() const {
  const std::string& tag = (*tree_)[node_].tag;
  return tag == "?" || tag == "!" ? std::string_view() : std::string_view(tag);
}

bool View::is_vault() const {
  return kind() == Kind::scalar && is_vault_tag(tag());
}

bool View::is_text() const {
  if (kind() != Kind::scalar) return false;
  if (tag() == "tag:yaml.org,2002:str" || tag() == "!unsafe") return true;
  if (!tag().empty()) return false;
  return (*tree_)[node_].style != Node::Style::plain || (!is_resolved_word(text()) && !is_number(text()));
}

std::size_t View::line() const {
  return source_->line_index((*tree_)[node_].begin) + 1;
}

std::size_t View::id() const {
  return node_;
}

bool View::has_anchor() const {
  return (*tree_)[node_].anchor != 0;
}

void View::collect_merged(std::vector<Entry>& into, std::size_t depth) const {
  const Tree& tree = *tree_;
  for (std::size_t key = node_ + 1; key < tree[node_].next; key = tree[tree[key].next].next) {
    if (tree[key].value != "<<" || tree[key].style != Node::Style::plain) continue;
    const View merged(*source_, tree, tree[key].next);
    std::vector<View> mappings = merged.kind() == Kind::sequence ? merged.items() : std::vector<View>{merged};
    for (auto mapping = mappings.rbegin(); mapping != mappings.rend(); ++mapping) {  // the first of a list wins
      if (mapping->kind() != Kind::mapping) {
        throw Error(ErrorCode::malformed, "a merge key (<<) needs a mapping, or a list of mappings", {},
                    source_->where(tree[key].begin), "parse-error");
      }
      mapping->collect(into, depth + 1);
    }
  }
}

void View::collect(std::vector<Entry>& into, std::size_t depth) const {
  const Tree& tree = *tree_;
  if (depth > kMergeDepth || into.size() > kMergesAtMost) {
    throw Error(ErrorCode::malformed, "merge keys (<<) nested too deeply", {}, source_->where(tree[node_].begin),
                "too-deep");
  }
  collect_merged(into, depth);
  for (std::size_t key = node_ + 1; key < tree[node_].next; key = tree[tree[key].next].next) {
    if (tree[key].value == "<<" && tree[key].style == Node::Style::plain) continue;
    into.push_back(
        {View(*source_, tree, key), View(*source_, tree, tree[key].next), source_->line_index(tree[key].begin) + 1});
  }
}

std::vector<View::Entry> View::entries() const {
  std::vector<Entry> all, out;
  if (kind() != Kind::mapping) return out;
  collect(all, 0);
  std::unordered_map<std::string_view, std::size_t> places;
  for (Entry& entry : all) {
    auto [place, is_new] = places.try_emplace(entry.key.text(), out.size());
    if (is_new) {
      out.push_back(std::move(entry));
    } else {
      out[place->second] = std::move(entry);
    }
  }
  return out;
}

std::vector<View> View::items() const {
  std::vector<View> out;
  if (kind() != Kind::sequence) return out;
  for (std::size_t item = node_ + 1; item < (*tree_)[node_].next; item = (*tree_)[item].next) {
    out.emplace_back(*source_, *tree_, item);
  }
  return out;
}

}  // namespace regvault::yaml
