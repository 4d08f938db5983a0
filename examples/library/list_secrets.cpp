// list_secrets PATH...: every secret below the paths, which are equal, which no vault password at hand opens, and which
// are not as the creation rules (.regvault.yml) want them. Exit code 1: there are such.
//
//     list_secrets inventory.yml group_vars
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <regvault/config/ansible_config.hpp>
#include <regvault/config/creation_rules.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/workspace/list.hpp>

namespace {

using regvault::escaped;
using regvault::workspace::Listed;

/// "vars.yml:3: all.vars.pat", for a file that is one vault "vault.yml".
std::string place_of(const Listed& secret) {
  const std::string file = escaped(secret.where.file);
  if (secret.kind == Listed::Kind::whole_file) return file;
  return file + ":" + std::to_string(secret.where.line) + ": " + escaped(regvault::yaml::to_string(secret.key));
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  const workspace::SkipSink skipped = [&](const workspace::Skip& skip) {
    if (skip.failure) warn(skip.failure->what());  // others are binary, symlinks and the like: none of our files
  };
  const std::vector<workspace::FoundFile> files = workspace::walk({argv + 1, argv + argc}, {}, skipped);

  keys::Surroundings here = keys::process_surroundings(warn);
  const config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
  keys::Keyring keyring({}, config, std::move(here));
  config::CreationRules rules(warn);
  const workspace::Listing listing = workspace::list(files, keyring.all_keys(), rules, skipped, {});

  bool all_is_well = listing.failures.empty();
  for (const Error& failure : listing.failures) warn(failure.what());
  for (const Listed& secret : listing.secrets) {
    std::string line = place_of(secret);
    const bool is_closed = !secret.opened_by && secret.kind != Listed::Kind::clear;
    if (is_closed) line += secret.broken ? ", broken" : ", no password opens it";
    if (!secret.violation.empty()) line += ", " + secret.violation;
    if (secret.same_as) line += ", same as " + place_of(listing.secrets[*secret.same_as]);
    std::puts(line.c_str());
    all_is_well = all_is_well && !is_closed && secret.violation.empty();
  }
  return all_is_well ? 0 : 1;
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C at a prompt: everything above is wiped by now
  regvault::die_of(interrupted.signal);
}
