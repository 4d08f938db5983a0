#include <regvault/vault_file/edit_loop.hpp>

#include <algorithm>
#include <optional>
#include <vector>

#include <regvault/base/text.hpp>
#include <regvault/system/file_update.hpp>
#include <regvault/vault_file/kept_text.hpp>
#include <regvault/vault_file/merge_check.hpp>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kRemark = "# regvault: ";

using Remarks = std::vector<std::string>;  // lines of ours above the text

SecretBytes with_remarks(std::string_view text, const Remarks& remarks) {
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

/// Without those lines, wherever they are now, and what became of them on top.
SecretBytes without_remarks(std::string_view text, const Remarks& remarks) {
  SecretBytes out;
  std::size_t on_top = remarks.size();
  if (text.starts_with(kByteOrderMark)) {
    out.append(kByteOrderMark);
    text.remove_prefix(kByteOrderMark.size());
  }
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n') + 1);  // all of it, where there is no line end
    if (line.empty()) line = text;
    text.remove_prefix(line.size());
    bool is_remark = line.starts_with(kRemark);
    bool is_ours = is_remark && std::ranges::count(remarks, stripped(line.substr(kRemark.size()), "\r\n")) != 0;
    if (!is_remark || (on_top == 0 && !is_ours)) out.append(line);
    on_top = is_remark && on_top > 0 ? on_top - 1 : 0;
  }
  return out;
}

Remarks remarks_of(const Error& refusal) {
  Remarks lines{"error: " + refusal.message};
  if (!refusal.hint.empty()) lines.push_back("hint: " + refusal.hint);
  lines.emplace_back("leave the editor without a change to give up; the text is kept, encrypted");
  if (refusal.where.line != 0) {  // as it is in the editor, below these lines
    lines[0] += " (line " + std::to_string(refusal.where.line + lines.size()) + ")";
  }
  return lines;
}

class EditLoop {
 public:
  EditLoop(const std::string& path, SecretBytes bytes, EditorRequest request, keys::Keyring& keyring, Editable& file,
           const WarningSink& warn)
      : path_(path),
        before_(std::move(bytes)),
        request_(std::move(request)),
        keyring_(keyring),
        file_(file),
        warn_(warn) {
    request_.file_name = path;
  }

  bool run() {
    Remarks remarks;
    if (!file_.help().empty()) remarks.emplace_back(file_.help());
    Edited edited = edit_text(with_remarks(file_.text(), remarks).view(), request_);
    warn_if_back_at_once(edited, warn_);
    if (!edited.changed) return false;
    text_ = without_remarks(edited.text.view(), remarks);
    try {
      while (std::optional<Error> refusal = try_to_write()) {
        remarks = remarks_of(*refusal);
        edited = edit_text(with_remarks(text_.view(), remarks).view(), request_);
        if (!edited.changed) throw Error(*refusal);
        text_ = without_remarks(edited.text.view(), remarks);
      }
    } catch (const Error& error) {
      throw with_text_kept(error);
    }
    if (was_merged_ && is_written_) {
      warn_(in_quotes(path_) + " was changed by someone else while it was edited: your changes were merged into it");
    }
    return is_written_;
  }

 private:
  Error with_text_kept(const Error& error) const {
    try {
      const keys::Key& key = file_.key();
      return vault_file::with_text_kept(error, path_, text_.view(), key, keyring_.sealing(keys::label_for_header(key)));
    } catch (const Error& no_key) {
      return Error(error.code, error.message + "; your text could not be kept: " + no_key.message, error.hint,
                   error.where, error.reason);
    }
  }

  /// What is to be told to the user, in the editor; nullopt: all is well.
  std::optional<Error> try_to_write() {
    for (;;) {
      if (std::size_t line = line_of_marker(text_.view(), markers_)) return conflict_at(line);
      std::string sealed;
      try {
        sealed = file_.seal(text_.view());
      } catch (const Error& error) {
        return error;
      }
      if (sealed == before_.view()) return std::nullopt;
      std::optional<SecretBytes> now = write(sealed);
      if (!now) return std::nullopt;
      if (std::optional<Error> broken = rebase(sealed, *std::move(now))) return broken;
    }
  }

  /// nullopt: it is written; else the file has other bytes now.
  std::optional<SecretBytes> write(const std::string& sealed) {
    FileUpdate update = FileUpdate::begin_or_create(path_, 0);
    if (!update.exists()) {
      throw Error(ErrorCode::file_access, in_quotes(path_) + " was removed by someone else while it was edited", {}, {},
                  "changed");
    }
    if (update.bytes() != before_.view()) return SecretBytes::copy_of(update.bytes());
    update.commit(sealed, warn_);
    is_written_ = true;
    return std::nullopt;
  }

  /// An Error when the changes of both sides together are no YAML, although each was.
  std::optional<Error> rebase(const std::string& sealed, SecretBytes now) {
    bool was_well = !reason_it_is_broken(text_.view(), path_, Checked::all_scalars);
    try {
      EditorMerge merged = file_.rebase(text_.view(), sealed, now.view());
      text_ = std::move(merged.text);
      markers_ = std::move(merged.markers);
    } catch (const Error& error) {
      throw Error(ErrorCode::file_access,
                  in_quotes(path_) + " was changed by someone else while it was edited: " + error.message, error.hint,
                  error.where, "changed");
    }
    before_ = std::move(now);
    was_merged_ = true;
    bool is_to_be_well = was_well && !reason_it_is_broken(file_.text(), path_, Checked::all_scalars);
    if (!markers_.empty() || !is_to_be_well) return std::nullopt;
    return reason_it_is_broken(text_.view(), path_, Checked::all_scalars);
  }

  Error conflict_at(std::size_t line) const {
    return Error(ErrorCode::file_access,
                 in_quotes(path_) + " was changed by someone else while it was edited, in the same lines",
                 "keep what is right between <<<<<<<, ======= and >>>>>>>, and remove these lines", {.line = line},
                 "changed");
  }

  const std::string& path_;
  SecretBytes before_;  // what the file had when it was looked at last
  EditorRequest request_;
  keys::Keyring& keyring_;
  Editable& file_;
  const WarningSink& warn_;
  SecretBytes text_;                  // what is to be written, without our lines
  std::vector<std::string> markers_;  // of conflicts, maybe still in it
  bool was_merged_ = false, is_written_ = false;
};

}  // namespace

bool edit_until_written(const std::string& path, SecretBytes bytes, EditorRequest request, keys::Keyring& keyring,
                        Editable& file, const WarningSink& warn) {
  return EditLoop(path, std::move(bytes), std::move(request), keyring, file, warn).run();
}

}  // namespace regvault::vault_file
