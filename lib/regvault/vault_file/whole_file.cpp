#include <regvault/vault_file/whole_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include <regvault/system/file_update.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kStream = "-";
constexpr mode_t kPrivate = 0600;

Input open_source(const std::string& path, const Streams& streams) {
  if (path != kStream) return Input::open(path);
  if (!streams.open_input) throw Error(ErrorCode::usage, "standard input cannot be changed in place");
  return streams.open_input();
}

/// The input must stay where it is.
vault::ReadAt reading(const Input& input) {
  return [&input](std::uint64_t offset, char* into, std::size_t size) { return input.read_at(offset, into, size); };
}

/// A pipe or a device takes bytes as they come; a directory is FileUpdate's to refuse.
bool is_stream(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/// Where a route ends.
class Output {
 public:
  Output(const Route& route, const Streams& streams, const Input& input) : name_(in_quotes(route.destination)) {
    bool in_place = route.destination.empty();
    if ((in_place ? route.source : route.destination) == kStream) {
      stream_ = streams.output;
    } else if (in_place) {
      update_ = FileUpdate::begin(route.source);
      update_->must_still_be(input);
    } else if (is_stream(route.destination)) {
      device_ = FileDescriptor(open(route.destination.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
      if (!device_.is_open()) fail_with_errno("write", name_, errno);
    } else {
      update_ = FileUpdate::begin_or_create(route.destination, kPrivate);
    }
    if (update_ && route.afresh) update_->start_afresh(kPrivate);
  }

  void write(std::string_view piece) {
    if (update_) {
      update_->write(piece);
    } else if (device_.is_open()) {
      write_all(device_.get(), piece, name_);
    } else {
      stream_(piece);
    }
  }

  void wipe_old_bytes() {
    if (update_) update_->wipe_old_bytes();
  }

  void commit(const WarningSink& warn) {
    if (update_) update_->commit(warn);
  }

 private:
  std::string name_;
  std::optional<FileUpdate> update_;
  FileDescriptor device_;
  vault::Sink stream_;
};

std::string shown(const std::string& path) {
  return path == kStream ? "standard input" : path;
}

keys::Keyring::Unlocked unlocked(const vault::SealedPayload& sealed, const std::string& path, keys::Keyring& keyring) {
  std::optional<keys::Keyring::Unlocked> key = keyring.unlock(sealed);
  if (key) return std::move(*key);
  throw keys::no_key_opens(in_quotes(shown(path)), sealed.header().label);
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
  if (vault::is_encrypted(plaintext)) {
    throw Error(ErrorCode::unsupported, in_quotes(shown(route.source)) + " is encrypted already", {}, {},
                "already-encrypted");
  }
  Output output(route, streams, *input);
  vault::seal(plaintext, key.password.view(), sealing, [&](std::string_view piece) { output.write(piece); });
  if (route.destination.empty()) output.wipe_old_bytes();
  input.reset();  // old bytes that are open, here too, are not wiped
  output.commit(warn);
}

void decrypt(const Route& route, const Streams& streams, keys::Keyring& keyring, const WarningSink& warn) {
  Input input = open_source(route.source, streams);
  vault::SealedPayload sealed = vault::SealedPayload::parse(reading(input), shown(route.source));
  keys::Keyring::Unlocked key = unlocked(sealed, route.source, keyring);
  Output output(route, streams, input);
  sealed.decrypt(key.proof, [&](std::string_view piece) { output.write(piece); });
  output.commit(warn);
}

OpenFile open_file(const std::string& path, const Streams& streams, keys::Keyring& keyring) {
  Input input = open_source(path, streams);
  vault::SealedPayload sealed = vault::SealedPayload::parse(reading(input), shown(path));
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
