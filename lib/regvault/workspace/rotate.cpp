#include <regvault/workspace/rotate.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include <regvault/vault/batch.hpp>
#include <regvault/workspace/comparison.hpp>
#include <regvault/workspace/replacing.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::workspace {
namespace {

using keys::Key;
using vault_file::Secret;
using vault_file::SecretFile;
using Kind = Listed::Kind;

struct File;

struct Item {
  File* file;
  std::size_t secret;  ///< of the file's secrets()
  vault::Opening opening;
};

struct File {
  const SecretFile* read;
  bool is_target = false;
  bool target_only = false;  ///< nothing else in it was asked for
  std::vector<Compared> secrets = {};
  std::vector<Match> matches = {};
  std::string bytes = {};  ///< the new ones

  /// What can be opened, perhaps; the others are closed.
  std::vector<Item> items() {
    std::vector<Item> items;
    secrets.resize(read->secrets().size());
    for (std::size_t i = 0; i < secrets.size(); ++i) {
      const Secret& secret = read->secrets()[i];
      if (secret.broken) {
        secrets[i].closed.push_back(secret);
      } else {
        items.push_back({this, i, {vault::SealedPayload::parse(vault::reading(secret.payload), secret.where.file)}});
      }
    }
    return items;
  }
};

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code unknown;
  return a == b || std::filesystem::equivalent(a, b, unknown);
}

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
  static void compare(std::span<Item> items, const Comparison& comparison, vault::Opener& opener,
                      const std::vector<const Key*>& keys);
  void collect(File& file);
  bool is_target(const Match& match) const;
  void make_bytes();
  std::string inline_bytes(File& file) const;
  std::string sealed_bytes(File& file) const;
  void plan_replacements();
  bool take_errors();
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
  std::vector<Replacement> replacements_;
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
  const std::vector<const Key*> keys = keyring_.all_keys();
  const Comparison comparison(old_.view(), keys);
  vault::Opener opener(keys::passwords_of(keys));
  auto items_of = [&](std::size_t i, const SkipSink&) { return files_[i].items(); };
  auto work = [&](std::span<Item> items) { compare(items, comparison, opener, keys); };
  for (std::optional<Error>& failure :
       in_file_batches<Item>(files_.size(), "opening secrets", {}, progress_, items_of, work)) {
    if (failure) report_.failures.push_back(std::move(*failure));
  }
  for (File& file : files_) collect(file);
}

void Rotate::compare(std::span<Item> items, const Comparison& comparison, vault::Opener& opener,
                     const std::vector<const Key*>& keys) {
  std::vector<vault::Opening*> openings;
  for (Item& item : items) openings.push_back(&item.opening);
  std::vector<SecretBytes> texts = opener.open(openings);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& [file, number, opening] = items[i];
    const Secret& secret = file->read->secrets()[number];
    if (opening.error || !opening.proof) {
      file->secrets[number].closed.push_back(secret);
    } else {
      const Key* key = keys[opening.proof->index()];
      file->secrets[number] = comparison.compare(secret, number, key, std::move(texts[i]));
    }
  }
}

void Rotate::collect(File& file) {
  if (!file.target_only) std::ranges::copy(file.read->others(), std::back_inserter(report_.closed));
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

void Rotate::plan_replacements() {
  for (File& file : files_) {
    replacements_.push_back({.begin = [&file] { return begin_unchanged(file.read->name(), file.read->bytes()); },
                             .finish = [this, &file](FileUpdate& update) { update.commit(file.bytes, warn_); }});
  }
}

/// False: one of them has an error.
bool Rotate::take_errors() {
  for (Replacement& one : replacements_) {
    if (one.error) report_.failures.push_back(std::move(*one.error));
  }
  return report_.failures.empty();
}

void Rotate::write_files() {
  bool ended = replace(replacements_, false, progress_);
  report_.stopped = !ended && replacements_.front().is_written;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    for (Match& match : files_[i].matches) match.place.written = replacements_[i].is_written;
  }
  take_errors();
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
  plan_replacements();
  check(replacements_);
  if (!take_errors() || request_.dry_run) return report();
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
