/// Which secrets hold one value: the comparing in a rotation.
///
/// Internal to the room.
#pragma once

#include <string_view>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/vault_file/secrets.hpp>
#include <regvault/workspace/rotate.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::workspace {

/// Holds the old value.
struct Match {
  RotatedPlace place;
  std::size_t secret = 0;                ///< of the file's secrets()
  const keys::Key* sealed_by = nullptr;  ///< nullptr: plain text inside of a vault
};

/// One of a file's secrets, opened and compared.
struct Compared {
  const keys::Key* opened_by = nullptr;
  SecretBytes text = {};  ///< of a whole file in which there is a match
  std::vector<Match> matches = {};
  std::vector<vault_file::Secret> closed = {};
};

/// Compares secrets with one text, in constant time. Const functions may be called from several threads.
class Comparison {
 public:
  Comparison(std::string_view old_value, const std::vector<const keys::Key*>& keys);

  /// A secret that `key` has opened to `text`.
  Compared compare(const vault_file::Secret& secret, std::size_t number, const keys::Key* key, SecretBytes text) const;

 private:
  bool is_old(std::string_view text) const { return equal_in_constant_time(text, old_); }
  void look_inside(std::string_view text, const RotatedPlace& whole, std::size_t number, Compared& compared) const;
  void compare_inside(const yaml::Value& value, RotatedPlace place, std::size_t number, Compared& compared) const;

  std::string_view old_;
  std::vector<const keys::Key*> keys_;
  std::vector<std::string_view> passwords_;
};

}  // namespace regvault::workspace
