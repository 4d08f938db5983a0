/// Files of an inventory, whole-file vaults opened; and what could not be read, with the reason.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/inventory/value.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/contents.hpp>

namespace regvault::inventory {

/// A source that sets nobody knows what.
struct Unread {
  enum class Reason { program, plugin, encrypted, malformed, file_access };

  std::string source = {};  ///< a file, or what was given for one
  std::size_t line = 0;
  Reason reason = Reason::malformed;
  std::string message = {};  ///< in the style of an error's text
};

/// The reason's name in output for programs, as the enumerator is called.
std::string_view name_of(Unread::Reason reason);

struct FileContents {
  std::shared_ptr<const SourceFile> file;
  SecretBytes text;
};

/// Opens files, those that are vaults with the secrets of `keys`; no function: they stay closed.
class FileReader {
 public:
  explicit FileReader(vault_file::Keys keys) : keys_(std::move(keys)) {}

  /// Throws Error(file_access), and what vault_file::contents_of() throws: Error(no_key) and Error(malformed).
  FileContents read(const std::string& path) const;

 private:
  vault_file::Keys keys_;
};

/// What was thrown while `path` was read.
Unread unread_because(const std::string& path, const Error& error);

/// Reads as JSON in Ansible's eyes (which tries that first) as well as YAML.
bool looks_like_json(std::string_view text);

}  // namespace regvault::inventory
