#include <regvault/diagnosis/page.hpp>

#include <regvault/registry/cause.hpp>
#include <regvault/registry/failure_text.hpp>

namespace regvault::diagnosis {
namespace {

constexpr std::string_view kIntroduction = R"(# Troubleshooting: what the error means

<!-- Made from lib/regvault/registry/cause.cpp and failure_text.cpp by: regvault diagnose --markdown > docs/troubleshooting.md -->

Look for a part of the error's text on this page, or let [`regvault diagnose`](commands/diagnose.md) do it:

```sh
docker pull ghcr.io/OWNER/IMAGE 2>&1 | regvault diagnose --text -
kubectl describe pod NAME | regvault diagnose --text -
regvault diagnose ghcr.io/OWNER/IMAGE                            # asks the registry
regvault diagnose --auth-files                                   # the stored logins
regvault diagnose --workflow .github/workflows/FILE.yml --repo OWNER/REPO
```

The word behind each title is what `regvault diagnose --json`, and a failed login's `reason`, say.
)";

/// "The registry refused the credentials"
std::string sentence(std::string_view text) {
  std::string out(text);
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

/// In backquotes: as it is, also where it has one itself.
std::string code(std::string_view text) {
  return "`" + std::string(text) + "`";
}

void append_texts(const Cause& cause, std::string& page) {
  std::string rows;
  for (const FailureText& row : failure_texts()) {
    if (row.cause != cause.slug) continue;
    rows += "| " + code(row.text) + (row.also.empty() ? "" : " … " + code(row.also)) + " | " +
            std::string(row.said_by) + " |\n";
  }
  if (!rows.empty()) page += "\n| text | said by |\n|---|---|\n" + rows;
}

void append(const Cause& cause, std::string& page) {
  page +=
      "\n## " + sentence(cause.sentence) + "\n<a id=\"" + std::string(cause.slug) + "\"></a>" + code(cause.slug) + "\n";
  append_texts(cause, page);
  page += "\n**How to tell.** " + std::string(cause.tell) + " Decided by: " + std::string(name_of(cause.decided_by)) +
          ".\n\n**What to do.** " + sentence(cause.advice) + ".\n";
  if (!cause.commands.empty()) page += "\n```sh\n" + std::string(cause.commands) + "\n```\n";
}

}  // namespace

std::string troubleshooting_page() {
  std::string page(kIntroduction);
  for (const Cause& cause : causes()) append(cause, page);
  return page;
}

}  // namespace regvault::diagnosis
