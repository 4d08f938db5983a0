#include <regvault/workspace/list.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <mutex>

#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file.hpp>
#include <regvault/vault/batch.hpp>
#include <regvault/vault_file/clear_values.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::workspace {
namespace {

using vault_file::Secret;

/// Many texts in one piece of wiped memory: a piece for each would cost a page and a locked mapping.
class Texts {
 public:
  struct Place {
    std::size_t begin = 0, size = 0;
  };

  /// From any thread.
  Place add(std::string_view text) {
    std::scoped_lock lock(mutex_);
    Place place{all_.size(), text.size()};
    all_.append(text);
    return place;
  }
  std::string_view at(Place place) const { return all_.view().substr(place.begin, place.size); }

 private:
  SecretBytes all_;
  std::mutex mutex_;
};

/// One secret; behind a whole file, once it is opened, what is inside.
struct Row {
  Listed listed;
  std::string payload = {};  ///< to be opened; empty: nothing is
  std::optional<Texts::Place> text = std::nullopt;
  std::vector<Row> inside = {};
};

// ------------------------------------------------------------------------------------------------------------ reading

Row row_of(const Secret& secret, const config::CreationRule* rule) {
  Listed listed{.kind = secret.whole_file ? Listed::Kind::whole_file : Listed::Kind::value,
                .where = secret.where,
                .key = secret.key,
                .document = secret.document,
                .label = secret.label,
                .broken = secret.broken};
  const std::string label = secret.label.empty() ? "default" : secret.label;
  if (rule && rule->vault_id && !secret.broken && label != *rule->vault_id) {
    listed.violation = "vault id " + escaped(*rule->vault_id) + " wanted (" + rule->name() + ")";
  }
  return {.listed = std::move(listed), .payload = secret.broken ? "" : secret.payload};
}

/// Values in the clear that the rule wants encrypted.
std::vector<Row> clear_rows(const FoundFile& found, const std::string& bytes, const config::CreationRule& rule,
                            Texts* texts) {
  std::vector<Row> rows;
  std::size_t number = 0;
  for (const yaml::Document& document : yaml::Document::parse_all(bytes, found.path)) {
    auto is_meant = [&](const yaml::Path& key) { return rule.wants_encrypted(key); };
    for (yaml::Place& place : vault_file::clear_values(document, is_meant)) {
      Listed listed{.kind = Listed::Kind::clear,
                    .where = {.file = found.path, .line = place.value.line, .column = place.value.column},
                    .key = std::move(place.path),
                    .document = number,
                    .violation = "to be encrypted (" + rule.name() + ")"};
      rows.push_back({.listed = std::move(listed)});
      if (texts) rows.back().text = texts->add(place.value.text);
    }
    ++number;
  }
  return rows;
}

/// Only of what is YAML, or at least may be.
std::vector<Row> clear_rows_if_yaml(const FoundFile& found, const std::string& bytes, const config::CreationRule& rule,
                                    Texts* texts) {
  bool is_yaml = is_named_yaml(found.path);
  bool may_be = is_yaml || found.by_name || !std::filesystem::path(found.path).has_extension();
  if (rule.keys.empty() || !may_be || vault::is_encrypted(bytes)) return {};
  try {
    return clear_rows(found, bytes, rule, texts);
  } catch (const Error&) {
    if (is_yaml) throw;
    return {};
  }
}

/// In the order of the file.
std::vector<Row> rows_in(const FoundFile& found, const config::CreationRule* rule, Texts* texts,
                         const SkipSink& skipped) {
  std::string bytes = read_file(found.path);
  std::vector<Row> rows;
  if (rule) rows = clear_rows_if_yaml(found, bytes, *rule, texts);
  if (std::optional<vault_file::SecretFile> file = secret_file_of(found, std::move(bytes), skipped)) {
    for (const Secret& secret : file->secrets()) rows.push_back(row_of(secret, rule));
    for (const Secret& other : file->others()) rows.push_back(row_of(other, rule));
  }
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return row.listed.where.line; });
  return rows;
}

/// One for each file; nullptr: none. A .regvault.yml that cannot be read is one failure, however many files it is for.
std::vector<const config::CreationRule*> rules_of(const std::vector<FoundFile>& files, config::CreationRules& rules,
                                                  std::vector<Error>& failures) {
  std::vector<const config::CreationRule*> found;
  for (const FoundFile& file : files) {
    found.push_back(nullptr);
    try {
      found.back() = rules.find(file.path);
    } catch (const Error& error) {
      auto is_same = [&](const Error& other) { return std::string_view(other.what()) == error.what(); };
      if (std::ranges::none_of(failures, is_same)) failures.push_back(error);
    }
  }
  return found;
}

// ------------------------------------------------------------------------------------------------------------ opening

/// The scalars of the text of a whole file. It may be anything: what is no mapping has no keys.
std::vector<Row> rows_inside(std::string_view text, const Listed& whole, Texts& texts) {
  std::vector<Row> rows;
  try {
    yaml::Document document = yaml::Document::parse(std::string(text), whole.where.file);
    if (document.at({}).kind != yaml::Kind::mapping) return rows;
    for (const yaml::Place& place : document.scalars()) {
      Listed inside{.kind = Listed::Kind::inside,
                    .where = {.file = whole.where.file, .line = place.value.line, .column = place.value.column},
                    .key = place.path,
                    .label = whole.label,
                    .opened_by = whole.opened_by};
      rows.push_back({.listed = std::move(inside), .text = texts.add(place.value.text)});
    }
  } catch (const Error&) {
    rows.clear();
  }
  return rows;
}

/// One row's payload on its way to being opened.
struct Item {
  Row* row;
  vault::Opening opening;
};

Error placed(const Error& error, const Listed& listed) {
  return {error.code, error.message, error.hint, listed.where, error.reason};
}

std::vector<Item> items_of(std::vector<Row>& rows) {
  std::vector<Item> items;
  for (Row& row : rows) {
    if (row.payload.empty()) continue;
    try {
      items.push_back(
          {&row, {.sealed = vault::SealedPayload::parse(vault::reading(row.payload), row.listed.where.file)}});
    } catch (const Error& error) {
      row.listed.broken = placed(error, row.listed);
    }
  }
  return items;
}

void open(std::span<Item> items, vault::Opener& opener, std::span<const keys::Key* const> keys, Texts& texts) {
  std::vector<vault::Opening*> openings;
  for (Item& item : items) openings.push_back(&item.opening);
  std::vector<SecretBytes> plaintexts = opener.open(openings);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const vault::Opening& opening = items[i].opening;
    Listed& listed = items[i].row->listed;
    if (opening.error) {
      listed.broken = placed(*opening.error, listed);
    } else if (opening.proof) {
      listed.opened_by = keys[opening.proof->index()];
      items[i].row->text = texts.add(plaintexts[i].view());
      bool is_whole = listed.kind == Listed::Kind::whole_file;
      if (is_whole) items[i].row->inside = rows_inside(plaintexts[i].view(), listed, texts);
    }
  }
}

/// In their order, each followed by what is inside.
std::vector<Row> flat(std::vector<std::vector<Row>> rows_of_files) {
  std::vector<Row> rows;
  for (std::vector<Row>& some : rows_of_files) {
    for (Row& row : some) {
      std::vector<Row> inside = std::move(row.inside);
      rows.push_back(std::move(row));
      std::ranges::move(inside, std::back_inserter(rows));
    }
  }
  return rows;
}

/// Each text with the first one that is the same.
void find_equal(std::vector<Row>& rows, const Texts& texts) {
  auto text_of = [&](std::size_t i) { return texts.at(*rows[i].text); };
  std::vector<std::size_t> sorted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].text) sorted.push_back(i);
  }
  std::ranges::stable_sort(sorted, {}, text_of);
  std::size_t first = 0;  // of those that are the same, in `sorted`
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (text_of(sorted[i]) != text_of(sorted[first])) {
      first = i;
    } else {
      rows[sorted[i]].listed.same_as = sorted[first];
    }
  }
}

}  // namespace

std::string_view name_of(Listed::Kind kind) {
  constexpr std::array<std::string_view, 4> kNames{"whole file", "value", "inside", "clear"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Listing list(const std::vector<FoundFile>& files, std::span<const keys::Key* const> keys, config::CreationRules& rules,
             const SkipSink& skipped, const Progress& progress) {
  Listing listing;
  Texts texts;
  const std::vector<const config::CreationRule*> rule_of = rules_of(files, rules, listing.failures);
  vault::Opener opener(keys::passwords_of(keys));
  std::vector<std::vector<Row>> rows_of(files.size());
  auto read = [&](std::size_t i, const SkipSink& tell) {
    rows_of[i] = rows_in(files[i], rule_of[i], keys.empty() ? nullptr : &texts, tell);
    return keys.empty() ? std::vector<Item>() : items_of(rows_of[i]);
  };
  auto work = [&](std::span<Item> items) { open(items, opener, keys, texts); };
  for (std::optional<Error>& failure :
       in_file_batches<Item>(files.size(), "opening secrets", skipped, progress, read, work)) {
    if (failure) listing.failures.push_back(std::move(*failure));
  }
  std::vector<Row> rows = flat(std::move(rows_of));
  find_equal(rows, texts);
  for (Row& row : rows) listing.secrets.push_back(std::move(row.listed));
  return listing;
}

}  // namespace regvault::workspace
