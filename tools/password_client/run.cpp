#include "password_client/run.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <new>

#include <regvault/base/text.hpp>
#include <regvault/system/process.hpp>

namespace regvault::password_client {
namespace {

constexpr int kFailed = 1, kNoSuchLabel = 2;   // 2: what Ansible's client scripts agreed on
constexpr std::chrono::seconds kLongest{110};  // a person may have to unlock the keyring; regvault waits 120 s for us
constexpr std::size_t kPasswordAtMost = 64 * 1024;
constexpr std::string_view kVariables = "REGVAULT_PASSWORD_";
constexpr std::string_view kHelp =
    "Usage: regvault-client [--vault-id LABEL] [--reveal]\n\n"
    "Prints the vault password for LABEL (default: \"default\"), for ansible-playbook and regvault:\n\n"
    "  ansible-playbook --vault-id prod@/usr/bin/regvault-client site.yml\n"
    "  regvault list --vault-id prod@regvault-client\n\n"
    "It is in the variable REGVAULT_PASSWORD_<LABEL>, or in a keyring:\n\n"
    "  secret-tool store --label 'vault password prod' service regvault vault-id prod\n"
    "  pass insert regvault/prod\n\n"
    "REGVAULT_KEYRING chooses one of them (secret-tool, pass, none). On a terminal --reveal is needed.\n"
    "Exit codes: 0 printed, 1 failed, 2 there is no password for LABEL.\n";

struct Arguments {
  std::string label = "default";
  bool reveal = false;
  bool help = false;
};

Arguments parse(const std::vector<std::string>& words) {
  constexpr std::string_view kOption = "--vault-id", kAssigned = "--vault-id=";
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      arguments.help = true;
    } else if (word == "--reveal") {
      arguments.reveal = true;
    } else if (word == kOption && i + 1 < words.size()) {
      arguments.label = words[++i];
    } else if (word.starts_with(kAssigned)) {
      arguments.label = word.substr(kAssigned.size());
    } else {
      throw Error(ErrorCode::usage, "an argument is not --vault-id LABEL or --reveal", "regvault-client --help");
    }
  }
  if (arguments.label.empty()) throw Error(ErrorCode::usage, "the label is empty", "regvault-client --help");
  return arguments;
}

/// What is tried, in this order. {} stands for the label.
struct Keyring {
  std::string_view program;
  std::vector<std::string> (*arguments)(const std::string& label);
  std::string_view says_not_found;  ///< on standard error; empty: it says nothing then
  bool first_line_only;
};

std::vector<std::string> secret_tool_arguments(const std::string& label) {
  return {"lookup", "service", "regvault", "vault-id", label};
}
std::vector<std::string> pass_arguments(const std::string& label) {
  return {"show", "regvault/" + label};
}

const std::array kKeyrings{Keyring{"secret-tool", secret_tool_arguments, "", false},
                           Keyring{"pass", pass_arguments, "is not in the password store", true}};

/// Our environment without anybody's password.
std::vector<std::string> environment_without_passwords() {
  std::vector<std::string> out;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with(kVariables)) out.emplace_back(*variable);
  }
  return out;
}

void cut_to_password(SecretBytes& output, bool first_line_only) {
  std::string_view text = output.view();
  if (first_line_only) text = text.substr(0, text.find('\n'));
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  output.resize(text.size());
}

/// The password; nullopt: the keyring has none for this label. Throws Error(program_failed) when it cannot tell.
std::optional<SecretBytes> look_up(const Keyring& keyring, const std::string& program, const std::string& label) {
  Process process{.argv = {program},
                  .timeout = kLongest,
                  .output_at_most = kPasswordAtMost,
                  .environment = environment_without_passwords()};
  for (std::string& argument : keyring.arguments(label)) process.argv.push_back(std::move(argument));
  ProcessResult result = regvault::run(process);
  if (result.succeeded()) {
    cut_to_password(result.standard_output, keyring.first_line_only);
    if (result.standard_output.empty()) return std::nullopt;
    return std::move(result.standard_output);
  }
  std::string_view said = stripped(result.standard_error.view());
  bool nothing_there = keyring.says_not_found.empty() ? said.empty() : said.find(keyring.says_not_found) != said.npos;
  if (result.exit_code && nothing_there) return std::nullopt;
  throw Error(ErrorCode::program_failed, std::string(keyring.program) + " failed (" + how_it_ended(result, process) +
                                             ")" +
                                             (said.empty() ? "" : ": " + in_quotes(said.substr(said.rfind('\n') + 1))));
}

std::optional<SecretBytes> of_variable(const std::string& label, const tools::Session& session) {
  std::string name = variable_of(label);
  std::optional<SecretBytes> password = session.take_variable(name);
  if (!password) return std::nullopt;
  cut_to_password(*password, false);
  if (password->empty()) {
    throw Error(ErrorCode::failed, name + " is set to nothing", "does this job, or this pull request, get the secret?");
  }
  return password;
}

bool is_wanted(const Keyring& keyring, const tools::Session& session) {
  std::string chosen = session.environment("REGVAULT_KEYRING").value_or("");
  if (chosen.empty() || chosen == "none" || chosen == keyring.program) return chosen != "none";
  for (const Keyring& known : kKeyrings) {
    if (chosen == known.program) return false;
  }
  throw Error(ErrorCode::usage, "REGVAULT_KEYRING is " + in_quotes(chosen) + ", no keyring",
              "it may be secret-tool, pass or none");
}

/// Throws the first keyring's failure when no other has it: a locked keyring is not an unknown label.
std::optional<SecretBytes> of_keyrings(const std::string& label, const tools::Session& session) {
  std::optional<Error> failure;
  for (const Keyring& keyring : kKeyrings) {
    if (!is_wanted(keyring, session)) continue;
    std::optional<std::string> program = find_program(keyring.program, session.environment);
    if (!program) continue;
    try {
      if (std::optional<SecretBytes> password = look_up(keyring, *program, label)) return password;
    } catch (const Error& error) {
      if (!failure) failure = error;
    }
  }
  if (failure) throw *failure;
  return std::nullopt;
}

int print_password(const Arguments& arguments, const tools::Session& session) {
  if (session.output_is_terminal && !arguments.reveal) {
    throw Error(ErrorCode::usage, "standard output is a terminal: the password would be shown",
                "--reveal shows it; Ansible and regvault run this program themselves");
  }
  std::optional<SecretBytes> password = of_variable(arguments.label, session);
  if (!password) password = of_keyrings(arguments.label, session);
  if (!password) {
    session.complain("no password for the vault id " + in_quotes(arguments.label) + ": " +
                     variable_of(arguments.label) + " is not set, and no keyring has it (regvault-client --help)\n");
    return kNoSuchLabel;
  }
  password->append("\n");
  session.write(password->view());
  return 0;
}

int perform(const std::vector<std::string>& words, const tools::Session& session) {
  Arguments arguments = parse(words);
  if (!arguments.help) return print_password(arguments, session);
  session.write(kHelp);
  return 0;
}

}  // namespace

std::string variable_of(std::string_view label) {
  std::string name(kVariables);
  for (char c : label) {
    bool lower = c >= 'a' && c <= 'z';
    bool stays = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += lower ? static_cast<char>(c - 'a' + 'A') : stays ? c : '_';
  }
  return name;
}

int run(const std::vector<std::string>& words, tools::Session& session) {
  try {
    return perform(words, session);
  } catch (const Error& error) {
    session.complain(std::string("regvault-client: error: ") + error.what() + "\n" +
                     (error.hint.empty() ? "" : "regvault-client: hint: " + error.hint + "\n"));
  } catch (const std::bad_alloc&) {
    session.complain("regvault-client: error: not enough memory\n");
  }
  return kFailed;
}

}  // namespace regvault::password_client
