/// Payloads as files really contain them, and as damage or malice makes them: each with what is to come of it. All are
/// made from one payload whose password is "secret" and whose plaintext is "hello\n".
///
/// `tolerance_test.cpp` shows what we do with them; `interop_test.cpp` asks the installed ansible-vault, so that the
/// column `accepted` is what Ansible does and not what we think it does.
#pragma once

#include <string>
#include <vector>

namespace regvault::vault {

struct Variation {
  std::string name;
  std::string payload;
  bool accepted;        ///< "secret" opens it, and gives `plaintext`
  std::string message;  ///< when not accepted: what() with the name "f"; empty: the key does not fit, no error
  std::string plaintext = "hello\n";
};

std::vector<Variation> variations();

}  // namespace regvault::vault
