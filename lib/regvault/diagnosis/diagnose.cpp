#include <regvault/diagnosis/diagnose.hpp>

#include <algorithm>
#include <array>

#include <regvault/diagnosis/workflow.hpp>

namespace regvault::diagnosis {
namespace {

using Weight = Finding::Weight;

constexpr std::string_view kPublic =
    "the image is public, and a stored login that is refused breaks it: regvault logout REGISTRY, or a good token";

/// Without credentials these say no more than that some are needed.
bool wants_a_login(std::string_view cause) {
  return cause == "no-credentials" || cause == "denied-or-missing";
}

bool has_fault(const std::vector<Finding>& findings) {
  return std::ranges::find(findings, Weight::fault, &Finding::weight) != findings.end();
}

void make_notes(std::vector<Finding>& findings) {
  for (Finding& finding : findings) finding.weight = Weight::note;
}

bool is_public(const access::CheckResult& result) {
  return std::ranges::any_of(result.findings, [](const access::Finding& finding) {
    return finding.step == "anonymous" && finding.outcome == access::Outcome::ok &&
           finding.detail == access::kAnybodyCanPull;
  });
}

std::string subject_of(const access::CheckResult& result) {
  for (const access::Finding& finding : result.findings) {
    if (finding.step == "pull" || finding.step == "anonymous") return finding.subject;
  }
  return {};
}

std::string_view cause_of(const access::Finding& finding) {
  const Cause* cause = find_cause(finding.cause);
  if (cause != nullptr) return cause->slug;
  if (finding.cause == "redirect") return "not-a-registry";
  return finding.step == "account" && finding.cause.empty() ? "token-expires" : "not-asked";
}

/// What a package's page says, or does not, decides nothing by itself.
Weight weight_of(const access::Finding& finding) {
  if (finding.outcome == access::Outcome::failed) return Weight::fault;
  return finding.step == "account" ? Weight::warning : Weight::note;
}

/// What the answers mean beside the text.
class Decision {
 public:
  explicit Decision(Evidence& evidence) : evidence_(evidence), result_(*evidence.checked) {}

  std::vector<Finding> findings() {
    std::vector<Finding> out = findings_of(result_);
    if (!result_.passed()) {
      explain_refusal(out);
    } else if (!evidence_.by_text.empty()) {
      explain_success(out);
    }
    return out;
  }

 private:
  void explain_refusal(std::vector<Finding>& found) {
    bool need_only_a_login = !evidence_.with_credentials && wants_a_login(result_.failure()->cause);
    bool text_says_more = !evidence_.by_text.empty() && !wants_a_login(evidence_.by_text.front().cause);
    if (need_only_a_login && text_says_more) {
      make_notes(found);  // whoever wrote the text had a login
      return;
    }
    make_notes(evidence_.by_text);
    if (!is_public(result_)) return;
    for (Finding& finding : found) {
      if (finding.weight == Weight::fault && finding.cause == "credentials-refused") finding.fix = kPublic;
    }
  }

  void explain_success(std::vector<Finding>& found) {
    Finding& text = evidence_.by_text.front();
    const Cause* cause = find_cause(text.cause);
    bool refused = cause != nullptr && (cause->refusal || wants_a_login(text.cause));
    if (!evidence_.with_credentials && refused) {
      text.cause = "credentials-refused";
      text.fix = kPublic;
      return;
    }
    found.push_back({text.cause,
                     Weight::note,
                     subject_of(result_),
                     "asked now, the registry gives it: this has been repaired, or the program had another login",
                     {}});
  }

  Evidence& evidence_;
  const access::CheckResult& result_;
};

}  // namespace

std::vector<Finding> findings_of(const std::vector<Match>& matches) {
  std::vector<Finding> out;
  for (const Match& match : matches) {
    out.push_back({match.text->cause,
                   out.empty() ? Weight::fault : Weight::note,
                   "line " + std::to_string(match.line),
                   match.evidence,
                   {}});
  }
  return out;
}

std::vector<Finding> findings_of(const access::CheckResult& result) {
  std::vector<Finding> out;
  for (const access::Finding& finding : result.findings) {
    if (finding.outcome != access::Outcome::failed && finding.outcome != access::Outcome::warning) continue;
    out.push_back(
        {cause_of(finding), weight_of(finding), finding.step + ": " + finding.subject, finding.detail, finding.advice});
  }
  return out;
}

Finding finding_of(const std::string& repository, const access::WorkflowPermissions& permissions) {
  std::string url = permissions.settings_url.empty() ? settings_url(repository) : permissions.settings_url;
  if (!permissions.answer.allowed() || permissions.by_default.empty()) {
    return {"workflow-permissions", Weight::note, repository, "its default can be read by its admins only",
            "look at " + url};
  }
  bool may_write = permissions.by_default == "write";
  return {"workflow-permissions", Weight::note, repository,
          may_write ? "by default GITHUB_TOKEN may write"
                    : "by default GITHUB_TOKEN may only read: a workflow that pushes must say so",
          may_write ? "nothing need be changed: " + url : "permissions: {contents: read, packages: write}, or " + url};
}

bool registry_decides(const std::vector<Finding>& by_text) {
  if (by_text.empty()) return true;
  constexpr std::array kAsked{DecidedBy::reachable, DecidedBy::anonymous, DecidedBy::credentials, DecidedBy::account,
                              DecidedBy::pull,      DecidedBy::push,      DecidedBy::token_shape};
  const Cause& cause = cause_named(by_text.front().cause);
  // The outcome alone, and a login that is not there, may be anything.
  return std::ranges::find(kAsked, cause.decided_by) != kAsked.end() || cause.slug == "image-pull" ||
         cause.slug == "no-credentials";
}

std::vector<Finding> put_together(Evidence evidence) {
  std::vector<Finding> out;
  if (evidence.checked != nullptr) out = Decision(evidence).findings();
  // What is wrong with a stored login explains why it is refused; where the text has nothing to do with logins, it
  // stands behind.
  bool files_explain = has_fault(evidence.by_files) && (evidence.by_text.empty() || registry_decides(evidence.by_text));
  if (files_explain) make_notes(evidence.by_text);
  auto add = [&out](std::vector<Finding>& more, bool in_front) {
    out.insert(in_front ? out.begin() : out.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
  };
  add(evidence.by_files, files_explain);
  add(evidence.by_text, has_fault(evidence.by_text));
  add(evidence.by_workflow, false);
  std::ranges::stable_sort(out, {}, &Finding::weight);
  return out;
}

bool is_something_wrong(const std::vector<Finding>& findings) {
  return std::ranges::any_of(findings, [](const Finding& finding) { return finding.weight != Weight::note; });
}

}  // namespace regvault::diagnosis
