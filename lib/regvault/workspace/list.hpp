/// Every secret of many files: where it is, under which vault id, what its creation rule says against that, and, with
/// keys, which of them opens it and which secrets are equal.
///
///     Listing listing = list(walk({"."}, {}, skipped), keyring.all_keys(), rules, skipped, {});
///     for (const Listed& secret : listing.secrets) …   // listing.secrets[*secret.same_as] holds the same text
///
/// Where a creation rule (.regvault.yml) names keys, values in the clear at these are listed as well.
///
/// A file that is one vault as a whole, is opened by a key and holds a YAML mapping is followed by what is inside:
/// every scalar, as a secret of its own.
///
/// Texts are compared in wiped memory; nothing that depends on them is given out but the equality.
/// All cores are used. What is wrong with a file is in Listing::failures, with a secret in Listed::broken; nothing is
/// thrown but std::bad_alloc.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <regvault/config/creation_rules.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/workspace/secret_files.hpp>

namespace regvault::workspace {

struct Listed {
  enum class Kind {
    whole_file,  ///< the file is one vault
    value,       ///< a !vault value
    inside,      ///< a value in a file that is one vault; `where` counts the lines of its text
    clear,       ///< no vault, but a rule wants one
  };

  Kind kind = Kind::value;
  Where where = {};
  yaml::Path key = {};       ///< empty for a whole file
  std::size_t document = 0;  ///< of several in the file, from 0
  std::string label = {};    ///< in the header; empty: none (format 1.1)
  std::optional<Error> broken = std::nullopt;
  std::string violation = {};  ///< of its creation rule: "vault id prod wanted (.regvault.yml:4)"; empty: none

  const keys::Key* opened_by = nullptr;               ///< one of those given
  std::optional<std::size_t> same_as = std::nullopt;  ///< the first in Listing::secrets that holds the same text
};

std::string_view name_of(Listed::Kind kind);  ///< "whole file", "value", "inside", "clear"

struct Listing {
  std::vector<Listed> secrets;  ///< file by file, in the order of the file
  std::vector<Error> failures;  ///< files that could not be read or parsed
};

/// Without keys nothing is opened.
Listing list(const std::vector<FoundFile>& files, std::span<const keys::Key* const> keys, config::CreationRules& rules,
             const SkipSink& skipped, const Progress& progress);

}  // namespace regvault::workspace
