#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/crypto/key_derivation.hpp>
#include <regvault/crypto/openssl_start.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/terminal.hpp>

#include "ansible_vault/run.hpp"
#include "docker_credential/run.hpp"
#include "password_client/run.hpp"
#include "regvault/cli.hpp"
#include "shim.hpp"

namespace {

struct Face {
  std::string_view name;
  int (*run)(const std::vector<std::string>& words, regvault::tools::Session& session);
};
constexpr std::array kOtherFaces{Face{regvault::tools::kAnsibleVault, regvault::ansible_vault::run},
                                 Face{"docker-credential-regvault", regvault::docker_credential::run},
                                 Face{"regvault-client", regvault::password_client::run}};

/// The program is what it is called; "regvault ansible-vault" is the same without a link.
int run(std::string_view path, std::vector<std::string> words, regvault::tools::Session& session) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  for (const Face& face : kOtherFaces) {
    if (name == face.name) return face.run(words, session);
  }
  for (const Face& face : kOtherFaces) {
    if (words.empty() || words.front() != face.name) continue;
    words.erase(words.begin());
    return face.run(words, session);
  }
  return regvault::tools::run(words, session);
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
