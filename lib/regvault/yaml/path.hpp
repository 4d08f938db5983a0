/// KEY: the way to one value in a YAML document, as users write it and as the library walks it.
///
///     all.vars.iaas_console.ghcr_pat          names, joined by dots
///     all.hosts."web01.example.org".pat       a name that holds a dot, a bracket or a quote: quoted as in JSON
///     users[0].password                       an item of a list, counted from 0 (users.0.password means the same)
///     ["all","vars","b.c",0]                  the same as a JSON array, for programs
///
///     Path path = parse_path("users[0].password");    // {"users"}, item 0, {"password"}
///     to_string(path) == "users[0].password";
///
/// Names are decoded text: the name `it's` finds the key `'it''s'`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regvault::yaml {

/// One step down: to a key of a mapping, or to an item of a list.
struct Step {
  Step(std::string_view key_text) : key(key_text) {}        // NOLINT: a name is a step
  Step(const char* key_text) : key(key_text) {}             // NOLINT
  Step(std::string key_text) : key(std::move(key_text)) {}  // NOLINT
  static Step item(std::size_t index);

  std::string key;
  std::optional<std::size_t> index;  ///< set: an item, and `key` is empty

  bool operator==(const Step&) const = default;
};

using Path = std::vector<Step>;

/// Throws Error(usage, reason "bad-key") that says at which character it went wrong, and what is expected there.
Path parse_path(std::string_view text);

/// The shortest text that parse_path() reads back as the same path. The empty path, the document itself, is "[]".
std::string to_string(const Path& path);

/// `text` as a JSON string, with its quotes.
std::string json_quoted(std::string_view text);

}  // namespace regvault::yaml
