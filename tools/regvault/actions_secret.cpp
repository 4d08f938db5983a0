#include "regvault/actions_secret.hpp"

#include <algorithm>
#include <chrono>

#include <regvault/base/text.hpp>
#include <regvault/registry/presentable.hpp>
#include <regvault/system/process.hpp>

namespace regvault::tools {
namespace {

constexpr std::chrono::seconds kLongest{60};

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool may_be_in_a_name(char c) {
  return is_letter(c) || is_digit(c);
}
bool may_be_in_a_repository(char c) {
  return may_be_in_a_name(c) || c == '-' || c == '.';
}

/// GitHub's rule: letters, digits and "_"; no digit first; not GITHUB_….
void check_name(const std::string& name) {
  bool fits = !name.empty() && !is_digit(name.front()) && std::ranges::all_of(name, may_be_in_a_name);
  if (!fits) {
    throw Error(ErrorCode::usage, in_quotes(name) + " is no name for a secret of GitHub Actions",
                "letters, digits and _, as in GHCR_PAT");
  }
  if (lowercase(name).starts_with("github_"))
    throw Error(ErrorCode::usage, "GitHub keeps names that begin with GITHUB_ for itself: " + in_quotes(name));
}

/// Nothing that gh could take for an option, or for a place elsewhere.
bool is_part(std::string_view text) {
  return !text.empty() && text.front() != '-' && text != "." && text != ".." &&
         std::ranges::all_of(text, may_be_in_a_repository);
}

void check_repository(const std::string& repository) {
  std::vector<std::string_view> parts = split(repository, '/');
  bool fits = (parts.size() == 2 || parts.size() == 3) && std::ranges::all_of(parts, is_part);
  if (!fits) throw Error(ErrorCode::usage, in_quotes(repository) + " is not OWNER/REPO", "as in --repo acme/site");
}

std::vector<std::string> arguments(const ActionsSecret& secret) {
  std::vector<std::string> out = {"secret", "set", secret.name};
  auto add = [&](const std::string& option, const std::string& value) {
    if (!value.empty()) out.push_back(option + "=" + value);
  };
  add("--repo", secret.repository);
  add("--env", secret.environment);
  add("--org", secret.organization);
  add("--visibility", secret.visibility);
  return out;
}

}  // namespace

void check(const ActionsSecret& secret) {
  check_name(secret.name);
  if (secret.repository.empty() == secret.organization.empty())
    throw Error(ErrorCode::usage, "a secret belongs to a repository or to an organization",
                "--repo OWNER/REPO or --org ORG");
  if (!secret.repository.empty()) check_repository(secret.repository);
  if (!secret.organization.empty() && !is_part(secret.organization))
    throw Error(ErrorCode::usage, in_quotes(secret.organization) + " is no organization's name");
  if (!secret.environment.empty() && secret.repository.empty())
    throw Error(ErrorCode::usage, "an environment belongs to a repository", "--repo OWNER/REPO");
  if (!secret.visibility.empty() && secret.organization.empty())
    throw Error(ErrorCode::usage, "visibility is for an organization's secret", "--org ORG");
}

std::string name_of(const ActionsSecret& secret) {
  std::string place = secret.organization.empty() ? secret.repository : secret.organization;
  return secret.name + " of " + place + (secret.environment.empty() ? "" : ", environment " + secret.environment);
}

void set_actions_secret(const ActionsSecret& secret, std::string_view value, const Session& session) {
  check(secret);
  std::optional<std::string> gh = find_program("gh", session.environment);
  if (!gh) {
    throw Error(ErrorCode::not_found, "gh, GitHub's command line, is not installed",
                "https://cli.github.com; then: gh auth login", {}, "gh");
  }
  Process process{.argv = {*gh}, .standard_input = value, .timeout = kLongest, .own_session = true};
  for (std::string& argument : arguments(secret)) process.argv.push_back(std::move(argument));
  ProcessResult result = run(process);
  if (result.succeeded()) return;
  std::string said = presentable(result.standard_error.view(), {value}, 2);
  throw Error(ErrorCode::program_failed,
              "gh could not set " + name_of(secret) + " (" + how_it_ended(result, process) + ")" +
                  (said.empty() ? "" : ": " + said),
              "gh auth status; it needs a token with the scope \"repo\", for an organization \"admin:org\"", {}, "gh");
}

}  // namespace regvault::tools
