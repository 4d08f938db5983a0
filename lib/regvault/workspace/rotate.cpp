#include <regvault/workspace/rotate.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include <regvault/base/parallel.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::workspace {
namespace {

using keys::Key;
using vault_file::Secret;
using vault_file::SecretFile;
using Kind = Listed::Kind;

/// Holds the old value.
struct Match {
  RotatedPlace place;
  std::size_t secret = 0;          ///< of the file's secrets()
  const Key* sealed_by = nullptr;  ///< nullptr: plain text inside of a vault
};

/// One of a file's secrets, opened and compared.
struct Compared {
  const Key* opened_by = nullptr;
  SecretBytes text = {};  ///< of a whole file in which there is a match
  std::vector<Match> matches = {};
  std::vector<Secret> closed = {};
};

struct File {
  const SecretFile* read;
  bool is_target = false;
  bool target_only = false;  ///< nothing else in it was asked for
  std::vector<Compared> secrets = {};
  std::vector<Match> matches = {};
  std::string bytes = {};  ///< the new ones
};

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code unknown;
  return a == b || std::filesystem::equivalent(a, b, unknown);
}

Error changed_meanwhile(const std::string& path) {
  return {ErrorCode::file_access,
          in_quotes(path) + " was changed by another program since it was read",
          "run the command again",
          {},
          "changed"};
}

/// Compares secrets with one text. Const functions may be called from several threads.
class Comparison {
 public:
  Comparison(std::string_view old_value, const std::vector<const Key*>& keys) : old_(old_value), keys_(keys) {
    for (const Key* key : keys) passwords_.push_back(key->password.view());
  }

  Compared compare(const Secret& secret, std::size_t number) const {
    Compared compared;
    std::optional<vault::Opened> opened = open(secret, compared.closed);
    if (!opened) return compared;
    compared.opened_by = keys_[opened->index];
    RotatedPlace place{.kind = secret.whole_file ? Kind::whole_file : Kind::value,
                       .where = secret.where,
                       .key = secret.key,
                       .document = secret.document,
                       .label = secret.label};
    if (is_old(opened->plaintext.view())) {
      compared.matches.push_back({std::move(place), number, compared.opened_by});
    } else if (secret.whole_file) {
      look_inside(opened->plaintext.view(), place, number, compared);
      if (!compared.matches.empty()) compared.text = std::move(opened->plaintext);
    }
    return compared;
  }

 private:
  bool is_old(std::string_view text) const { return equal_in_constant_time(text, old_); }

  std::optional<vault::Opened> open(const Secret& secret, std::vector<Secret>& closed) const {
    try {
      if (!secret.broken) {
        std::optional<vault::Opened> opened = vault::open(secret.payload, passwords_, secret.where.file);
        if (opened) return opened;
      }
    } catch (const Error&) {  // broken: nobody opens it
    }
    closed.push_back(secret);
    return std::nullopt;
  }

  /// The text of a whole file may be anything: what is no YAML has no values.
  void look_inside(std::string_view text, const RotatedPlace& whole, std::size_t number, Compared& compared) const {
    try {
      std::size_t number_of_document = 0;
      for (const yaml::Document& document : yaml::Document::parse_all(std::string(text), whole.where.file)) {
        for (const yaml::Place& value : document.scalars()) {
          RotatedPlace place = whole;
          place.kind = Kind::inside;
          place.where.line = value.value.line;
          place.where.column = value.value.column;
          place.key = value.path;
          place.document = number_of_document;
          compare_inside(value.value, std::move(place), number, compared);
        }
        ++number_of_document;
      }
    } catch (const Error&) {  // no YAML
    }
  }

  void compare_inside(const yaml::Value& value, RotatedPlace place, std::size_t number, Compared& compared) const {
    if (!value.is_vault) {
      if (is_old(value.text)) compared.matches.push_back({std::move(place), number, nullptr});
      return;
    }
    Secret secret{.key = place.key, .document = place.document, .where = place.where, .payload = value.text};
    std::optional<vault::Opened> opened = open(secret, compared.closed);
    if (!opened || !is_old(opened->plaintext.view())) return;
    place.label = opened->header.label;
    compared.matches.push_back({std::move(place), number, keys_[opened->index]});
  }

  std::string_view old_;
  std::vector<const Key*> keys_;
  std::vector<std::string_view> passwords_;
};

class Rotate {
 public:
  Rotate(const RotateRequest& request, keys::Keyring& keyring, const SkipSink& skipped, const Progress& progress,
         const WarningSink& warn)
      : request_(request), keyring_(keyring), skipped_(skipped), progress_(progress), warn_(warn) {}

  RotateReport run();

 private:
  void open_target();
  bool read_files();
  void compare();
  void collect(File& file);
  bool is_target(const Match& match) const;
  void make_bytes();
  std::string inline_bytes(File& file) const;
  std::string sealed_bytes(File& file) const;
  FileUpdate begin(const File& file) const;
  bool check_files();
  void write_files();
  RotateReport report();
  vault::Sealing sealing(const std::string& label) const { return {.label = label, .salt = salt_}; }

  const RotateRequest& request_;
  keys::Keyring& keyring_;
  const SkipSink& skipped_;
  const Progress& progress_;
  const WarningSink& warn_;
  SecretBytes old_, new_;
  std::string salt_;  // vault_encrypt_salt; empty: a fresh one each time
  SecretFiles read_;
  std::vector<File> files_;  // the target's last
  RotateReport report_;
};

// ------------------------------------------------------------------------------------------------------------ reading

void Rotate::open_target() {
  const vault_file::Target& target = request_.target;
  vault_file::Keys keys = [this]() -> keys::Keyring& { return keyring_; };
  (void)vault_file::check(target, {}, keys);  // refuses templates
  vault_file::Value value = vault_file::get(target, keys);
  const std::string name = in_quotes(yaml::to_string(target.key));
  const Where where{.file = target.file, .line = value.line};
  if (!value.encrypted) {
    throw Error(ErrorCode::unsupported, name + " is not encrypted", "regvault set encrypts a new value there", where,
                "not-a-vault");
  }
  if (value.text.empty()) {
    throw Error(ErrorCode::unsupported, name + " is empty, and other empty secrets need not be the same one",
                "regvault set changes this one alone", where, "empty");
  }
  old_ = std::move(value.text);
}

bool Rotate::read_files() {
  const std::string& target = request_.target.file;
  std::vector<FoundFile> found = request_.files;
  bool is_among = std::ranges::any_of(found, [&](const FoundFile& file) { return is_same_file(file.path, target); });
  if (!is_among) found.push_back({target, true});
  read_ = read_secret_files(found, skipped_, progress_);
  report_.failures = std::move(read_.failures);
  for (const SecretFile& read : read_.files) {
    bool is_target = is_same_file(read.name(), target);
    files_.push_back({.read = &read, .is_target = is_target, .target_only = is_target && !is_among});
  }
  std::ranges::stable_partition(files_, [](const File& file) { return !file.is_target; });
  bool lost_target = report_.failures.empty() && (files_.empty() || !files_.back().is_target);
  if (lost_target) throw changed_meanwhile(target);
  return report_.failures.empty();
}

// ---------------------------------------------------------------------------------------------------------- comparing

bool Rotate::is_target(const Match& match) const {
  return match.place.key == request_.target.key && match.place.document == request_.target.document.value_or(0);
}

void Rotate::compare() {
  struct Item {
    File* file;
    std::size_t secret;
  };
  std::vector<Item> items;
  for (File& file : files_) {
    file.secrets.resize(file.read->secrets().size());
    for (std::size_t i = 0; i < file.secrets.size(); ++i) items.push_back({&file, i});
  }
  const Comparison comparison(old_.view(), keyring_.all_keys());
  Count count(progress_, "opening secrets", items.size());
  in_parallel(items.size(), [&](std::size_t i) {
    const Item& item = items[i];
    item.file->secrets[item.secret] = comparison.compare(item.file->read->secrets()[item.secret], item.secret);
    count.one_more();
  });
  for (File& file : files_) collect(file);
}

void Rotate::collect(File& file) {
  for (Compared& compared : file.secrets) {
    std::ranges::move(compared.matches, std::back_inserter(file.matches));
    if (!file.target_only) std::ranges::move(compared.closed, std::back_inserter(report_.closed));
  }
  if (file.target_only) std::erase_if(file.matches, [this](const Match& match) { return !is_target(match); });
  bool has_target = std::ranges::any_of(file.matches, [this](const Match& match) { return is_target(match); });
  if (file.is_target && !has_target) throw changed_meanwhile(file.read->name());
}

// ------------------------------------------------------------------------------------------------------------- editing

/// !vault values in YAML.
std::string Rotate::inline_bytes(File& file) const {
  std::vector<std::optional<std::string>> payloads(file.secrets.size());
  for (const Match& match : file.matches) {
    payloads[match.secret] = vault::seal(new_.view(), match.sealed_by->password.view(), sealing(match.place.label));
  }
  std::string bytes = file.read->with(payloads);
  SecretFile now = SecretFile::parse(bytes, file.read->name());
  for (Match& match : file.matches) match.place.where = now.secrets().at(match.secret).where;
  return bytes;
}

/// A file that is one vault, or values in its text.
std::string Rotate::sealed_bytes(File& file) const {
  const Compared& whole = file.secrets.front();
  const std::string& name = file.read->name();
  std::string text(file.matches.front().place.kind == Kind::whole_file ? new_.view() : whole.text.view());
  for (const Match& match : file.matches) {
    if (match.place.kind == Kind::whole_file) continue;
    yaml::Document document = yaml::Document::parse(text, name, match.place.document);
    if (match.sealed_by) {
      text = document.with_vault(
          match.place.key, vault::seal(new_.view(), match.sealed_by->password.view(), sealing(match.place.label)));
    } else {
      text = document.with_plain(match.place.key, new_.view());
    }
  }
  for (Match& match : file.matches) {
    if (match.place.kind == Kind::whole_file) continue;
    yaml::Value value = yaml::Document::parse(text, name, match.place.document).at(match.place.key);
    match.place.where.line = value.line;
    match.place.where.column = value.column;
  }
  std::string bytes = vault::seal(text, whole.opened_by->password.view(), sealing(file.read->secrets().front().label));
  wipe(text.data(), text.size());
  return bytes;
}

void Rotate::make_bytes() {
  salt_ = keyring_.sealing({}).salt;
  for (File& file : files_) {
    try {
      file.bytes = file.read->secrets().front().whole_file ? sealed_bytes(file) : inline_bytes(file);
    } catch (const Error& error) {
      report_.failures.push_back(error);
    }
  }
}

// ------------------------------------------------------------------------------------------------------------- writing

FileUpdate Rotate::begin(const File& file) const {
  FileUpdate update = FileUpdate::begin(file.read->name());
  if (update.bytes() != file.read->bytes()) throw changed_meanwhile(file.read->name());
  return update;
}

bool Rotate::check_files() {
  for (const File& file : files_) {
    try {
      (void)begin(file);
    } catch (const Error& error) {
      report_.failures.push_back(error);
    }
  }
  return report_.failures.empty();
}

void Rotate::write_files() {
  Count count(progress_, "replacing files", files_.size());
  for (File& file : files_) {
    try {
      begin(file).commit(file.bytes, warn_);
    } catch (const Error& error) {
      report_.failures.push_back(error);
      report_.stopped = &file != files_.data();
      return;
    }
    for (Match& match : file.matches) match.place.written = true;
    count.one_more();
  }
}

RotateReport Rotate::report() {
  for (File& file : files_) {
    for (Match& match : file.matches) report_.places.push_back(std::move(match.place));
  }
  return std::move(report_);
}

RotateReport Rotate::run() {
  open_target();
  if (!read_files()) return report();
  compare();
  std::erase_if(files_, [](const File& file) { return file.matches.empty(); });
  if (!check_files() || request_.dry_run) return report();
  new_ = request_.new_value();
  report_.unchanged = equal_in_constant_time(old_.view(), new_.view());
  if (report_.unchanged) return report();
  make_bytes();
  if (report_.failures.empty()) write_files();
  return report();
}

}  // namespace

std::size_t RotateReport::files() const {
  std::set<std::string_view> names;
  for (const RotatedPlace& place : places) names.insert(place.where.file);
  return names.size();
}

RotateReport rotate(const RotateRequest& request, keys::Keyring& keyring, const SkipSink& skipped,
                    const Progress& progress, const WarningSink& warn) {
  return Rotate(request, keyring, skipped, progress, warn).run();
}

}  // namespace regvault::workspace
