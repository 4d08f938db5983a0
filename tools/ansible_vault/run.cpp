#include "ansible_vault/run.hpp"

#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <new>

#include <regvault/system/terminal.hpp>

#include "ansible_vault/actions.hpp"
#include "shim.hpp"

namespace regvault::ansible_vault {
namespace {

constexpr int kUsage = 2, kInterrupted = 99, kUnexpected = 250;

void (*action_of(Action action))(const Context&) {
  switch (action) {
    case Action::create:
      return create;
    case Action::decrypt:
      return decrypt;
    case Action::edit:
      return edit;
    case Action::view:
      return view;
    case Action::encrypt:
      return encrypt;
    case Action::encrypt_string:
      return encrypt_string;
    case Action::rekey:
      return rekey;
  }
  return view;
}

/// -v prints this to standard output, as ansible-vault does, unless ANSIBLE_VERBOSE_TO_STDERR is set.
void say_verbosely(const Context& context) {
  std::string configured = context.session.environment("ANSIBLE_VERBOSITY").value_or("0");
  if (context.arguments.verbosity == 0 && std::atoi(configured.c_str()) <= 0) return;
  const std::optional<std::string>& file = context.config.file;
  std::string text = file ? "Using " + *file + " as config file\n" : "No config file found; using defaults\n";
  if (context.session.environment("ANSIBLE_VERBOSE_TO_STDERR").value_or("").empty()) {
    context.session.write(text);
  } else {
    context.session.complain(text);
  }
}

void perform(const std::vector<std::string>& words, tools::Session& session) {
  Arguments arguments = parse_arguments(words);
  Context context{arguments, session};
  try {
    context.config = config::load_ansible_config(session.environment, session.working_directory, context.warner());
    say_verbosely(context);
    action_of(arguments.action)(context);
  } catch (const Error& error) {
    throw failure(error);
  }
}

/// Scripts that need a flag we do not have need to know whom they asked, and whom else they could.
std::string who_was_asked(const tools::Session& session) {
  std::string text = "\nThis is regvault " REGVAULT_VERSION ", with the options of ansible-core 2.21";
  for (const tools::AnsibleVault& program : tools::ansible_vaults(session.environment)) {
    if (!program.is_regvault) return text + "; another ansible-vault is " + program.path + "\n";
  }
  return text + "\n";
}

int failed(const tools::Session& session, int exit_code, const std::string& text) {
  session.complain("[ERROR]: " + text + "\n");
  return exit_code;
}

}  // namespace

int run(const std::vector<std::string>& words, tools::Session& session) {
  umask(077);  // as ansible-vault does, for the programs it runs, too
  try {
    perform(words, session);
    return 0;
  } catch (const Answer& answer) {
    session.write(answer.text);
    return 0;
  } catch (const UsageError& error) {
    session.complain(error.text + (error.unknown_option ? who_was_asked(session) : ""));
    return kUsage;
  } catch (const Failure& error) {
    return failed(session, error.exit_code, error.text);
  } catch (const Interrupted& interrupted) {
    if (interrupted.signal != SIGINT) throw;
    return failed(session, kInterrupted, "User interrupted execution");
  } catch (const std::bad_alloc&) {
    return failed(session, kUnexpected, "Unexpected Exception, this is probably a bug: not enough memory");
  }
}

}  // namespace regvault::ansible_vault
