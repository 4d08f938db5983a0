#include <regvault/vault_file/kept_text.hpp>

#include <unistd.h>

#include <cstdlib>
#include <optional>

#include <regvault/vault_file/whole_file.hpp>

namespace regvault::vault_file {
namespace {

constexpr int kNamesTried = 100;

/// Under the first free name.
std::optional<std::string> keep_beside(const std::string& path, std::string_view text, const keys::Key& key,
                                       const vault::Sealing& sealing) {
  for (int i = 1; i < kNamesTried; ++i) {
    std::string candidate = path + ".edited" + (i == 1 ? "" : "-" + std::to_string(i));
    try {
      create(candidate, text, key, sealing, {});
      return candidate;
    } catch (const Error& error) {
      if (error.reason != "EEXIST") break;
    }
  }
  return std::nullopt;
}

/// Beside the file; else in a directory of our own, where no one else can have put a link: on the disk, in memory.
std::optional<std::string> keep(const std::string& path, std::string_view text, const keys::Key& key,
                                const vault::Sealing& sealing) {
  if (std::optional<std::string> kept = keep_beside(path, text, key, sealing)) return kept;
  std::string name = path.substr(path.rfind('/') + 1);
  for (std::string place : {"/tmp/regvault-XXXXXX", "/dev/shm/regvault-XXXXXX"}) {
    if (mkdtemp(place.data()) == nullptr) continue;
    if (std::optional<std::string> kept = keep_beside(place + "/" + name, text, key, sealing)) return kept;
    rmdir(place.c_str());
  }
  return std::nullopt;
}

}  // namespace

Error with_text_kept(const Error& error, const std::string& path, std::string_view text, const keys::Key& key,
                     const vault::Sealing& sealing) {
  std::optional<std::string> kept = keep(path, text, key, sealing);
  std::string where = kept ? "your text is in " + in_quotes(*kept) + ", encrypted with the same vault secret"
                           : "your text could not be kept anywhere";
  return Error(error.code, error.message + "; " + where, error.hint, error.where, error.reason);
}

void write_or_keep(const std::string& path, std::string_view text, const keys::Key& key, const vault::Sealing& sealing,
                   const std::function<void()>& write) {
  try {
    write();
  } catch (const Error& error) {
    throw with_text_kept(error, path, text, key, sealing);
  }
}

}  // namespace regvault::vault_file
