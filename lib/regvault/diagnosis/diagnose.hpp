/// Why a registry does not do what was asked, out of all that is known: what the program said, the stored logins, and
/// what the registry answers when it is asked now.
///
///     Evidence known{.by_text = findings_of(match(log, image.registry)),
///                    .by_files = examine_auth_files(request, account)};
///     access::CheckResult result;
///     if (registry_decides(known.by_text)) known.checked = &(result = access::check(…));
///     std::vector<Finding> findings = put_together(known);    // the cause first, notes last
///
/// The text is the first word, but not the last: "denied" may be a wrong tag, and a name that is not there may be a
/// missing login. What the registry says now, with the same login, counts for more.
#pragma once

#include <string>
#include <vector>

#include <regvault/access/check.hpp>
#include <regvault/diagnosis/finding.hpp>
#include <regvault/diagnosis/match.hpp>

namespace regvault::diagnosis {

/// What says most is the fault; what else was seen are notes.
std::vector<Finding> findings_of(const std::vector<Match>& matches);

/// What failed, and what it warns of.
std::vector<Finding> findings_of(const access::CheckResult& result);

/// The repository's default for workflows that say no `permissions`.
Finding finding_of(const std::string& repository, const access::WorkflowPermissions& permissions);

/// Whether asking the registry can tell more than the text does: not about a broken auth file, say.
bool registry_decides(const std::vector<Finding>& by_text);

struct Evidence {
  std::vector<Finding> by_text = {};
  std::vector<Finding> by_files = {};
  std::vector<Finding> by_workflow = {};
  const access::CheckResult* checked = nullptr;  ///< nullptr: the registry was not asked
  bool with_credentials = false;                 ///< it was, with a login
};

/// All that was found; the cause first, notes last.
std::vector<Finding> put_together(Evidence evidence);

/// Whether there is more than notes.
bool is_something_wrong(const std::vector<Finding>& findings);

}  // namespace regvault::diagnosis
