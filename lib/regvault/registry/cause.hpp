/// Why a registry does not do what was asked: the one table of causes. A login's failure, `check`, `diagnose` and
/// docs/troubleshooting.md all speak of these.
///
///     const Cause& cause = cause_named("no-package-write");
///     cause.sentence   // "the token may not write to the package"
///     cause.advice     // what to do, in one line
///
/// A slug is public: playbooks and scripts compare it (`reason` of a failed login, `--json`). It keeps its meaning.
#pragma once

#include <span>
#include <string_view>

namespace regvault {

/// The cheapest question that tells a cause for sure, in the order in which they are asked.
enum class DecidedBy {
  text,         ///< what the program said is enough
  token_shape,  ///< the token itself, offline
  reference,    ///< the image's name
  auth_files,   ///< the files and helpers that keep the logins
  reachable,    ///< GET /v2/
  anonymous,    ///< a token, or access, without credentials
  credentials,  ///< a token with credentials
  account,      ///< GitHub's API: who is it, which scopes, until when
  pull,         ///< the manifest
  push,         ///< an upload that is opened and cancelled
  workflow,     ///< the workflow file, the repository's settings
  cluster,      ///< the Kubernetes secret, pod, service account
};

std::string_view name_of(DecidedBy step);  ///< "auth files"

struct Cause {
  std::string_view slug;
  std::string_view sentence;  ///< "the registry refused the credentials"; no full stop
  std::string_view tell;      ///< how to tell it from others; a sentence or two, for the page
  std::string_view advice;    ///< one line; no full stop
  std::string_view commands;  ///< lines that can be pasted, for the page; may be empty
  DecidedBy decided_by = DecidedBy::text;
  bool refusal = false;  ///< the registry answered, and said no: another try with the same token would be the same
};

std::span<const Cause> causes();  ///< in the order of the page

const Cause* find_cause(std::string_view slug);

/// `slug` is one of the table.
const Cause& cause_named(std::string_view slug);

}  // namespace regvault
