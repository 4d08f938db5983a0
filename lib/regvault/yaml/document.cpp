#include <regvault/yaml/document.hpp>

#include <algorithm>

#include <regvault/base/text.hpp>
#include <regvault/yaml/edit.hpp>
#include <regvault/yaml/events.hpp>
#include <regvault/yaml/lookup.hpp>
#include <regvault/yaml/proof.hpp>
#include <regvault/yaml/span.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::yaml {
namespace {

/// The parser begins a new document wherever a root value ends; YAML wants a line that says so.
void check_separators(const Source& source, const Tree& tree) {
  for (std::size_t i = 1; i < tree.roots.size(); ++i) {
    const Node &before = tree[tree.roots[i - 1]], &node = tree[tree.roots[i]];
    if (before.kind == Node::Kind::null || before.end > node.begin) continue;
    std::string_view between = source.slice(before.end, node.begin);
    if (between.find("---") != between.npos || between.find("...") != between.npos) continue;
    throw Error(ErrorCode::malformed, "a value behind the end of the document",
                "an INI inventory is not YAML: ansible-inventory --list --yaml converts it", source.where(node.begin),
                "parse-error");
  }
}

Tree parsed(const Source& source) {
  Tree tree = read_events(source);
  locate(source, tree);
  check_separators(source, tree);
  return tree;
}

std::size_t chosen_root(const Source& source, const Tree& tree, std::optional<std::size_t> document) {
  const std::size_t count = tree.roots.size();
  if (!document && count > 1) {
    throw Error(ErrorCode::usage, "there are " + std::to_string(count) + " documents in this file",
                "say which one, counted from 0; Ansible itself reads no variables from such a file",
                source.where(tree[tree.roots[1]].begin), "multiple-documents");
  }
  const std::size_t number = document.value_or(0);
  if (number < count) return tree.roots[number];
  if (number == 0) return kNone;
  throw Error(ErrorCode::not_found, "there is no document " + std::to_string(number) + " in this file",
              "documents are counted from 0; this file has " + std::to_string(count), source.whole(),
              "no-such-document");
}

/// Only what can stand in a block and in quotes without an escape, and never be broken by trailing blanks.
void check_payload(std::string_view payload) {
  bool good = payload.starts_with("$ANSIBLE_VAULT;");
  for (std::string_view line : split(stripped(payload, "\n"), '\n')) {
    const bool is_header = line.data() == payload.data();  // a label may have blanks inside
    good = good && !line.empty() && line.back() != ' ';
    for (char c : line) good = good && (c > 0x20 || (c == ' ' && is_header)) && c < 0x7f && c != '"' && c != '\\';
  }
  if (!good) throw Error(ErrorCode::malformed, "this is no Ansible Vault payload", {}, {}, "bad-payload");
}

void check_text(std::string_view text) {
  if (!is_utf8(text)) throw Error(ErrorCode::malformed, "the value is not UTF-8 text", {}, {}, "not-utf8");
}

/// What the documents of a file have in common.
struct File {
  File(std::string bytes, std::string name) : source(std::move(bytes), std::move(name)), tree(parsed(source)) {}

  Source source;
  Tree tree;
};

}  // namespace

struct Document::State {
  std::shared_ptr<const File> file;
  std::size_t root;
  const Source& source = file->source;
  const Tree& tree = file->tree;

  State(std::shared_ptr<const File> of, std::size_t chosen) : file(std::move(of)), root(chosen) {}

  /// The file with every vault of these documents, which are all its own, replaced by what `edit_of` says; nullopt: it
  /// stays.
  template <typename EditOf>
  static std::string with_each_vault(std::span<const Document> documents, const EditOf& edit_of) {
    const State& first = *documents.front().state_;
    std::vector<Edit> edits;
    for (const Document& document : documents) {
      const State& state = *document.state_;
      state.for_each_vault([&](std::size_t n, const Path&) {
        if (std::optional<Edit> edit = edit_of(state, n)) edits.push_back(std::move(*edit));
      });
    }
    return edits.empty() ? first.source.bytes() : first.edited(edits);
  }

  Value value(std::size_t n) const {
    const Node& node = tree[n];
    Value value;
    switch (node.kind) {
      case Node::Kind::mapping:
        value.kind = Kind::mapping;
        break;
      case Node::Kind::sequence:
        value.kind = Kind::sequence;
        break;
      case Node::Kind::scalar:
        value.kind = Kind::scalar;
        break;
      default:
        value.kind = Kind::null;
        break;
    }
    if (node.tag != "?" && node.tag != "!") value.tag = node.tag;
    if (value.kind == Kind::scalar) value.text = node.value;
    value.is_vault = value.kind == Kind::scalar && is_vault_tag(node.tag);
    value.is_text = value.kind == Kind::scalar && View(source, tree, n).is_text();
    Where at = source.where(node.begin);
    value.line = at.line;
    value.column = at.column;
    value.has_anchor = node.anchor != 0;
    if (value.has_anchor) value.alias_uses = tree.anchors[node.anchor].uses;
    return value;
  }

  std::size_t reach(const Path& path) const {
    const Walk walked = walk(source, tree, root, path);
    if (walked.node == kNone || walked.steps < path.size()) throw_not_found(source, tree, path, walked);
    return walked.node;
  }

  using Visit = std::function<void(std::size_t, const Path&)>;

  void for_each_scalar(bool (*has)(std::string_view tag), const Visit& visit) const {
    if (root == kNone) return;
    for_each_value(tree, root, [&](std::size_t n, const Path& path) {
      if (tree[n].kind == Node::Kind::scalar && has(tree[n].tag)) visit(n, path);
    });
  }

  void for_each_vault(const Visit& visit) const { for_each_scalar(is_vault_tag, visit); }
  void for_each_plain_vault(const Visit& visit) const {
    for_each_scalar([](std::string_view tag) { return tag == kPlainTag; }, visit);
  }

  /// Where the bytes of a vault stand as they were shown, and nothing behind them would get into the vault.
  std::optional<Edit> put_back(std::size_t n, const PlainVault& vault) const {
    const Node& node = tree[n];
    const std::size_t end = node.begin + vault.shown.size();
    const bool has_lines = vault.source.find('\n') != std::string::npos;
    const bool looks_the_same = source.slice(node.begin, std::min(end, source.size())) == vault.shown &&
                                source.column(node.begin) + 1 == vault.column;
    if (!looks_the_same || node.end > end || (has_lines && end != source.line_end(end))) return std::nullopt;
    Edit edit{.begin = node.begin, .end = end, .text = vault.source, .node = n, .removed = 1};
    Node wanted = wanted_value({.as = NewValue::As::vault, .text = vault.payload}, node.depth);
    wanted.tag = vault.tag;
    wanted.anchor = node.anchor;
    edit.wanted = {wanted};
    return edit;
  }

  Edit plan(const Path& path, const NewValue& value, const Layout& layout) const {
    const Walk walked = walk(source, tree, root, path);
    if (walked.node != kNone && walked.steps == path.size()) return replace(source, tree, walked.node, value, layout);
    const std::size_t missing = path.size() - walked.steps;
    const bool may_create =
        layout.create == Layout::Create::parents || (layout.create == Layout::Create::last_key && missing == 1);
    bool only_keys = missing > 0;
    for (std::size_t i = walked.steps; i < path.size(); ++i) only_keys = only_keys && !path[i].index;
    const bool into_list = walked.node != kNone && tree[walked.node].kind == Node::Kind::sequence;
    if (!may_create || !only_keys || into_list) throw_not_found(source, tree, path, walked);
    return insert(source, tree, walked, path, value, layout);
  }

  Edit plan_item(const NewItem& item) const {
    check_text(item.text);
    const NewValue value{.as = NewValue::As::item, .text = item.text, .key = item.key};
    const Walk walked = walk(source, tree, root, item.list);
    if (walked.node == kNone || walked.steps + 1 < item.list.size()) throw_not_found(source, tree, item.list, walked);
    if (walked.steps == item.list.size()) return append(source, tree, walked.node, value);
    if (item.list.back().index || tree[walked.node].kind == Node::Kind::sequence) {
      throw_not_found(source, tree, item.list, walked);
    }
    return insert(source, tree, walked, item.list, value, {});
  }

  /// The result's own errors are about a text that the user never sees.
  Tree reparsed(const Source& result, const std::vector<Edit>& edits) const {
    try {
      return parsed(result);
    } catch (const Error&) {
      throw Error(ErrorCode::unsupported, "with this change the file would not be YAML, so nothing was changed",
                  "a very long key, deep nesting or a layout that regvault cannot edit",
                  source.where(edits.empty() ? 0 : edits.front().begin), "unprovable");
    }
  }

  std::string edited(const std::vector<Edit>& edits) const {
    Source result(applied(source, edits), source.name());
    prove(source, tree, reparsed(result, edits), edits);
    return result.bytes();
  }
};

Document::Document(std::unique_ptr<State> state) : state_(std::move(state)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Document Document::parse(std::string bytes, std::string name, std::optional<std::size_t> document) {
  auto file = std::make_shared<const File>(std::move(bytes), std::move(name));
  std::size_t root = chosen_root(file->source, file->tree, document);
  return Document(std::make_unique<State>(std::move(file), root));
}

std::vector<Document> Document::parse_all(std::string bytes, std::string name) {
  auto file = std::make_shared<const File>(std::move(bytes), std::move(name));
  std::vector<std::size_t> roots = file->tree.roots;
  if (roots.empty()) roots.push_back(kNone);
  std::vector<Document> documents;
  for (std::size_t root : roots) documents.push_back(Document(std::make_unique<State>(file, root)));
  return documents;
}

const std::string& Document::bytes() const noexcept {
  return state_->source.bytes();
}

std::optional<Value> Document::find(const Path& path) const {
  const Walk walked = walk(state_->source, state_->tree, state_->root, path);
  if (walked.node == kNone || walked.steps < path.size()) return std::nullopt;
  return state_->value(walked.node);
}

Value Document::at(const Path& path) const {
  return state_->value(state_->reach(path));
}

Value Document::vault_at(const Path& path) const {
  const std::size_t node = state_->reach(path);
  Value value = state_->value(node);
  if (!value.is_vault) {
    refuse_edit(in_quotes(to_string(path)) + " is not a vault", where(state_->source, state_->tree, node),
                "not-a-vault", value.text.starts_with("$ANSIBLE_VAULT;") ? "its tag !vault is missing" : "");
  }
  return value;
}

std::vector<Place> Document::vaults() const {
  std::vector<Place> places;
  state_->for_each_vault([&](std::size_t n, const Path& path) { places.push_back({path, state_->value(n)}); });
  return places;
}

std::vector<Place> Document::scalars() const {
  std::vector<Place> places;
  state_->for_each_scalar([](std::string_view) { return true; },
                          [&](std::size_t n, const Path& path) {
                            places.push_back({path, state_->value(n)});
                          });
  return places;
}

std::vector<Place> Document::places_of_key(std::string_view name) const {
  std::vector<Place> places;
  if (state_->root == kNone) return places;
  for_each_value(state_->tree, state_->root, [&](std::size_t n, const Path& path) {
    const Node& node = state_->tree[n];
    if (path.empty() || path.back().index || path.back().key != name || node.kind == Node::Kind::alias) return;
    places.push_back({path, state_->value(n)});
  });
  return places;
}

std::optional<View> Document::root() const {
  if (state_->root == kNone) return std::nullopt;
  return View(state_->source, state_->tree, state_->root);
}

std::string Document::with_vault(const Path& path, std::string_view payload, const Layout& layout) const {
  check_payload(payload);
  return state_->edited({state_->plan(path, {.as = NewValue::As::vault, .text = payload}, layout)});
}

std::string Document::with_vaults_at(const std::vector<NewVault>& vaults) const {
  std::vector<Edit> edits;
  for (const auto& [path, payload] : vaults) {
    check_payload(payload);
    edits.push_back(state_->plan(path, {.as = NewValue::As::vault, .text = payload}, {}));
  }
  std::ranges::sort(edits, {}, &Edit::begin);
  return edits.empty() ? bytes() : state_->edited(edits);
}

std::string Document::with_plain(const Path& path, std::string_view text, const Layout& layout) const {
  check_text(text);
  return state_->edited({state_->plan(path, {.as = NewValue::As::plain, .text = text}, layout)});
}

std::string Document::with_vaults(std::span<const Document> documents,
                                  const std::vector<std::optional<std::string>>& payloads) {
  std::size_t i = 0;
  std::optional<Layout> layout;  // of the file
  return State::with_each_vault(documents, [&](const State& state, std::size_t n) -> std::optional<Edit> {
    if (i >= payloads.size() || !payloads[i++]) return std::nullopt;
    const std::string& payload = *payloads[i - 1];
    check_payload(payload);
    if (!layout) layout = Layout{.indent = block_step(state.source, state.tree, {})};
    return replace(state.source, state.tree, n, {.as = NewValue::As::vault, .text = payload}, *layout);
  });
}

std::string Document::with_plain_vaults(std::span<const Document> documents,
                                        const std::vector<std::optional<std::string_view>>& texts,
                                        std::vector<PlainVault>& shown) {
  std::size_t i = 0;
  return State::with_each_vault(documents, [&](const State& state, std::size_t n) -> std::optional<Edit> {
    const std::optional<std::string_view> text = texts.at(i++);
    if (!text) return std::nullopt;
    const Node& node = state.tree[n];
    Edit edit = replace(state.source, state.tree, n, {.as = NewValue::As::vault_plain, .text = *text}, {});
    shown.push_back({.source = std::string(state.source.slice(edit.begin, edit.end)),
                     .shown = edit.text,
                     .column = state.source.column(edit.begin) + 1,
                     .tag = node.tag,
                     .payload = node.value});
    return edit;
  });
}

std::string Document::with_plain_values(std::span<const Document> documents,
                                        const std::vector<std::optional<std::string_view>>& texts) {
  std::size_t i = 0;
  return State::with_each_vault(documents, [&](const State& state, std::size_t n) -> std::optional<Edit> {
    const std::optional<std::string_view> text = texts.at(i++);
    if (!text) return std::nullopt;
    check_text(*text);
    return replace(state.source, state.tree, n, {.as = NewValue::As::plain, .text = *text}, {});
  });
}

std::vector<Place> Document::plain_vaults() const {
  std::vector<Place> places;
  state_->for_each_plain_vault([&](std::size_t n, const Path& path) { places.push_back({path, state_->value(n)}); });
  return places;
}

std::string Document::with_sealed(const std::vector<Sealed>& vaults) const {
  const State& state = *state_;
  auto edited = [&](bool put_back) {
    std::vector<Edit> edits;
    std::size_t i = 0;
    state.for_each_plain_vault([&](std::size_t n, const Path&) {
      const Sealed& vault = vaults.at(i++);
      std::optional<Edit> edit;
      if (put_back && vault.as_it_was) edit = state.put_back(n, *vault.as_it_was);
      if (!edit) {
        check_payload(vault.payload);
        edit = replace(state.source, state.tree, n, {.as = NewValue::As::vault, .text = vault.payload}, {});
      }
      edits.push_back(std::move(*edit));
    });
    return edits.empty() ? bytes() : state.edited(edits);
  };
  try {
    return edited(true);
  } catch (const Error& error) {
    if (error.reason != "unprovable") throw;
    return edited(false);  // what stands around a vault may have changed
  }
}

std::string Document::with_items(std::span<const Document> documents, const std::vector<NewItem>& items) {
  std::vector<Edit> edits;
  for (const NewItem& item : items) edits.push_back(documents[item.document].state_->plan_item(item));
  std::ranges::stable_sort(edits, {}, &Edit::begin);
  const State& first = *documents.front().state_;
  return edits.empty() ? first.source.bytes() : first.edited(edits);
}

std::string Document::without(const Path& path) const {
  const State& state = *state_;
  const Walk walked = walk(state.source, state.tree, state.root, path);
  if (walked.node == kNone || walked.steps < path.size()) throw_not_found(state.source, state.tree, path, walked);
  return state.edited({remove(state.source, state.tree, walked.node)});
}

}  // namespace regvault::yaml
