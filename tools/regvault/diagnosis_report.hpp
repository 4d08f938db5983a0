/// A diagnosis, for people and for programs.
///
///     the registry refused the credentials (credentials-refused)
///       line 2: Error response from daemon: Get "https://ghcr.io/v2/": denied: denied
///       fix: check the user name and the token: expired? …
#pragma once

#include <string>
#include <vector>

#include <regvault/diagnosis/finding.hpp>

namespace regvault::tools {

struct DiagnosisReport {
  std::vector<diagnosis::Finding> findings;
  std::string image = {};     ///< what it is about, when that is known
  std::string registry = {};  ///< the same
  bool may_ask = false;       ///< nobody was asked about the image, who could say more
};

std::string diagnosis_text(const DiagnosisReport& report);
std::string diagnosis_json(const DiagnosisReport& report);

}  // namespace regvault::tools
