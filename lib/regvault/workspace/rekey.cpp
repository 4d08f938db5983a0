#include <regvault/workspace/rekey.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

#include <regvault/base/parallel.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/system/input.hpp>
#include <regvault/vault/payload.hpp>

namespace regvault::workspace {
namespace {

using keys::Key;
using vault_file::Secret;
using vault_file::SecretFile;

/// Larger vaults, backups of databases, are not held in memory with all the others.
constexpr std::uintmax_t kInMemoryAtMost = 1 << 20;

/// A vault file of more than that, read where it lies.
struct LargeVault {
  Input input;
  Secret secret;

  vault::ReadAt reading() const {
    return [this](std::uint64_t offset, char* into, std::size_t size) { return input.read_at(offset, into, size); };
  }
};

struct File {
  RekeyedFile report = {};
  std::optional<SecretFile> read = std::nullopt;  ///< neither: no secrets
  std::unique_ptr<LargeVault> large = nullptr;
  std::string bytes = {};  ///< the new ones; of a large one none
  std::optional<Error> error = std::nullopt;

  bool changes() const { return !error && report.rekeyed != 0; }
};

struct Item {
  enum class Fate { rekey, already, left };

  File* file;
  const Secret* secret;
  std::optional<vault::SealedPayload> sealed = std::nullopt;
  std::optional<vault::VerifiedKey> proof = std::nullopt;
  const Key* key = nullptr;  ///< that opens it
  Fate fate = Fate::left;
  std::optional<std::string> payload = std::nullopt;  ///< the new one
  bool holds_vaults = false;                          ///< in its text
  std::optional<Error> error = std::nullopt;
};

bool is_same(const Key& a, const Key& b) {
  return equal_in_constant_time(a.password.view(), b.password.view());
}

/// An error of a payload counts lines from its header; the reader of a file looks for the value.
Error placed(const Error& error, const Secret& secret) {
  if (secret.whole_file || error.where.line == secret.where.line) return error;
  return {error.code, in_quotes(yaml::to_string(secret.key)) + ": " + error.message, error.hint, secret.where,
          error.reason};
}

Error opened_by_none(const Secret& secret) {
  if (secret.whole_file) return keys::no_key_opens(in_quotes(secret.where.file), secret.label);
  return keys::no_key_opens(in_quotes(yaml::to_string(secret.key)), secret.label, secret.where);
}

Error changed_meanwhile(const std::string& path) {
  return {ErrorCode::file_access,
          in_quotes(path) + " was changed by another program since it was read",
          "run the command again",
          {},
          "changed"};
}

/// `"dev", "prod"`.
std::string listed(const std::vector<const Key*>& keys) {
  std::string out;
  for (const Key* key : keys) out += (out.empty() ? "" : ", ") + in_quotes(key->label);
  return out;
}

class Rekey {
 public:
  Rekey(const RekeyRequest& request, const SkipSink& skipped, const Progress& progress, const WarningSink& warn)
      : request_(request), skipped_(skipped), progress_(progress), warn_(warn) {}

  RekeyReport run();

 private:
  void read_files();
  void read(const FoundFile& found, File& file, const SkipSink& skipped) const;
  void collect_items();
  void choose_old_keys();
  void take_new_key();
  void open_secrets();
  void open(Item& item, const std::vector<const Key*>& keys, const std::vector<std::string_view>& passwords) const;
  bool is_chosen_label(const Secret& secret) const;
  void decide();
  void refuse_several_keys() const;
  void encrypt();
  void encrypt(Item& item) const;
  void make_bytes();
  void check_files();
  void write_files(RekeyReport& report);
  FileUpdate begin(const File& file) const;
  void write(File& file) const;
  vault::Sealing sealing(const Secret& secret) const;
  std::string new_label(const Secret& secret) const;

  template <typename Do>
  void for_each_item(std::string_view what, Item::Fate fate, const Do& work);
  bool must_stop() const;
  RekeyReport report() const;

  const RekeyRequest& request_;
  const SkipSink& skipped_;
  const Progress& progress_;
  const WarningSink& warn_;
  NewKey new_key_;
  std::vector<const Key*> old_keys_;   // that may be replaced
  std::vector<const Key*> used_keys_;  // those of them that opened something
  std::vector<File> files_;
  std::vector<Item> items_;
};

// ------------------------------------------------------------------------------------------------------------ reading

void Rekey::read_files() {
  files_.resize(request_.files.size());
  std::vector<std::optional<Error>> failures =
      for_each_file(files_.size(), skipped_, progress_,
                    [&](std::size_t i, const SkipSink& tell) { read(request_.files[i], files_[i], tell); });
  for (std::size_t i = 0; i < files_.size(); ++i) files_[i].error = std::move(failures[i]);
}

void Rekey::read(const FoundFile& found, File& file, const SkipSink& skipped) const {
  file.report.path = found.path;
  std::error_code unknown;
  if (std::filesystem::file_size(found.path, unknown) > kInMemoryAtMost && !unknown) {
    auto large = std::make_unique<LargeVault>(
        LargeVault{Input::open(found.path), {.whole_file = true, .where = {.file = found.path}}});
    if (vault::is_encrypted(large->reading())) {
      file.report.whole_file = true;
      file.large = std::move(large);
      return;
    }
  }
  file.read = read_secret_file(found, skipped);
  if (!file.read) return;
  if (file.read->secrets().empty()) {  // given by name: say that it is no vault
    (void)vault::SealedPayload::parse(vault::reading(file.read->bytes()), found.path);
    return;
  }
  file.report.whole_file = file.read->secrets().front().whole_file;
}

/// Only now: files_ does not move any more.
void Rekey::collect_items() {
  for (File& file : files_) {
    if (file.large) items_.push_back({.file = &file, .secret = &file.large->secret});
    if (!file.read) continue;
    for (const Secret& secret : file.read->secrets()) items_.push_back({.file = &file, .secret = &secret});
  }
}

// ------------------------------------------------------------------------------------------------------------ opening

void Rekey::choose_old_keys() {
  std::string known;
  for (const Key* key : request_.old_keys) {
    if (!request_.only_label || key->label == *request_.only_label) old_keys_.push_back(key);
    known += (known.empty() ? "" : ", ") + in_quotes(key->label);
  }
  if (!old_keys_.empty()) return;
  throw Error(ErrorCode::usage,
              "did not find a match for --only-vault-id=" + in_quotes(request_.only_label.value_or("")) +
                  " in the known vault ids [" + known + "]",
              {}, {}, "no-such-vault-id");
}

void Rekey::take_new_key() {
  new_key_ = request_.new_key();
  std::erase_if(old_keys_, [&](const Key* key) { return is_same(*key, *new_key_.key); });
  for (Item& item : items_) {  // when it was asked for late
    if (item.key && is_same(*item.key, *new_key_.key)) item.key = new_key_.key;
  }
}

void Rekey::open_secrets() {
  std::vector<const Key*> keys = old_keys_;
  if (new_key_.key) keys.push_back(new_key_.key);
  std::vector<std::string_view> passwords;
  for (const Key* key : keys) passwords.push_back(key->password.view());
  for_each_item("opening secrets", Item::Fate::left, [&](Item& item) { open(item, keys, passwords); });
}

void Rekey::open(Item& item, const std::vector<const Key*>& keys,
                 const std::vector<std::string_view>& passwords) const {
  const Secret& secret = *item.secret;
  if (secret.broken) throw *secret.broken;
  const LargeVault* large = item.file->large.get();
  item.sealed =
      vault::SealedPayload::parse(large ? large->reading() : vault::reading(secret.payload), secret.where.file);
  if (large) item.file->large->secret.label = item.sealed->header().label;
  item.proof = item.sealed->verify(passwords);
  if (item.proof) item.key = keys[item.proof->index()];
  if (!item.proof && is_chosen_label(secret)) throw opened_by_none(secret);
}

/// Without --only-vault-id every secret has to be opened, with it those that bear its label.
bool Rekey::is_chosen_label(const Secret& secret) const {
  if (!request_.only_label) return true;
  return *request_.only_label == (secret.label.empty() ? "default" : secret.label);
}

void Rekey::decide() {
  for (Item& item : items_) {
    if (item.file->error || !item.key) continue;
    bool is_done = item.key == new_key_.key && new_label(*item.secret) == item.secret->label;
    item.fate = is_done ? Item::Fate::already : Item::Fate::rekey;
    bool is_new_to_us = item.key != new_key_.key && std::ranges::count(used_keys_, item.key) == 0;
    if (is_new_to_us) used_keys_.push_back(item.key);
  }
  if (!request_.only_label) refuse_several_keys();
  for (Item& item : items_) {
    RekeyedFile& file = item.file->report;
    std::size_t& counted = item.fate == Item::Fate::rekey     ? file.rekeyed
                           : item.fate == Item::Fate::already ? file.already
                                                              : file.left;
    ++counted;
    std::string label = new_label(*item.secret);
    if (item.fate == Item::Fate::rekey && std::ranges::count(file.labels, label) == 0) file.labels.push_back(label);
  }
}

void Rekey::refuse_several_keys() const {
  if (used_keys_.size() < 2) return;
  throw Error(ErrorCode::usage,
              "several of the vault secrets at hand open what is found (" + listed(used_keys_) +
                  "), and all would be under the new one",
              "--only-vault-id " + used_keys_.front()->label + " takes only what that one opens", {}, "several-keys");
}

// --------------------------------------------------------------------------------------------------------- encrypting

/// As it is in the header: empty for Ansible's "default".
std::string Rekey::new_label(const Secret& secret) const {
  return request_.relabel ? std::string(keys::label_for_header(*new_key_.key)) : secret.label;
}

vault::Sealing Rekey::sealing(const Secret& secret) const {
  return {.label = new_label(secret), .salt = new_key_.salt};
}

void Rekey::encrypt() {
  for_each_item("encrypting secrets", Item::Fate::rekey, [&](Item& item) { encrypt(item); });
  for (const Item& item : items_) {
    if (!item.holds_vaults || !warn_) continue;
    warn_(in_quotes(item.file->report.path) + " holds vaults inside of the vault; those keep their vault secret");
  }
}

void Rekey::encrypt(Item& item) const {
  if (item.file->large) return;
  SecretBytes plaintext;
  plaintext.reserve(item.sealed->plaintext_at_most());
  item.sealed->decrypt(*item.proof, [&](std::string_view piece) { plaintext.append(piece); });
  item.proof.reset();
  item.holds_vaults = item.secret->whole_file && plaintext.view().find("$ANSIBLE_VAULT;") != std::string_view::npos;
  item.payload = vault::seal(plaintext.view(), new_key_.key->password.view(), sealing(*item.secret));
}

void Rekey::make_bytes() {
  std::vector<std::vector<std::optional<std::string>>> payloads(files_.size());
  for (Item& item : items_) {
    payloads[static_cast<std::size_t>(item.file - files_.data())].push_back(std::move(item.payload));
  }
  in_parallel(files_.size(), [&](std::size_t i) {
    File& file = files_[i];
    if (!file.changes() || file.large) return;
    try {
      file.bytes = file.read->with(payloads[i]);
    } catch (const Error& error) {
      file.error = error;
    }
  });
}

// ------------------------------------------------------------------------------------------------------------ writing

FileUpdate Rekey::begin(const File& file) const {
  FileUpdate update = FileUpdate::begin(file.report.path);
  if (file.large) update.must_still_be(file.large->input);
  if (!file.large && update.bytes() != file.read->bytes()) throw changed_meanwhile(file.report.path);
  return update;
}

/// Each could be replaced now: its directory can be locked and written to, and nobody has changed it.
void Rekey::check_files() {
  for (File& file : files_) {
    if (!file.changes()) continue;
    try {
      (void)begin(file);
    } catch (const Error& error) {
      file.error = error;
    }
  }
}

void Rekey::write(File& file) const {
  FileUpdate update = begin(file);
  if (!file.large) return update.commit(file.bytes, warn_);
  auto item = std::ranges::find(items_, &file, &Item::file);
  SecretBytes plaintext;
  plaintext.reserve(item->sealed->plaintext_at_most());
  item->sealed->decrypt(*item->proof, [&](std::string_view piece) { plaintext.append(piece); });
  vault::seal(vault::reading(plaintext.view()), new_key_.key->password.view(), sealing(*item->secret),
              [&](std::string_view piece) { update.write(piece); });
  update.commit(warn_);
}

void Rekey::write_files(RekeyReport& report) {
  auto changing = static_cast<std::size_t>(std::ranges::count_if(files_, &File::changes));
  Count count(progress_, "replacing files", changing);
  for (File& file : files_) {
    if (!file.changes()) continue;
    try {
      write(file);
      file.report.written = true;
    } catch (const Error& error) {
      file.error = error;
      if (!request_.keep_going) {
        report.stopped = std::ranges::any_of(files_, [](const File& other) { return other.report.written; });
        return;
      }
    }
    count.one_more();
  }
}

// ---------------------------------------------------------------------------------------------------------------- all

/// Those of files that did not fail yet. An error is the file's.
template <typename Do>
void Rekey::for_each_item(std::string_view what, Item::Fate fate, const Do& work) {
  std::vector<Item*> items;
  for (Item& item : items_) {
    if (!item.file->error && item.fate == fate) items.push_back(&item);
  }
  Count count(progress_, what, items.size());
  in_parallel(items.size(), [&](std::size_t i) {
    try {
      work(*items[i]);
    } catch (const Error& error) {
      items[i]->error = placed(error, *items[i]->secret);
    }
    count.one_more();
  });
  for (Item* item : items) {
    if (item->error && !item->file->error) item->file->error = item->error;
  }
}

bool Rekey::must_stop() const {
  return !request_.keep_going && std::ranges::any_of(files_, [](const File& file) { return file.error.has_value(); });
}

RekeyReport Rekey::report() const {
  RekeyReport report{.files = {}, .failures = {}, .replaced_keys = used_keys_};
  for (const File& file : files_) {
    if (file.error) {
      report.failures.push_back(*file.error);
    } else if (file.report.rekeyed + file.report.already + file.report.left != 0) {
      report.files.push_back(file.report);
    }
  }
  return report;
}

RekeyReport Rekey::run() {
  choose_old_keys();
  read_files();
  collect_items();
  if (!must_stop() && !request_.ask_late) take_new_key();
  if (!must_stop()) open_secrets();
  if (must_stop()) return report();
  if (request_.ask_late) take_new_key();
  decide();
  if (!request_.dry_run) encrypt();
  if (!request_.dry_run) make_bytes();
  if (!must_stop()) check_files();
  bool stopped = false;
  if (!must_stop() && !request_.dry_run) {
    RekeyReport written;
    write_files(written);
    stopped = written.stopped;
  }
  RekeyReport done = report();
  done.stopped = stopped;
  return done;
}

}  // namespace

std::size_t RekeyReport::written() const {
  return static_cast<std::size_t>(std::ranges::count_if(files, &RekeyedFile::written));
}

RekeyReport rekey(const RekeyRequest& request, const SkipSink& skipped, const Progress& progress,
                  const WarningSink& warn) {
  return Rekey(request, skipped, progress, warn).run();
}

}  // namespace regvault::workspace
