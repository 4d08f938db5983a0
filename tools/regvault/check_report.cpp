#include "regvault/check_report.hpp"

#include <algorithm>
#include <array>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>

namespace regvault::tools {
namespace {

using access::Finding;
using access::Outcome;

constexpr std::size_t kStepWidth = 13;  // "credentials" and two blanks

struct Marks {
  std::array<std::string_view, 4> outcome;  // as the enumeration has them
  std::string_view advice;
};
constexpr Marks kUtf8{{"✓", "✗", "!", "-"}, "→"};
constexpr Marks kAscii{{"ok", "NO", "! ", "- "}, "->"};

std::string joined(const std::string& subject, const std::string& detail) {
  return subject + (subject.empty() || detail.empty() ? "" : ": ") + detail;
}

std::string time_text(std::chrono::sys_seconds time) {
  auto day = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(time - day);
  auto two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(static_cast<int>(date.year())) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
         two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" +
         two(clock.minutes().count()) + ":" + two(clock.seconds().count()) + "Z";
}

/// A label's value (Prometheus, exposition formats).
std::string label(const std::string& value) {
  std::string out = "\"";
  for (char c : as_utf8(value)) out += c == '\\' ? "\\\\" : c == '"' ? "\\\"" : c == '\n' ? "\\n" : std::string(1, c);
  return out + "\"";
}

std::string metric(const std::string& name, const std::string& help, const std::string& labels, long long value) {
  return "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n" + name + "{" + labels + "} " +
         std::to_string(value) + "\n";
}

json::Object finding_json(const Finding& finding, const json::Document& document) {
  json::Object out(document.root().storage());
  out["step"] = finding.step;
  out["subject"] = as_utf8(finding.subject);
  out["outcome"] = access::name_of(finding.outcome);
  out["detail"] = as_utf8(finding.detail);
  out["advice"] = as_utf8(finding.advice);
  out["cause"] = finding.cause;
  return out;
}

void put_account(json::Object& out, const access::CheckResult& result) {
  if (!result.account || !result.account->answer.allowed()) return;
  out["login"] = as_utf8(result.account->login);
  if (result.account->scopes) {
    json::Array scopes(out.storage());
    for (const std::string& scope : *result.account->scopes) scopes.emplace_back(as_utf8(scope));
    out["scopes"] = std::move(scopes);
  }
  if (result.account->expires) out["expires"] = time_text(*result.account->expires);
}

}  // namespace

bool takes_utf8(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    std::string value = lowercase(environment(name).value_or(""));
    if (value.empty()) continue;
    return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
  }
  return false;
}

std::string check_table(const CheckReport& report, bool only_wrong, bool utf8) {
  const Marks& marks = utf8 ? kUtf8 : kAscii;
  const std::string indent((utf8 ? 2 : 3) + kStepWidth, ' ');
  std::string out;
  for (const Finding& finding : report.result.findings) {
    bool wrong = finding.outcome == Outcome::failed || finding.outcome == Outcome::warning;
    if (only_wrong && !wrong) continue;
    std::string step = finding.step + std::string(kStepWidth - std::min(kStepWidth, finding.step.size()), ' ');
    out += std::string(marks.outcome[static_cast<std::size_t>(finding.outcome)]) + " " + step +
           escaped(joined(finding.subject, finding.detail)) + "\n";
    if (!finding.advice.empty()) out += indent + std::string(marks.advice) + " " + escaped(finding.advice) + "\n";
  }
  return out;
}

std::string check_json(const CheckReport& report) {
  json::Document document;
  json::Object& out = document.root().get_object();
  out["registry"] = report.registry;
  out["passed"] = report.result.passed();
  out["time"] = time_text(report.time);
  put_account(out, report.result);
  if (report.result.days_left) out["days_left"] = *report.result.days_left;
  json::Array findings(out.storage());
  for (const Finding& finding : report.result.findings) findings.emplace_back(finding_json(finding, document));
  out["findings"] = std::move(findings);
  return std::string(document.written().view()) + "\n";
}

std::string check_metrics(const CheckReport& report) {
  std::string labels = "registry=" + label(report.registry);
  std::string out = metric("regvault_check_success", "Whether every step of the check passed.", labels,
                           report.result.passed() ? 1 : 0) +
                    metric("regvault_check_timestamp_seconds", "When the check was made.", labels,
                           report.time.time_since_epoch().count());
  if (!report.result.days_left) return out;
  const access::Account& account = *report.result.account;
  std::string whose = labels + ",login=" + label(account.login);
  return out +
         metric("regvault_token_expiry_days", "Whole days until the token expires.", whose, *report.result.days_left) +
         metric("regvault_token_expiry_timestamp_seconds", "When the token expires.", whose,
                account.expires->time_since_epoch().count());
}

}  // namespace regvault::tools
