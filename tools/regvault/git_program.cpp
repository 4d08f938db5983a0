#include "regvault/git_program.hpp"

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/vault_id.hpp>
#include <regvault/system/process.hpp>
#include <regvault/system/terminal.hpp>

namespace regvault::tools {
namespace {

ProcessResult run_git(const std::vector<std::string>& arguments, const Session& session) {
  std::optional<std::string> program = find_program("git", session.environment);
  if (!program) throw Error(ErrorCode::program_failed, "git is not on PATH", {}, {}, "ENOENT");
  Process process{.argv = {*program, "-C", session.working_directory}};
  process.argv.insert(process.argv.end(), arguments.begin(), arguments.end());
  return run(process);
}

std::string without_line_end(const SecretBytes& text) {
  return std::string(stripped(text.view(), "\r\n"));
}

bool is_prompt(const std::string& vault_id) {
  std::string source = keys::parse_vault_id(vault_id).source;
  return source == "prompt" || source == "prompt_ask_vault_pass";
}

}  // namespace

std::optional<std::string> git_answer(const std::vector<std::string>& arguments, const Session& session) {
  ProcessResult result = run_git(arguments, session);
  if (!result.succeeded()) return std::nullopt;
  return without_line_end(result.standard_output);
}

std::string git(const std::vector<std::string>& arguments, const Session& session) {
  ProcessResult result = run_git(arguments, session);
  if (result.succeeded()) return without_line_end(result.standard_output);
  std::string said = without_line_end(result.standard_error);
  throw Error(ErrorCode::program_failed, "git " + arguments[0] + " failed" + (said.empty() ? "" : ": " + said));
}

keys::Keyring keyring_without_prompts(keys::KeyRequest request, const Session& session) {
  leave_terminal();
  config::AnsibleConfig config;
  try {
    config = config::load_ansible_config(session.environment, session.working_directory, {});
    std::erase_if(config.vault_identity_list, is_prompt);
    std::erase_if(request.vault_ids, is_prompt);
    config.ask_vault_pass = false;
    return keys::Keyring(request, config,
                         {.environment = session.environment,
                          .working_directory = session.working_directory,
                          .ask_hidden = {},
                          .warn = {}});
  } catch (const Error&) {  // none is given, or none can be had
    return keys::Keyring(config);
  }
}

}  // namespace regvault::tools
