#include <regvault/vault_file/whole_file.hpp>

#include <cerrno>
#include <optional>

#include <regvault/system/file_update.hpp>
#include <regvault/vault_file/refusals.hpp>

namespace regvault::vault_file {
namespace {

constexpr mode_t kPrivate = 0600;

keys::Keyring::Unlocked unlocked(const vault::SealedPayload& sealed, const std::string& path, keys::Keyring& keyring) {
  std::optional<keys::Keyring::Unlocked> key = keyring.unlock(sealed);
  if (key) return std::move(*key);
  throw keys::no_key_opens(in_quotes(shown_source(path)), sealed.header().label);
}

void seal_into(FileUpdate& update, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing) {
  vault::seal(vault::reading(plaintext), key.password.view(), sealing,
              [&](std::string_view piece) { update.write(piece); });
}

}  // namespace

bool is_one_vault(const std::string& path, const Streams& streams) {
  Input input = open_source(path, streams);
  return vault::is_encrypted(reading(input));
}

void encrypt(const Route& route, const Streams& streams, const keys::Key& key, const vault::Sealing& sealing,
             const WarningSink& warn) {
  std::optional<Input> input = open_source(route.source, streams);
  vault::ReadAt plaintext = reading(*input);
  if (vault::is_encrypted(plaintext)) throw already_encrypted(shown_source(route.source));
  Output output(route, streams, *input);
  vault::seal(plaintext, key.password.view(), sealing, [&](std::string_view piece) { output.write(piece); });
  if (route.destination.empty()) output.wipe_old_bytes();
  input.reset();  // old bytes that are open, here too, are not wiped
  output.commit(warn);
}

void decrypt(const Route& route, const Streams& streams, keys::Keyring& keyring, const WarningSink& warn) {
  decrypt(open_source(route.source, streams), route, streams, keyring, warn);
}

void decrypt(const Input& input, const Route& route, const Streams& streams, keys::Keyring& keyring,
             const WarningSink& warn) {
  vault::SealedPayload sealed = vault::SealedPayload::parse(reading(input), shown_source(route.source));
  keys::Keyring::Unlocked key = unlocked(sealed, route.source, keyring);
  Output output(route, streams, input);
  sealed.decrypt(key.proof, [&](std::string_view piece) { output.write(piece); });
  output.commit(warn);
}

OpenFile open_file(const std::string& path, const Streams& streams, keys::Keyring& keyring) {
  return open_file(open_source(path, streams), path, keyring);
}

OpenFile open_file(Input input, const std::string& path, keys::Keyring& keyring) {
  vault::SealedPayload sealed = vault::SealedPayload::parse(reading(input), shown_source(path));
  keys::Keyring::Unlocked key = unlocked(sealed, path, keyring);
  SecretBytes plaintext;
  plaintext.reserve(sealed.plaintext_at_most());
  sealed.decrypt(key.proof, [&](std::string_view piece) { plaintext.append(piece); });
  return {path, std::move(input), std::move(plaintext), sealed.header().label, key.key};
}

void save(const OpenFile& file, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing,
          const WarningSink& warn) {
  FileUpdate update = FileUpdate::begin(file.path);
  update.must_still_be(file.input);
  seal_into(update, plaintext, key, sealing);
  update.commit(warn);
}

void create(const std::string& path, std::string_view plaintext, const keys::Key& key, const vault::Sealing& sealing,
            const WarningSink& warn) {
  FileUpdate update = FileUpdate::begin_or_create(path, kPrivate);
  if (update.exists()) fail_with_errno("create", in_quotes(path), EEXIST);
  seal_into(update, plaintext, key, sealing);
  update.commit(warn);
}

}  // namespace regvault::vault_file
