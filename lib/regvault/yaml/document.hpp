/// One YAML document that is edited without being rewritten: every byte that is not part of the change stays.
///
///     Document document = Document::parse(bytes, "inventory.yml");
///     Path path = parse_path("all.vars.iaas_console.ghcr_pat");
///     std::optional<Value> old = document.find(path);
///     std::string edited = document.with_vault(path, payload, {.create = Layout::Create::last_key});
///
/// How: the parser's events say where each value begins, span.hpp finds where it ends, an edit replaces those bytes
/// (edit.hpp), and the result is parsed again and compared (proof.hpp): every other value must be what it was, the
/// changed one must be what was asked for. YAML is never emitted; comments, quoting, blank lines, line ends, a byte
/// order mark and a missing final newline are kept because nobody touches them.
///
/// Refused, with nothing changed and the reason as a word in `Error::reason`:
///
///   malformed    parse-error, not-utf8, unsafe-bytes, lone-cr, exotic-line-break, too-deep, duplicate-key
///   usage        multiple-documents (say which one)
///   not_found    not-found, empty, no-such-document
///   unsupported  is-alias, path-through-alias, from-merge-key, json-vault, whole-file-vault, anchor-in-use,
///                not-a-vault, not-a-scalar, not-a-mapping, not-a-list, complex-key, open-end, shallow-block
///
/// They cover what Ansible itself refuses, what it would read differently, and where a change would reach further than
/// it looks. All errors name file, line and column; the line is shown only when it can hold no secret.
///
/// A Document owns its bytes, which may hold secrets in the clear. Const functions may be called from several threads.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/yaml/path.hpp>
#include <regvault/yaml/tags.hpp>

namespace regvault::yaml {

enum class Kind { null, scalar, mapping, sequence };

/// What is at a path.
struct Value {
  Kind kind = Kind::null;
  std::string tag;                   ///< resolved, e.g. "!vault", "tag:yaml.org,2002:str"; empty: none
  bool is_vault = false;             ///< a scalar tagged !vault or !vault-encrypted, whatever its text
  std::string text;                  ///< of a scalar, decoded
  bool is_text = false;              ///< a scalar that YAML 1.1 reads as text, see View
  std::size_t line = 0, column = 0;  ///< where it begins, from 1; columns in characters
  bool has_anchor = false;
  std::size_t alias_uses = 0;  ///< aliases of this value elsewhere: a change is seen there, too
};

/// A value and the way to it. A mapping's key that is no scalar cannot be a step: what is below is not found.
struct Place {
  Path path;
  Value value;
};

/// How new text is laid out. Existing text keeps its own layout.
struct Layout {
  /// Columns from the key to the lines of its block. Default: as most vaults of the file, else 2.
  std::optional<std::size_t> indent = std::nullopt;

  /// What may be added when the path is not there: nothing; its last key; every missing mapping on the way, too.
  enum class Create { none, last_key, parents } create = Create::none;
};

/// A vault that was put in plain for an editor, and what it takes to put it back as it was.
struct PlainVault {
  std::string source;      ///< the bytes it had: properties, header, lines
  std::string shown;       ///< the bytes it has in plain
  std::size_t column = 0;  ///< where both begin, from 1
  std::string tag;
  std::string payload;
};

class View;

class Document {
 public:
  /// `name` is for messages. `document` chooses one of several, from 0; without it several are refused.
  static Document parse(std::string bytes, std::string name, std::optional<std::size_t> document = std::nullopt);

  /// All documents of the file, parsed once. An empty file is one empty document.
  static std::vector<Document> parse_all(std::string bytes, std::string name);

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  const std::string& bytes() const noexcept;

  /// The value at the path; nullopt when it is not there (a key or an item is missing). A value that is reached through
  /// an alias or a merge key, or whose key is there twice, is refused.
  std::optional<Value> find(const Path& path) const;

  /// The same, but for a caller who cannot go on without: not-found, empty; suggests a key that is there.
  Value at(const Path& path) const;

  /// The vault at the path; when there is none: not-found, empty, not-a-vault.
  Value vault_at(const Path& path) const;

  /// All vaults, in the order of the file; a vault used through aliases is there once.
  std::vector<Place> vaults() const;

  /// All values that are scalars, vaults and others, in the order of the file; nulls and aliases are not among them.
  std::vector<Place> scalars() const;

  /// All values whose key is `name`, wherever they are: "where is the variable NAME set in this file".
  std::vector<Place> places_of_key(std::string_view name) const;

  /// The top value, to walk down from (view.hpp); nullopt: an empty document.
  std::optional<View> root() const;

  /// The bytes with a vault at the path: over a vault, over any other scalar, over null, or as a new key.
  /// `payload`: the lines of an Ansible Vault envelope.
  std::string with_vault(const Path& path, std::string_view payload, const Layout& layout = {}) const;

  /// The same for many values that are there, in one step.
  struct NewVault {
    Path path;
    std::string payload;
  };
  std::string with_vaults_at(const std::vector<NewVault>& vaults) const;

  /// The bytes with a string at the path, not encrypted; quoted where YAML 1.1 would read something else than `text`.
  std::string with_plain(const Path& path, std::string_view text, const Layout& layout = {}) const;

  // Many vaults in one step, of one document or of several that parse_all() returned (at least one): something for each
  // of vaults(), in the order of the file; nullopt: it stays.

  /// The bytes with other payloads.
  static std::string with_vaults(std::span<const Document> documents,
                                 const std::vector<std::optional<std::string>>& payloads);
  std::string with_vaults(const std::vector<std::optional<std::string>>& payloads) const {
    return with_vaults({this, 1}, payloads);
  }

  /// The bytes with vaults in plain, tagged !vault-plain, which Ansible refuses. `shown` gets an entry for each that
  /// has a text.
  static std::string with_plain_vaults(std::span<const Document> documents,
                                       const std::vector<std::optional<std::string_view>>& texts,
                                       std::vector<PlainVault>& shown);
  std::string with_plain_vaults(const std::vector<std::optional<std::string_view>>& texts,
                                std::vector<PlainVault>& shown) const {
    return with_plain_vaults({this, 1}, texts, shown);
  }

  /// The bytes with vaults in the clear, quoted where YAML 1.1 would read something else.
  static std::string with_plain_values(std::span<const Document> documents,
                                       const std::vector<std::optional<std::string_view>>& texts);

  /// All values tagged !vault-plain, in the order of the file.
  std::vector<Place> plain_vaults() const;

  /// The bytes with all of plain_vaults() encrypted: a payload for each. One that is a PlainVault and looks as it was
  /// shown gets the bytes it had.
  struct Sealed {
    std::string payload;
    const PlainVault* as_it_was = nullptr;
  };
  std::string with_sealed(const std::vector<Sealed>& vaults) const;

  /// The bytes with a further item in lists of these documents, of one that parse() or several that parse_all()
  /// returned (at least one): a mapping of `key` to `text`, behind the last item. Where a list is missing, and its
  /// parent is there, or it is null, the item is its first.
  struct NewItem {
    std::size_t document = 0;  ///< its number in `documents`
    Path list;
    std::string key, text;
  };
  static std::string with_items(std::span<const Document> documents, const std::vector<NewItem>& items);

  /// The bytes without the key or item at the path: its lines and the comment of its line go, other comments and blank
  /// lines stay. A mapping or list without entries is written {} or [].
  std::string without(const Path& path) const;

 private:
  struct State;
  explicit Document(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace regvault::yaml
