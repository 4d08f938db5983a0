#include <regvault/workspace/list.hpp>

#include <array>
#include <iterator>
#include <map>
#include <mutex>

#include <regvault/base/parallel.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault/payload.hpp>
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

/// One secret, opened; behind it what is inside.
struct Row {
  Listed listed;
  std::optional<Texts::Place> text = std::nullopt;
};

Listed shown(const Secret& secret) {
  return {.kind = secret.whole_file ? Listed::Kind::whole_file : Listed::Kind::value,
          .where = secret.where,
          .key = secret.key,
          .document = secret.document,
          .label = secret.label,
          .broken = secret.broken};
}

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
      rows.push_back({std::move(inside), texts.add(place.value.text)});
    }
  } catch (const Error&) {
    rows.clear();
  }
  return rows;
}

std::vector<Row> opened(const Secret& secret, std::span<const keys::Key* const> keys, Texts& texts) {
  std::vector<Row> rows{{shown(secret)}};
  Listed& listed = rows.front().listed;
  if (listed.broken || keys.empty()) return rows;
  std::vector<std::string_view> passwords;
  for (const keys::Key* key : keys) passwords.push_back(key->password.view());
  try {
    std::optional<vault::Opened> opened = vault::open(secret.payload, passwords, secret.where.file);
    if (!opened) return rows;
    listed.opened_by = keys[opened->index];
    rows.front().text = texts.add(opened->plaintext.view());
    if (secret.whole_file) {
      std::vector<Row> inside = rows_inside(opened->plaintext.view(), listed, texts);
      rows.insert(rows.end(), std::make_move_iterator(inside.begin()), std::make_move_iterator(inside.end()));
    }
  } catch (const Error& error) {
    rows.front().listed.broken = Error(error.code, error.message, error.hint, secret.where, error.reason);
  }
  return rows;
}

/// Each text with the first ones of its size.
void find_equal(std::vector<Row>& rows, const Texts& texts) {
  std::map<std::size_t, std::vector<std::size_t>> first_of_size;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].text) continue;
    std::vector<std::size_t>& firsts = first_of_size[rows[i].text->size];
    for (std::size_t first : firsts) {
      if (!equal_in_constant_time(texts.at(*rows[first].text), texts.at(*rows[i].text))) continue;
      rows[i].listed.same_as = first;
      break;
    }
    if (!rows[i].listed.same_as) firsts.push_back(i);
  }
}

}  // namespace

std::string_view name_of(Listed::Kind kind) {
  constexpr std::array<std::string_view, 3> kNames{"whole file", "value", "inside"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Listing list(const std::vector<FoundFile>& files, std::span<const keys::Key* const> keys, const SkipSink& skipped,
             const Progress& progress) {
  SecretFiles read = read_secret_files(files, skipped, progress);
  std::vector<const Secret*> secrets;
  for (const vault_file::SecretFile& file : read.files) {
    for (const Secret& secret : file.secrets()) secrets.push_back(&secret);
  }
  std::vector<std::vector<Row>> rows_of(secrets.size());
  Texts texts;
  Count count(keys.empty() ? Progress() : progress, "opening secrets", secrets.size());
  in_parallel(secrets.size(), [&](std::size_t i) {
    rows_of[i] = opened(*secrets[i], keys, texts);
    count.one_more();
  });
  std::vector<Row> rows;
  for (std::vector<Row>& some : rows_of) std::ranges::move(some, std::back_inserter(rows));
  find_equal(rows, texts);
  Listing listing{.secrets = {}, .failures = std::move(read.failures)};
  for (Row& row : rows) listing.secrets.push_back(std::move(row.listed));
  return listing;
}

}  // namespace regvault::workspace
