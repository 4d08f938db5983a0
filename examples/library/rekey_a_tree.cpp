// rekey_a_tree NEW_PASSWORD_FILE PATH...: every secret below the paths under a new vault password, or none of them.
//
//     rekey_a_tree next-password.txt .
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <regvault/config/ansible_config.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/workspace/rekey.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  if (argc < 3) {
    std::fputs("usage: rekey_a_tree NEW_PASSWORD_FILE PATH...\n", stderr);
    return 2;
  }
  const WarningSink warn = [](std::string_view text) {
    std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
  };
  const workspace::SkipSink skipped = [&](const workspace::Skip& skip) {
    if (skip.failure) throw *skip.failure;  // a file that cannot be read may hold a secret: "all" would not be true
  };

  // The old password is the configured one, the new one the file's.
  keys::Surroundings here = keys::process_surroundings(warn);
  const config::AnsibleConfig config = config::load_ansible_config(here.environment, here.working_directory, warn);
  keys::Keyring keyring({}, config, std::move(here));
  const keys::Key new_key{.label = {}, .password = keys::read_password_file(argv[1])};

  const workspace::RekeyRequest request{
      .files = workspace::walk({argv + 2, argv + argc}, {}, skipped),
      .old_keys = keyring.all_keys(),
      .new_key = [&] { return workspace::NewKey{.key = &new_key}; },
  };
  const workspace::RekeyReport report = workspace::rekey(request, skipped, {}, warn);

  for (const workspace::RekeyedFile& file : report.files) {
    if (file.written) std::printf("%s: %zu rekeyed\n", escaped(file.path).c_str(), file.rekeyed);
  }
  for (const Error& failure : report.failures) std::fprintf(stderr, "%s\n", failure.what());
  if (report.failures.empty()) return 0;
  // `stopped`: the disk was full, say, when some files were written. A second run, with both passwords, does the rest.
  std::fputs(report.stopped ? "stopped halfway: run it again\n" : "nothing was changed\n", stderr);
  return 1;
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
} catch (const regvault::Interrupted& interrupted) {  // Ctrl-C at a prompt: everything above is wiped by now
  regvault::die_of(interrupted.signal);
}
