/// The secrets in a manifest, YAML or JSON, as they stand there: nothing is judged yet.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::kubernetes {

struct SecretManifest {
  struct Member {
    std::string key;
    SecretBytes value;
  };

  std::string name, name_space, type;
  std::size_t line = 0;
  std::vector<Member> data = {}, string_data = {};
  bool has_last_applied = false;  ///< the annotation in which `kubectl apply` keeps a copy
};

/// Throws Error(malformed).
std::vector<SecretManifest> secrets_in_yaml(std::string_view bytes, const std::string& name);
std::vector<SecretManifest> secrets_in_json(const json::Value& root);

}  // namespace regvault::kubernetes
