#include <regvault/workspace/rekey_file.hpp>

#include <algorithm>
#include <filesystem>

#include <regvault/vault/payload.hpp>

namespace regvault::workspace {
namespace {

using vault_file::Secret;

constexpr std::uintmax_t kInMemoryAtMost = 1 << 20;

bool is_large(const std::string& path) {
  std::error_code unknown;
  return std::filesystem::file_size(path, unknown) > kInMemoryAtMost && !unknown;
}

/// An error of a payload counts lines from its header; the reader of a file looks for the value.
Error placed(const Error& error, const Secret& secret) {
  if (secret.whole_file || error.where.line == secret.where.line) return error;
  return {error.code, in_quotes(yaml::to_string(secret.key)) + ": " + error.message, error.hint, secret.where,
          error.reason};
}

}  // namespace

vault::ReadAt RekeyFile::Large::reading() const {
  return [this](std::uint64_t offset, char* into, std::size_t size) { return input.read_at(offset, into, size); };
}

void RekeyFile::load(const FoundFile& found, const SkipSink& skipped) {
  report.path = found.path;
  auto add = [this](const Secret& secret, vault::ReadAt payload) {
    items.push_back({.file = this,
                     .secret = &secret,
                     .opening = {.sealed = vault::SealedPayload::parse(std::move(payload), secret.where.file)}});
  };
  if (is_large(found.path)) {
    auto opened =
        std::make_unique<Large>(Large{Input::open(found.path), {.whole_file = true, .where = {.file = found.path}}});
    if (vault::is_encrypted(opened->reading())) {
      report.whole_file = true;
      large = std::move(opened);
      add(large->secret, large->reading());
      large->secret.label = items.back().opening.sealed.header().label;
      return;
    }
  }
  read = read_secret_file(found, skipped);
  if (!read) return;
  if (read->secrets().empty()) {
    if (!found.by_name) return;
    if (!read->others().empty()) throw *read->others().front().broken;
    (void)vault::SealedPayload::parse(vault::reading(read->bytes()), found.path);
    return;
  }
  report.whole_file = read->secrets().front().whole_file;
  items.reserve(read->secrets().size());
  for (const Secret& secret : read->secrets()) {
    if (secret.broken) throw placed(*secret.broken, secret);
    add(secret, vault::reading(secret.payload));
  }
}

void RekeyFile::take_error_of_items() {
  for (const RekeyItem& item : items) {
    if (!error && item.opening.error) error = placed(*item.opening.error, *item.secret);
  }
}

void RekeyFile::splice() {
  if (std::ranges::any_of(items, [](const RekeyItem& item) { return item.opening.error.has_value(); })) return;
  std::vector<std::optional<std::string>> payloads;
  for (RekeyItem& item : items) {
    bool is_new = item.fate == RekeyItem::Fate::rekey;
    payloads.push_back(is_new ? std::optional(std::move(item.payload)) : std::nullopt);
  }
  try {
    bytes = read->with(payloads);
  } catch (const Error& failure) {
    error = failure;
  }
}

FileUpdate RekeyFile::begin() const {
  if (!large) return begin_unchanged(report.path, read->bytes());
  FileUpdate update = FileUpdate::begin(report.path);
  update.must_still_be(large->input);
  return update;
}

void RekeyFile::finish(FileUpdate& update, std::string_view password, const vault::Sealing& sealing,
                       const WarningSink& warn) const {
  if (!large) return update.commit(bytes, warn);
  const vault::Opening& opening = items.front().opening;
  SecretBytes plaintext;
  plaintext.reserve(opening.sealed.plaintext_at_most());
  opening.sealed.decrypt(*opening.proof, [&](std::string_view piece) { plaintext.append(piece); });
  vault::seal(vault::reading(plaintext.view()), password, sealing,
              [&](std::string_view piece) { update.write(piece); });
  update.commit(warn);
}

}  // namespace regvault::workspace
