/// The known-answer vectors of tests/vectors (see the README there).
#pragma once

#include <string>
#include <vector>

namespace regvault::vault {

struct Vector {
  std::string name, password, label, salt, plaintext;
  std::string payload;         ///< what ansible-vault made; empty when only its hash is kept
  std::string payload_sha256;  ///< hexadecimal; empty when the payload itself is kept
};

std::vector<Vector> vectors();
const Vector& vector_named(const std::string& name);

std::string read_test_file(const std::string& path);
std::string sha256_hex(const std::string& bytes);

/// A directory for a test's files, removed with its contents at the end.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace regvault::vault
