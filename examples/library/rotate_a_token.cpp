// rotate_a_token FILE KEY PATH...: the token on standard input takes the place of the one at KEY in FILE, and of every
// copy of it below the paths, each under the vault password and the label it had.
//
//     rotate_a_token inventory.yml all.vars.iaas_console.ghcr_pat group_vars host_vars < new-token.txt
#include <unistd.h>

#include <cstdio>
#include <string_view>
#include <utility>

#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/workspace/rotate.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  if (argc < 3) {
    std::fputs("usage: rotate_a_token FILE KEY [PATH...] < TOKEN\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  const workspace::SkipSink skipped = [&](const workspace::Skip& skip) {
    if (skip.failure) throw *skip.failure;  // a file that cannot be read may hold a copy
  };
  keys::Surroundings here = keys::process_surroundings(warn);
  const config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
  keys::Keyring keyring({}, config, std::move(here));

  const workspace::RotateRequest request{
      .target = {argv[1], yaml::parse_path(argv[2])},
      .files = workspace::walk({argv + 3, argv + argc}, {}, skipped),
      .new_value =
          [] {  // called when all of them are opened and can be replaced
            SecretBytes token = read_all(STDIN_FILENO, "standard input");
            keys::strip(token, keys::kLineEnds);
            return token;
          },
  };
  const workspace::RotateReport report = workspace::rotate(request, keyring, skipped, {}, warn);

  for (const workspace::RotatedPlace& place : report.places) {
    if (place.written) std::printf("%s:%zu: replaced\n", escaped(place.where.file).c_str(), place.where.line);
  }
  for (const vault_file::Secret& secret : report.closed) {
    std::fprintf(stderr, "%s: no password opens it: it was not compared\n", vault_file::name_of(secret).c_str());
  }
  for (const Error& failure : report.failures) std::fprintf(stderr, "%s\n", failure.what());
  if (report.stopped) std::fputs("stopped halfway: run it again with the same token\n", stderr);
  return report.failures.empty() && report.closed.empty() ? 0 : 1;
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C at a prompt: everything above is wiped by now
  regvault::die_of(interrupted.signal);
}
