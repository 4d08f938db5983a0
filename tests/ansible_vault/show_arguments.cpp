// Parses its arguments as ansible-vault's, and prints what became of them: a line "member<TAB>value" for each value,
// exit code 0, or what --help, --version and usage errors print, with their exit codes.
#include <cstdio>

#include "ansible_vault/arguments.hpp"
#include "ansible_vault/options.hpp"

namespace regvault::ansible_vault {
namespace {

void show(const char* member, const std::string& value) {
  std::printf("%s\t%s\n", member, value.c_str());
}

void show(const char* member, const std::vector<std::string>& values) {
  for (const std::string& value : values) show(member, value);
}

void show(const char* member, const std::optional<std::string>& value) {
  if (value) show(member, *value);
}

void show(const char* member, bool value) {
  if (value) std::printf("%s\tTrue\n", member);
}

std::string name_of(Action action) {
  for (const Parser& parser : action_parsers()) {
    if (parser.action == action) return std::string(parser.name);
  }
  return "?";
}

/// Under the names that the real program gives them.
void show(const Arguments& arguments) {
  show("action", name_of(arguments.action));
  show("args", arguments.operands);
  show("vault_ids", arguments.vault_ids);
  show("vault_password_files", arguments.password_files);
  show("ask_vault_pass", arguments.ask_password);
  if (arguments.verbosity != 0) show("verbosity", std::to_string(arguments.verbosity));
  show("output_file", arguments.output);
  show("encrypt_vault_id", arguments.encrypt_vault_id);
  show("new_vault_id", arguments.new_vault_id);
  show("new_vault_password_file", arguments.new_password_file);
  show("skip_tty_check", arguments.skip_tty_check);
  show("encrypt_string_prompt", arguments.prompt);
  show("show_string_input", arguments.show_input);
  show("encrypt_string_names", arguments.names);
  show("encrypt_string_stdin_name", arguments.stdin_name);
}

}  // namespace
}  // namespace regvault::ansible_vault

int main(int argc, char** argv) {
  using namespace regvault::ansible_vault;
  try {
    show(parse_arguments({argv + 1, argv + argc}));
  } catch (const Answer& answer) {
    std::fputs(answer.text.c_str(), stdout);
  } catch (const UsageError& error) {
    std::fputs(error.text.c_str(), stderr);
    return 2;
  }
  return 0;
}
