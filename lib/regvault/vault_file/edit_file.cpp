#include <regvault/vault_file/edit_file.hpp>

#include <unistd.h>

#include <cerrno>
#include <optional>

#include <regvault/vault_file/whole_file.hpp>

namespace regvault::vault_file {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAtOnce{1000};
constexpr int kNamesTried = 100;

/// The first free name: beside the file, else in /tmp.
std::optional<std::string> keep(const std::string& path, std::string_view text, const keys::Key& key,
                                const vault::Sealing& sealing) {
  std::string name = path.substr(path.rfind('/') + 1);
  for (const std::string& place : {path, "/tmp/" + name}) {
    for (int i = 1; i < kNamesTried; ++i) {
      std::string candidate = place + ".edited" + (i == 1 ? "" : "-" + std::to_string(i));
      try {
        create(candidate, text, key, sealing, nullptr);
        return candidate;
      } catch (const Error& error) {
        if (error.reason != "EEXIST") break;
      }
    }
  }
  return std::nullopt;
}

/// Runs `write`; should that fail, keeps the text elsewhere and says so.
template <typename Write>
void write_or_keep(const std::string& path, std::string_view text, const keys::Key& key, const vault::Sealing& sealing,
                   const Write& write) {
  try {
    write();
  } catch (Error& error) {
    std::optional<std::string> kept = keep(path, text, key, sealing);
    std::string hint = kept ? "your text is in " + in_quotes(*kept) + ", encrypted with the same vault secret"
                            : "your text could not be kept anywhere";
    throw Error(error.code, error.message, hint, error.where, error.reason);
  }
}

}  // namespace

bool edit_file(const std::string& path, EditorRequest request, keys::Keyring& keyring, const WarningSink& warn) {
  OpenFile file = open_file(path, {}, keyring);
  request.file_name = path;
  Edited edited = edit_text(file.plaintext.view(), request);
  if (!edited.changed) {
    if (edited.took < kAtOnce && warn) {
      warn("the editor was back at once and nothing was changed: some need an option to wait, as in \"code --wait\"");
    }
    return false;
  }
  vault::Sealing sealing = keyring.sealing(file.header_label);
  write_or_keep(path, edited.text.view(), *file.key, sealing,
                [&] { save(file, edited.text.view(), *file.key, sealing, warn); });
  return true;
}

void create_file(const std::string& path, EditorRequest request, bool may_be_empty, const keys::Key& key,
                 const vault::Sealing& sealing, const WarningSink& warn) {
  if (access(path.c_str(), F_OK) == 0) fail_with_errno("create", in_quotes(path), EEXIST);
  request.file_name = path;
  Edited edited = edit_text({}, request);
  if (edited.text.empty() && !may_be_empty) {
    throw Error(ErrorCode::declined, "nothing was written, so " + in_quotes(path) + " was not made", {}, {}, "no-text");
  }
  write_or_keep(path, edited.text.view(), key, sealing, [&] { create(path, edited.text.view(), key, sealing, warn); });
}

}  // namespace regvault::vault_file
