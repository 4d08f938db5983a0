#include <regvault/inventory/contents.hpp>

#include <regvault/base/text.hpp>
#include <regvault/system/file.hpp>
#include <regvault/vault/envelope.hpp>

namespace regvault::inventory {

std::string_view name_of(Unread::Reason reason) {
  switch (reason) {
    case Unread::Reason::program:
      return "program";
    case Unread::Reason::plugin:
      return "plugin";
    case Unread::Reason::encrypted:
      return "encrypted";
    case Unread::Reason::malformed:
      return "malformed";
    default:
      return "file_access";
  }
}

FileContents FileReader::read(const std::string& path) const {
  SourceFile file{path, std::nullopt};
  SecretBytes bytes = read_secret_file(path);
  if (!vault::is_encrypted(bytes.view())) return {std::make_shared<SourceFile>(std::move(file)), std::move(bytes)};
  if (!keys_) throw Error(ErrorCode::no_key, "encrypted, and no vault secret was given", {}, {path}, "no-key");
  vault_file::Contents contents = vault_file::contents_of(bytes.view(), path, keys_);
  file.vault_label = contents.vault->label;
  return {std::make_shared<SourceFile>(std::move(file)), std::move(contents.text)};
}

Unread unread_because(const std::string& path, const Error& error) {
  Unread unread{.source = path, .message = error.message};
  if (error.where.file == path) unread.line = error.where.line;
  if (error.code == ErrorCode::no_key) {
    unread.reason = Unread::Reason::encrypted;
  } else if (error.code == ErrorCode::file_access) {
    unread.reason = Unread::Reason::file_access;
  }
  return unread;
}

bool looks_like_json(std::string_view text) {
  return stripped(text).starts_with('{');
}

}  // namespace regvault::inventory
