#include "regvault/diagnosis_report.hpp"

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/diagnosis/diagnose.hpp>
#include <regvault/json/document.hpp>

namespace regvault::tools {
namespace {

using diagnosis::Finding;

std::string_view name_of(Finding::Weight weight) {
  constexpr std::array<std::string_view, 3> kNames{"fault", "warning", "note"};
  return kNames[static_cast<std::size_t>(weight)];
}

}  // namespace

std::string diagnosis_text(const DiagnosisReport& report) {
  if (report.findings.empty()) return "nothing found\n";
  std::string out;
  for (const Finding& finding : report.findings) {
    bool fault = finding.weight == Finding::Weight::fault;
    if (!out.empty()) out += "\n";
    out +=
        (fault ? "" : std::string(name_of(finding.weight)) + ": ") + std::string(cause_named(finding.cause).sentence);
    out += " (" + std::string(finding.cause) + ")\n";
    out += "  " + escaped(finding.where) + ": " + escaped(finding.evidence) + "\n";
    out += "  fix: " + escaped(finding.advice()) + "\n";
  }
  if (report.may_ask) out += "\nto ask the registry: regvault diagnose " + escaped(report.image) + "\n";
  return out;
}

std::string diagnosis_json(const DiagnosisReport& report) {
  json::Document document;
  json::Object& root = document.root().get_object();
  bool wrong = diagnosis::is_something_wrong(report.findings);
  root["cause"] = nullptr;
  if (wrong) root["cause"] = report.findings.front().cause;
  if (!report.image.empty()) root["image"] = as_utf8(report.image);
  if (!report.registry.empty()) root["registry"] = as_utf8(report.registry);
  json::Array& findings = root["findings"].emplace_array();
  for (const Finding& finding : report.findings) {
    findings.push_back(json::Object{{"cause", finding.cause},
                                    {"sentence", cause_named(finding.cause).sentence},
                                    {"weight", name_of(finding.weight)},
                                    {"where", as_utf8(finding.where)},
                                    {"evidence", as_utf8(finding.evidence)},
                                    {"fix", as_utf8(finding.advice())}});
  }
  return std::string(document.written().view()) + "\n";
}

}  // namespace regvault::tools
