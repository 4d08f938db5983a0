#include <regvault/keys/key_source.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <vector>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/process.hpp>
#include <regvault/system/terminal.hpp>

namespace regvault::keys {
namespace {

using Kind = KeySource::Kind;

constexpr std::string_view kPrompt = "prompt";
constexpr std::string_view kUnlabelledPrompt = "prompt_ask_vault_pass";
constexpr std::string_view kClientSuffix = "-client";
constexpr int kClientKnowsNoSuchId = 2;               // the exit code Ansible's client scripts agreed on
constexpr std::size_t kStandardErrorInMessage = 300;  // its end; enough for what went wrong

bool is_client(std::string_view path) {
  return config::split_extension(path).stem.ends_with(kClientSuffix);
}

Kind kind_of_file(const std::string& path) {
  struct stat status {};
  std::string name = "the vault password file " + in_quotes(path);
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) throw Error(ErrorCode::file_access, name + " was not found");
    throw Error(ErrorCode::file_access, name + " cannot be read: " + std::strerror(errno));
  }
  if (S_ISDIR(status.st_mode)) throw Error(ErrorCode::file_access, name + " is a directory");
  if ((status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) == 0) return Kind::file;
  return is_client(path) ? Kind::client_script : Kind::script;
}

/// "vault password script "/x/y"": what the messages call it.
std::string script_name(const KeySource& source) {
  return (source.kind == Kind::client_script ? "vault password client script " : "vault password script ") +
         in_quotes(source.path);
}

/// As a shell finds programs, for a client script that is installed and not the project's own.
std::string on_path_or(std::string path, const std::string& name, const Environment& environment) {
  bool is_bare = name.find_first_of("/~$") == std::string::npos;
  if (!is_bare || !is_client(name) || config::is_there(path)) return path;
  return find_program(name, environment).value_or(std::move(path));
}

Process script_process(const KeySource& source, std::chrono::milliseconds timeout, bool may_ask) {
  Process process{.argv = {source.path},
                  .timeout = timeout,
                  .output_at_most = kScriptOutputAtMost,
                  .foreground = may_ask,
                  .own_session = !may_ask};
  if (source.kind == Kind::client_script) {
    if (source.given_label) process.argv.insert(process.argv.end(), {"--vault-id", *source.given_label});
  } else {
    process.pass_standard_error = true;  // a script may prompt there
  }
  process.pass_standard_input =
      may_ask && is_terminal(STDIN_FILENO);  // and read the answer here; what is no terminal is our data
  return process;
}

/// `: "the end of what it said"`, or nothing.
std::string what_it_said(const ProcessResult& result) {
  std::string_view text = stripped(result.standard_error.view());
  if (text.empty()) return {};
  if (text.size() > kStandardErrorInMessage) text.remove_prefix(text.size() - kStandardErrorInMessage);
  return ": " + in_quotes(text);
}

void check_end(const KeySource& source, const Process& process, const ProcessResult& result) {
  if (result.succeeded()) return;
  if (result.signal == SIGINT) throw Interrupted(SIGINT);
  std::string name = script_name(source);
  if (result.output_overflow) {
    throw Error(ErrorCode::program_failed,
                name + " printed more than " + std::to_string(kScriptOutputAtMost / 1024) + " KiB and was stopped");
  }
  if (result.timed_out) {
    throw Error(ErrorCode::program_failed, name + " was stopped: " + how_it_ended(result, process));
  }
  bool is_client_script = source.kind == Kind::client_script;
  if (is_client_script && result.exit_code == kClientKnowsNoSuchId) {
    throw Error(
        ErrorCode::program_failed,
        name + " did not find a secret for vault-id=" + source.given_label.value_or("None") + what_it_said(result), {},
        {}, "client-not-found");
  }
  throw Error(ErrorCode::program_failed, name + " failed: " + how_it_ended(result, process) + what_it_said(result));
}

ProcessResult run_script(const KeySource& source, const Process& process) {
  try {
    return run(process);
  } catch (Error& error) {
    if (error.reason == "ENOEXEC" || error.reason == "EACCES") {
      error.hint = "if it is no script, remove its executable bit: chmod -x " + in_quotes(source.path);
    }
    throw Error(error.code, script_name(source) + ": " + error.message, error.hint, {}, error.reason);
  }
}

SecretBytes ask_once(const std::string& prompt, const Surroundings& surroundings) {
  std::optional<SecretBytes> answer = surroundings.ask_hidden(prompt);
  if (!answer) throw Error(ErrorCode::declined, "no vault password was given at the prompt", {}, {}, "no-answer");
  strip(*answer, kWhitespace);
  if (answer->empty())
    throw Error(ErrorCode::usage, "the vault password given at the prompt is empty", {}, {}, "empty-answer");
  return std::move(*answer);
}

/// Ansible's texts, which password-typing programs wait for.
std::vector<std::string> prompts(const KeySource& source, bool confirm) {
  if (source.kind == Kind::unlabelled_prompt) {
    if (confirm) return {"New Vault password: ", "Confirm New Vault password: "};
    return {"Vault password: "};
  }
  std::string label = "(" + source.label + "): ";
  if (confirm) return {"New vault password " + label, "Confirm new vault password " + label};
  return {"Vault password " + label};
}

}  // namespace

Surroundings process_surroundings(WarningSink warn) {
  Surroundings surroundings;
  surroundings.environment = process_environment();
  char directory[PATH_MAX];
  if (getcwd(directory, sizeof directory) != nullptr) surroundings.working_directory = directory;
  surroundings.warn = std::move(warn);
  if (Terminal::open()) {
    surroundings.ask_hidden = [](std::string_view prompt) -> std::optional<SecretBytes> {
      std::optional<Terminal> terminal = Terminal::open();
      if (!terminal) return std::nullopt;
      return terminal->read_hidden(prompt);
    };
  }
  return surroundings;
}

KeySource find_key_source(const VaultId& id, const std::string& default_label, const Surroundings& surroundings) {
  KeySource source{.label = id.label.value_or(default_label), .given_label = id.label};
  if (id.source == kPrompt || id.source == kUnlabelledPrompt) {
    source.kind = id.source == kPrompt ? Kind::prompt : Kind::unlabelled_prompt;
    return source;
  }
  const Environment& environment = surroundings.environment;
  source.path =
      on_path_or(config::ansible_path(id.source, surroundings.working_directory, environment), id.source, environment);
  source.kind = kind_of_file(source.path);
  return source;
}

SecretBytes read_password_file(const std::string& path) {
  SecretBytes content = read_secret_file(path, kPasswordFileAtMost);
  strip(content, kWhitespace);
  if (content.empty())
    throw Error(ErrorCode::malformed, "the vault password file " + in_quotes(path) + " is empty", {}, {}, "empty-file");
  return content;
}

SecretBytes run_password_script(const KeySource& source, std::chrono::milliseconds timeout, bool may_ask) {
  Process process = script_process(source, timeout, may_ask);
  ProcessResult result = run_script(source, process);
  check_end(source, process, result);
  SecretBytes password = std::move(result.standard_output);
  strip(password, kLineEnds);
  if (password.empty())
    throw Error(ErrorCode::program_failed, script_name(source) + " printed no password", {}, {}, "empty-output");
  return password;
}

SecretBytes ask_password(const KeySource& source, bool confirm, const Surroundings& surroundings) {
  if (!surroundings.ask_hidden) {
    throw Error(ErrorCode::usage, "cannot ask for the vault password: there is no terminal",
                "give it with --vault-id LABEL@FILE or ANSIBLE_VAULT_PASSWORD_FILE");
  }
  std::optional<SecretBytes> password;
  for (const std::string& prompt : prompts(source, confirm)) {
    SecretBytes answer = ask_once(prompt, surroundings);
    if (password && !equal_in_constant_time(password->view(), answer.view())) {
      throw Error(ErrorCode::usage, "passwords do not match", {}, {}, "answers-differ");
    }
    if (!password) password = std::move(answer);
  }
  return std::move(*password);
}

void strip(SecretBytes& password, std::string_view unwanted) {
  std::string_view rest = stripped(password.view(), unwanted);
  password.keep(rest.empty() ? 0 : static_cast<std::size_t>(rest.data() - password.view().data()), rest.size());
}

}  // namespace regvault::keys
