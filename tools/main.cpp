#include <string>
#include <string_view>
#include <vector>

#include <regvault/crypto/key_derivation.hpp>
#include <regvault/crypto/openssl_start.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/terminal.hpp>

#include "ansible_vault/run.hpp"
#include "regvault/cli.hpp"
#include "shim.hpp"

namespace {

/// The program is what it is called; "regvault ansible-vault" is the same without a link.
int run(std::string_view path, std::vector<std::string> words, regvault::tools::Session& session) {
  bool by_name = path.substr(path.rfind('/') + 1) == regvault::tools::kAnsibleVault;
  bool by_word = !by_name && !words.empty() && words.front() == regvault::tools::kAnsibleVault;
  if (!by_name && !by_word) return regvault::tools::run(words, session);
  if (by_word) words.erase(words.begin());
  return regvault::ansible_vault::run(words, session);
}

}  // namespace

int main(int argc, char** argv) {
  regvault::harden_process();
  regvault::crypto::start_openssl_lean();
  int interrupting_signal = 0;
  try {
    regvault::tools::Session session = regvault::tools::process_session();
    int exit_code = run(argc > 0 ? argv[0] : "", {argv + (argc > 0), argv + argc}, session);
    if (std::string warning = regvault::crypto::key_derivation_warning(); !warning.empty()) session.warner()(warning);
    return exit_code;
  } catch (const regvault::Interrupted& interrupted) {
    interrupting_signal = interrupted.signal;
  }
  // Here everything the command held is destroyed, and so wiped: the signal may take its course.
  regvault::die_of(interrupting_signal);
}
