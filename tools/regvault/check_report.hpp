/// What a check found, for people, for programs, and for Prometheus.
///
///     ✓ registry     ghcr.io: answers, and gives tokens
///     ✗ pull         ghcr.io/octo/app:1: this account may not read the package (403, DENIED: …)
///                    → give the account access: …
#pragma once

#include <string>

#include <regvault/access/check.hpp>

#include "session.hpp"

namespace regvault::tools {

struct CheckReport {
  std::string registry;
  access::CheckResult result;
  std::chrono::sys_seconds time;
};

/// The terminal, or whatever reads this, takes UTF-8: as the locale's variables say.
bool takes_utf8(const Environment& environment);

/// `only_wrong`: what failed, and warnings. ASCII marks where UTF-8 is not taken.
std::string check_table(const CheckReport& report, bool only_wrong, bool utf8);

std::string check_json(const CheckReport& report);

/// For the textfile collector of Prometheus's node exporter.
std::string check_metrics(const CheckReport& report);

}  // namespace regvault::tools
