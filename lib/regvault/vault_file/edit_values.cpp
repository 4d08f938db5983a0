#include <regvault/vault_file/edit_values.hpp>

#include <regvault/base/text.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/vault_file/kept_text.hpp>
#include <regvault/vault_file/plain_view.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kRemark = "# regvault: ";
constexpr std::string_view kHelp =
    "values tagged !vault-plain are encrypted when you save, new ones too; this line goes away";

/// `text` with lines of ours on top, a remark each.
SecretBytes with_remarks(std::string_view text, const std::vector<std::string>& remarks) {
  SecretBytes out;
  if (text.starts_with(kByteOrderMark)) {
    out.append(kByteOrderMark);
    text.remove_prefix(kByteOrderMark.size());
  }
  std::size_t line_end = text.find('\n');
  bool has_crlf = line_end != text.npos && line_end > 0 && text[line_end - 1] == '\r';
  for (const std::string& remark : remarks) {
    out.append(kRemark);
    out.append(remark);
    out.append(has_crlf ? "\r\n" : "\n");
  }
  out.append(text);
  return out;
}

SecretBytes without_remarks(std::string_view text) {
  SecretBytes out;
  if (text.starts_with(kByteOrderMark)) {
    out.append(kByteOrderMark);
    text.remove_prefix(kByteOrderMark.size());
  }
  while (text.starts_with(kRemark)) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  out.append(text);
  return out;
}

std::string names_of(const std::vector<yaml::Path>& keys) {
  std::string out;
  for (const yaml::Path& key : keys) out += (out.empty() ? "" : ", ") + in_quotes(yaml::to_string(key));
  return out;
}

class Editing {
 public:
  Editing(const std::string& path, EditorRequest request, keys::Keyring& keyring, const ValueEditing& options)
      : path_(path), request_(std::move(request)), keyring_(keyring), options_(options) {
    request_.file_name = path;
    view_ = plain_view(before_.view(), path, keyring);
  }

  /// The bytes that the file is to have; nullopt: the user changed nothing.
  std::optional<std::string> run(const WarningSink& warn) {
    Edited edited = edit_text(with_remarks(view_.text.view(), {std::string(kHelp)}).view(), request_);
    warn_if_back_at_once(edited, warn);
    if (!edited.changed) return std::nullopt;
    for (;;) {
      text_ = without_remarks(edited.text.view());
      std::optional<Error> refusal = try_to_seal();
      if (!refusal) return after_ == before_.view() ? std::nullopt : std::optional(after_);
      keeping_the_text([&] { edited = edit_text(with_remarks(text_.view(), remarks(*refusal)).view(), request_); });
      if (!edited.changed) give_up(*refusal);
    }
  }

  void write(const std::string& bytes, const WarningSink& warn) const {
    keeping_the_text([&] {
      FileUpdate update = FileUpdate::begin(path_);
      if (update.bytes() != before_.view()) {
        throw Error(ErrorCode::file_access, in_quotes(path_) + " was changed by someone else while it was edited", {},
                    {}, "changed");
      }
      update.commit(bytes, warn);
    });
  }

 private:
  std::optional<Error> try_to_seal() {
    try {
      std::vector<yaml::Path> open = left_in_the_clear(text_.view(), path_, view_);
      if (!open.empty() && !(options_.confirm && options_.confirm(question(open)))) {
        return Error(ErrorCode::declined, names_of(open) + " would be in the clear: the tag !vault-plain is missing",
                     {}, {}, "in-the-clear");
      }
      after_ = sealed_view(text_.view(), path_, view_, keyring_, options_.encrypt_vault_id);
      return std::nullopt;
    } catch (const Error& error) {
      return error;
    }
  }

  static std::string question(const std::vector<yaml::Path>& open) {
    return names_of(open) + (open.size() == 1 ? " has" : " have") + " lost the tag !vault-plain. Write " +
           (open.size() == 1 ? "it" : "them") + " in the clear?";
  }

  static std::vector<std::string> remarks(const Error& refusal) {
    std::vector<std::string> lines{"error: " + refusal.message};
    if (refusal.where.line != 0) {  // as it is in the editor, below these lines
      std::size_t ours = refusal.hint.empty() ? 2 : 3;
      lines[0] += " (line " + std::to_string(refusal.where.line + ours) + ")";
    }
    if (!refusal.hint.empty()) lines.push_back("hint: " + refusal.hint);
    lines.emplace_back("leave the editor without a change to give up; the text is kept, encrypted");
    return lines;
  }

  [[noreturn]] void give_up(const Error& refusal) const {
    keeping_the_text([&] { throw refusal; });
    throw refusal;
  }

  template <typename Work>
  void keeping_the_text(const Work& work) const {
    const keys::Key& key =
        view_.values.empty() ? keyring_.key_for_encryption(options_.encrypt_vault_id) : *view_.values.front().opened_by;
    write_or_keep(path_, text_.view(), key, keyring_.sealing(keys::label_for_header(key)), work);
  }

  const std::string& path_;
  EditorRequest request_;
  keys::Keyring& keyring_;
  const ValueEditing& options_;
  SecretBytes before_ = read_secret_file(path_);
  PlainView view_;
  SecretBytes text_;   ///< what the editor left, without our lines
  std::string after_;  ///< the same, sealed
};

}  // namespace

bool edit_values(const std::string& path, EditorRequest request, keys::Keyring& keyring, const ValueEditing& options,
                 const WarningSink& warn) {
  Editing editing(path, std::move(request), keyring, options);
  std::optional<std::string> bytes = editing.run(warn);
  if (bytes) editing.write(*bytes, warn);
  return bytes.has_value();
}

}  // namespace regvault::vault_file
