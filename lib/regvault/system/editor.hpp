/// Editing a text in the user's editor, without a trace of it anywhere.
///
///     const std::string_view variables[] = {"VISUAL", "EDITOR"};
///     Edited edited = edit_text(plaintext, {.command = editor_command(variables, configured, environment),
///                                           .file_name = "group_vars/all.yml", .environment = environment});
///     if (!edited.changed && edited.took < 1s) … it may have left before the user was done: "code" wants --wait
///
/// The text is a file in a SecretScratch while the editor runs, and nowhere before or after, however that ends:
/// normally, in an error, or by a signal. An editor we know is also told to leave nothing elsewhere: vim, neovim (no
/// swap, undo, backup, viminfo or shada file, whatever the user's vimrc says), nano and emacs (no backup elsewhere);
/// their temporary files go to the scratch directory. Of others the user must know it: nvi, joe and micro keep copies
/// of their own.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/environment.hpp>
#include <regvault/system/scratch_directory.hpp>

namespace regvault {

/// The value of the first variable that is set and not blank, else `configured` if it is not blank, else "vi".
std::string editor_command(std::span<const std::string_view> variables, std::string_view configured,
                           const Environment& environment);

/// The words of a command line as Python's shlex.split() finds them: blanks separate, quotes and backslashes keep
/// together, nothing is expanded. Throws Error(usage) for a quote that is not closed and a backslash at the end.
std::vector<std::string> split_command(std::string_view command);

struct EditorRequest {
  std::string command = {};  ///< split by split_command(); the file's path becomes its last word
  std::string file_name =
      {};  ///< the edited file's; the copy has the same last component, so that editors highlight it
  SecretScratch::Place place = SecretScratch::Place::in_memory;
  Environment environment = process_environment();  ///< for PATH and the scratch directory
};

struct Edited {
  SecretBytes text;
  bool changed;                    ///< `text` is not the old one
  std::chrono::milliseconds took;  ///< how long the editor ran
};

/// Gives `text` to the editor, with our terminal and standard streams, and returns what it left.
///
/// Throws Error(usage) for a command without words; Error(program_failed) when the editor cannot be run (the reason is
/// errno's name, "ENOENT", "EACCES" …), ends with another exit code than 0, or is killed (reason "editor-failed");
/// Error(file_access) as SecretScratch does. Throws Interrupted after a signal to us that ends a program, and when the
/// editor died of the user's Ctrl-C; the editor has ended then, and the file is gone.
Edited edit_text(std::string_view text, const EditorRequest& request);

/// Warns that an unchanged text was back at once: some editors need an option to wait.
void warn_if_back_at_once(const Edited& edited, const WarningSink& warn);

}  // namespace regvault
