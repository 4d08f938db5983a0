/// What should not be in a repository, or does not work there: secrets in the clear, and vaults Ansible cannot open.
///
///     ScanRequest request{.files = walk({"."}, {}, skipped), .passwords = {.working_directory = "/srv/site"}};
///     ScanReport report = scan(request, skipped, progress);
///     for (const Finding& finding : report.findings) …          // file, line, kind, text
///
/// No vault secret is needed. What is looked for, and in which files:
///
///   tokens           in all (token_search.hpp)
///   !vault values    in YAML: whether the payload is whole. That is what Ansible's loader takes: a blank at the end of
///                    a line, lines folded by `>` or for want of a `|`, a key glued to the last line are none of it
///   untagged         in YAML: a payload as a value without !vault, which Ansible reads as a text
///   !vault-plain     in YAML: what the editor shows instead of a vault was saved somewhere else
///   not encrypted    vault.yml, *vault*.yml, *.vault without a vault in it. Lists (of tasks, say), files without
///                    values, and values that only refer to others ({{ … }}) are nothing to encrypt
///   password files   password_files.hpp: tracked by git, or readable by every user
///
/// A file is YAML when its name says so, or when it has no extension and holds a payload. One that does not parse is
/// looked at line by line for those mistakes that keep it from parsing; when there are none, it is a failure.
///
/// Nothing of a secret is in a text but a token's prefix and length. Uses all cores. Throws nothing but std::bad_alloc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/keys/keyring.hpp>
#include <regvault/workspace/password_files.hpp>
#include <regvault/workspace/secret_files.hpp>

namespace regvault::workspace {

struct Finding {
  enum class Kind {
    token,                  ///< in the clear
    encoded_token,          ///< in base64
    registry_login,         ///< docker's JSON, as it is or in base64
    plain_vault,            ///< !vault-plain
    broken_vault,           ///< nobody can open it
    untagged_vault,         ///< Ansible does not open it
    not_encrypted,          ///< a file whose name says vault
    tracked_password_file,  ///< by git
    open_password_file,     ///< readable by every user
  };

  Kind kind = Kind::token;
  Where where = {};  ///< the line is 1 for a whole file
  std::string text;  ///< one line
};

std::string_view name_of(Finding::Kind kind);  ///< with blanks: "registry login"

struct ScanRequest {
  std::vector<FoundFile> files;
  PasswordSearch passwords = {};

  /// Files that are one vault and that one of these opens are looked into, too, for broken and plain vaults inside.
  std::span<const keys::Key* const> keys = {};
};

struct ScanReport {
  std::vector<Finding> findings;  ///< in the order of the request's files, and of their lines; password files last
  std::vector<Error> failures;    ///< files that could not be read or parsed
};

ScanReport scan(const ScanRequest& request, const SkipSink& skipped, const Progress& progress);

}  // namespace regvault::workspace
