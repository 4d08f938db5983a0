// scan_for_tokens PATH...: a gate for a pipeline: exit code 1 for tokens in the clear, for vaults that Ansible could
// not open, and for vault password files that others can read. Needs no password.
//
//     scan_for_tokens .
#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/keys/key_source.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/workspace/scan.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  std::vector<Error> failures;
  const workspace::SkipSink skipped = [&](const workspace::Skip& skip) {
    if (skip.failure) failures.push_back(*skip.failure);
  };
  // One line for the pipeline's log, where a person at a terminal would like to see how far it is.
  const workspace::Progress progress = [](std::string_view what, std::size_t done, std::size_t total) {
    if (isatty(STDERR_FILENO)) {
      std::fprintf(stderr, "\r%.*s: %zu of %zu", static_cast<int>(what.size()), what.data(), done, total);
    }
  };
  const keys::Surroundings here = keys::process_surroundings({});
  const workspace::ScanRequest request{
      .files = workspace::walk({argv + 1, argv + argc}, {}, skipped),
      .passwords = {.environment = here.environment, .working_directory = here.working_directory},
  };
  const workspace::ScanReport report = workspace::scan(request, skipped, progress);

  for (const workspace::Finding& finding : report.findings) {  // `text` says what it is, and nothing of the secret
    std::printf("%s:%zu: %s: %s\n", escaped(finding.where.file).c_str(), finding.where.line,
                std::string(name_of(finding.kind)).c_str(), finding.text.c_str());
  }
  failures.insert(failures.end(), report.failures.begin(), report.failures.end());
  for (const Error& failure : failures) std::fprintf(stderr, "%s\n", failure.what());
  return report.findings.empty() && failures.empty() ? 0 : 1;
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
