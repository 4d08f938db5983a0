#include "session.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include <regvault/base/text.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/terminal.hpp>

namespace regvault::tools {
namespace {

std::optional<SecretBytes> take_variable(const std::string& name) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  SecretBytes secret = SecretBytes::copy_of(value);
  wipe(value, std::strlen(value));  // what /proc/PID/environ shows
  unsetenv(name.c_str());
  return secret;
}

std::optional<SecretBytes> read_input_line() {
  SecretBytes line;
  char c = 0;
  while (read_some(STDIN_FILENO, &c, 1, "standard input") == 1) {
    if (c == '\n') return line;
    line.append({&c, 1});
  }
  if (line.empty()) return std::nullopt;
  return line;
}

std::string current_directory() {
  std::error_code gone;
  std::filesystem::path path = std::filesystem::current_path(gone);
  return gone ? std::string() : path.string();
}

}  // namespace

WarningSink Session::warner() const {
  return [complain = complain](std::string_view text) { complain("regvault: warning: " + std::string(text) + "\n"); };
}

void Session::say(std::string_view text) const {
  complain("regvault: " + std::string(text) + "\n");
}

void Session::announce(std::string_view text) const {
  try {
    write(text);
  } catch (const Error& error) {
    warner()(std::string(error.what()) + "; the file is written all the same");
  }
}

bool Session::confirm(std::string_view question) const {
  if (!ask_shown) return false;
  std::string answer = lowercase(stripped(ask_shown(std::string(question) + " [y/N] ").value_or("")));
  return answer == "y" || answer == "yes";
}

Session process_session() {
  Session session;
  session.environment = process_environment();
  session.working_directory = current_directory();
  session.read_input = [] { return read_all(STDIN_FILENO, "standard input"); };
  session.open_input = [] { return Input::of(STDIN_FILENO, "standard input"); };
  session.read_input_line = read_input_line;
  session.write = [](std::string_view bytes) { write_all(STDOUT_FILENO, bytes, "standard output"); };
  session.complain = [](std::string_view text) {
    try {
      write_all(STDERR_FILENO, text, "standard error");
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): nowhere left to say so
    }
  };
  session.input_is_terminal = is_terminal(STDIN_FILENO);
  session.output_is_terminal = is_terminal(STDOUT_FILENO);
  session.complaints_are_on_terminal = is_terminal(STDERR_FILENO);
  if (std::optional<Terminal> terminal = Terminal::open()) {
    auto shared = std::make_shared<Terminal>(std::move(*terminal));
    session.ask_hidden = [shared](std::string_view prompt) { return shared->read_hidden(prompt); };
    session.ask_shown = [shared](std::string_view prompt) { return shared->read_line(prompt); };
  }
  session.take_variable = take_variable;
  return session;
}

}  // namespace regvault::tools
