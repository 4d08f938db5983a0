#include <regvault/workspace/rekey.hpp>

#include <algorithm>

#include <regvault/base/parallel.hpp>
#include <regvault/vault/batch.hpp>
#include <regvault/workspace/rekey_file.hpp>

namespace regvault::workspace {
namespace {

using keys::Key;
using vault_file::Secret;
using Fate = RekeyItem::Fate;

bool is_same(const Key& a, const Key& b) {
  return equal_in_constant_time(a.password.view(), b.password.view());
}

Error opened_by_none(const Secret& secret) {
  if (secret.whole_file) return keys::no_key_opens(in_quotes(secret.where.file), secret.label);
  return keys::no_key_opens(in_quotes(yaml::to_string(secret.key)), secret.label, secret.where);
}

/// `"dev", "prod"`.
std::string listed(const std::vector<const Key*>& keys) {
  std::string out;
  for (const Key* key : keys) out += (out.empty() ? "" : ", ") + in_quotes(key->label);
  return out;
}

std::size_t& count_of(Fate fate, RekeyedFile& file) {
  return fate == Fate::rekey ? file.rekeyed : fate == Fate::already ? file.already : file.left;
}

class Rekey {
 public:
  Rekey(const RekeyRequest& request, const SkipSink& skipped, const Progress& progress, const WarningSink& warn)
      : request_(request), skipped_(skipped), progress_(progress), warn_(warn), files_(request.files.size()) {}

  RekeyReport run();

 private:
  void choose_old_keys();
  void take_new_key();
  void read_and_open();
  static void try_keys(std::span<RekeyItem*> batch, vault::Opener& opener, const std::vector<const Key*>& keys);
  bool is_chosen_label(const Secret& secret) const;
  void decide();
  void refuse_several_keys() const;
  void seal();
  void seal(std::span<RekeyItem*> batch, vault::Opener& opener);
  void warn_of_what_stays() const;
  bool replace_files();
  std::string new_label(const Secret& secret) const;
  vault::Sealing sealing(const Secret& secret) const { return {.label = new_label(secret), .salt = new_key_.salt}; }
  bool must_stop() const;
  RekeyReport report() const;

  const RekeyRequest& request_;
  const SkipSink& skipped_;
  const Progress& progress_;
  const WarningSink& warn_;
  NewKey new_key_;
  std::vector<const Key*> old_keys_;   // that may be replaced
  std::vector<const Key*> used_keys_;  // those of them that opened something
  std::vector<RekeyFile> files_;
};

// ------------------------------------------------------------------------------------------------------------ the keys

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
  for (RekeyFile& file : files_) {  // when it was asked for late
    for (RekeyItem& item : file.items) {
      if (item.key && is_same(*item.key, *new_key_.key)) item.key = new_key_.key;
    }
  }
}

// ------------------------------------------------------------------------------------------------- reading and opening

void Rekey::read_and_open() {
  std::vector<const Key*> new_keys;
  if (new_key_.key) new_keys.push_back(new_key_.key);
  vault::Opener old_opener(keys::passwords_of(old_keys_)), new_opener(keys::passwords_of(new_keys));
  auto items_of = [&](std::size_t i, const SkipSink& tell) {
    RekeyFile& file = files_[i];
    file.load(request_.files[i], tell);
    std::vector<RekeyItem*> items;
    for (RekeyItem& item : file.items) items.push_back(&item);
    return items;
  };
  auto work = [&](std::span<RekeyItem*> batch) {
    try_keys(batch, old_opener, old_keys_);
    try_keys(batch, new_opener, new_keys);  // what is under it already, if anything
    for (RekeyItem* item : batch) {
      bool is_closed = !item->key && !item->opening.error;
      if (is_closed && is_chosen_label(*item->secret)) item->opening.error = opened_by_none(*item->secret);
    }
  };
  std::vector<std::optional<Error>> failures =
      in_file_batches<RekeyItem*>(files_.size(), "opening secrets", skipped_, progress_, items_of, work);
  for (std::size_t i = 0; i < files_.size(); ++i) {
    files_[i].error = std::move(failures[i]);
    files_[i].take_error_of_items();
  }
}

/// Those that no key has opened yet.
void Rekey::try_keys(std::span<RekeyItem*> batch, vault::Opener& opener, const std::vector<const Key*>& keys) {
  std::vector<vault::Opening*> openings;
  std::vector<RekeyItem*> closed;
  for (RekeyItem* item : batch) {
    if (item->key) continue;
    closed.push_back(item);
    openings.push_back(&item->opening);
  }
  opener.verify(openings);
  for (RekeyItem* item : closed) {
    if (item->opening.proof) item->key = keys[item->opening.proof->index()];
  }
}

/// Without --only-vault-id every secret has to be opened, with it those that bear its label.
bool Rekey::is_chosen_label(const Secret& secret) const {
  if (!request_.only_label) return true;
  return *request_.only_label == (secret.label.empty() ? "default" : secret.label);
}

// ------------------------------------------------------------------------------------------------------------ deciding

void Rekey::decide() {
  for (RekeyFile& file : files_) {
    for (RekeyItem& item : file.items) {
      if (file.error || !item.key) continue;
      bool is_done = item.key == new_key_.key && new_label(*item.secret) == item.secret->label;
      item.fate = is_done ? Fate::already : Fate::rekey;
      bool is_new_to_us = item.key != new_key_.key && std::ranges::count(used_keys_, item.key) == 0;
      if (is_new_to_us) used_keys_.push_back(item.key);
    }
  }
  if (!request_.only_label) refuse_several_keys();
  for (RekeyFile& file : files_) {
    for (const RekeyItem& item : file.items) {
      ++count_of(item.fate, file.report);
      std::vector<std::string>& labels = file.report.labels;
      std::string label = new_label(*item.secret);
      if (item.fate == Fate::rekey && std::ranges::count(labels, label) == 0) labels.push_back(std::move(label));
    }
  }
}

void Rekey::refuse_several_keys() const {
  if (used_keys_.size() < 2) return;
  throw Error(ErrorCode::usage,
              "several of the vault secrets at hand open what is found (" + listed(used_keys_) +
                  "), and all would be under the new one",
              "--only-vault-id " + used_keys_.front()->label + " takes only what that one opens", {}, "several-keys");
}

/// As it is in the header: empty for Ansible's "default".
std::string Rekey::new_label(const Secret& secret) const {
  return request_.relabel ? std::string(keys::label_for_header(*new_key_.key)) : secret.label;
}

// ------------------------------------------------------------------------------------------------------------- sealing

void Rekey::seal() {
  vault::Opener opener({});
  auto items_of = [&](std::size_t i, const SkipSink&) {
    RekeyFile& file = files_[i];
    std::vector<RekeyItem*> items;
    if (!file.changes() || file.large) return items;
    for (RekeyItem& item : file.items) {
      if (item.fate == Fate::rekey) items.push_back(&item);
    }
    file.unsealed = items.size();
    return items;
  };
  auto work = [&](std::span<RekeyItem*> batch) { seal(batch, opener); };
  (void)in_file_batches<RekeyItem*>(files_.size(), "encrypting secrets", {}, progress_, items_of, work);
  for (RekeyFile& file : files_) file.take_error_of_items();
}

void Rekey::seal(std::span<RekeyItem*> batch, vault::Opener& opener) {
  std::vector<vault::Resealing> resealings;
  for (RekeyItem* item : batch) resealings.push_back({.opening = &item->opening, .sealing = sealing(*item->secret)});
  auto look = [&](std::size_t i, std::string_view plaintext) {
    RekeyItem& item = *batch[i];
    item.holds_vaults = item.secret->whole_file && plaintext.find("$ANSIBLE_VAULT;") != plaintext.npos;
  };
  opener.reseal(resealings, new_key_.key->password.view(), look);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i]->payload = std::move(resealings[i].payload);
    batch[i]->opening.proof.reset();
    RekeyFile& file = *batch[i]->file;
    if (file.unsealed.fetch_sub(1) == 1) file.splice();  // it was the last one of its file
  }
}

/// Vaults that are not among the secrets.
void Rekey::warn_of_what_stays() const {
  for (const RekeyFile& file : files_) {
    if (std::ranges::any_of(file.items, &RekeyItem::holds_vaults)) {
      warn_(in_quotes(file.report.path) + " holds vaults inside of the vault; those keep their vault secret");
    }
    if (file.error || !file.read) continue;
    for (const Secret& other : file.read->others()) {
      warn_(name_of(other) + ": " + other.broken->message + ": it keeps its vault secret");
    }
  }
}

// ----------------------------------------------------------------------------------------------------------- replacing

/// False: it stopped after the first file was replaced.
bool Rekey::replace_files() {
  std::vector<RekeyFile*> changing;
  std::vector<Replacement> replacements;
  for (RekeyFile& file : files_) {
    if (!file.changes()) continue;
    changing.push_back(&file);
    replacements.push_back({.begin = [&file] { return file.begin(); },
                            .finish =
                                [this, &file](FileUpdate& update) {
                                  file.finish(update, new_key_.key->password.view(),
                                              sealing(*file.items.front().secret), warn_);
                                }});
  }
  check(replacements);
  bool is_fine = std::ranges::none_of(replacements, [](const Replacement& one) { return one.error.has_value(); });
  bool ended = true;
  if (!request_.dry_run && (is_fine || request_.keep_going)) {
    ended = replace(replacements, request_.keep_going, progress_);
  }
  for (std::size_t i = 0; i < changing.size(); ++i) {
    changing[i]->error = std::move(replacements[i].error);
    changing[i]->report.written = replacements[i].is_written;
  }
  return ended || std::ranges::none_of(replacements, &Replacement::is_written);
}

// ----------------------------------------------------------------------------------------------------------------- all

bool Rekey::must_stop() const {
  return !request_.keep_going &&
         std::ranges::any_of(files_, [](const RekeyFile& file) { return file.error.has_value(); });
}

RekeyReport Rekey::report() const {
  RekeyReport report{.files = {}, .failures = {}, .replaced_keys = used_keys_};
  for (const RekeyFile& file : files_) {
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
  if (!request_.ask_late) take_new_key();
  read_and_open();
  if (must_stop()) return report();
  if (request_.ask_late) take_new_key();
  decide();
  if (!request_.dry_run) seal();
  warn_of_what_stays();
  bool ended = must_stop() || replace_files();
  RekeyReport done = report();
  done.stopped = !ended;
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
