#include <algorithm>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/workspace/scan.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/key_options.hpp"
#include "regvault/report.hpp"
#include "regvault/table.hpp"
#include "regvault/tree_options.hpp"

namespace regvault::tools {
namespace {

using workspace::Finding;
using workspace::ScanReport;

struct Options {
  TreeOptions tree;
  bool try_keys = false;
  bool json = false;
  keys::KeyRequest keys;
};

std::string as_table(const ScanReport& report) {
  std::vector<std::vector<std::string>> rows{{"PLACE", "KIND", "FINDING"}};
  for (const Finding& finding : report.findings) {
    rows.push_back({finding.where.file + ":" + std::to_string(finding.where.line), std::string(name_of(finding.kind)),
                    finding.text});
  }
  return rows.size() == 1 ? "" : table(rows);
}

void write_json(const ScanReport& report, Session& session) {
  json::Document answer;
  json::Array& findings = answer.root().as_object()["findings"].emplace_array();
  for (const Finding& finding : report.findings) {
    json::Object object(answer.root().storage());
    object["file"] = as_utf8(finding.where.file);
    object["line"] = finding.where.line;
    std::string kind(name_of(finding.kind));
    std::ranges::replace(kind, ' ', '_');
    object["kind"] = kind;
    object["text"] = as_utf8(finding.text);
    findings.emplace_back(std::move(object));
  }
  json::Array& failures = answer.root().as_object()["failures"].emplace_array();
  for (const Error& failure : report.failures) failures.emplace_back(as_utf8(failure.what()));
  session.write(answer.written().view());
  session.write("\n");
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void say_how_much(const ScanReport& report, std::size_t files, const Session& session) {
  std::string among = " in " + counted(files, "file");
  session.say((report.findings.empty() ? "nothing found" : counted(report.findings.size(), "finding")) + among);
}

int scan(const Options& options, Session& session) {
  std::optional<keys::Keyring> keyring;
  std::vector<const keys::Key*> keys;
  if (options.try_keys) keys = keyring.emplace(load_keyring(options.keys, session)).all_keys();
  ScanReport report;
  std::size_t files = 0;
  {
    ProgressBar bar(session);
    Tree tree(options.tree, session, bar);
    files = tree.files().size();
    workspace::ScanRequest request{.files = tree.files(),
                                   .passwords = {.request = options.keys,
                                                 .environment = session.environment,
                                                 .working_directory = session.working_directory},
                                   .keys = keys};
    report = workspace::scan(request, tree.skipped(), bar.progress());
    report.failures.insert(report.failures.begin(), tree.unreadable().begin(), tree.unreadable().end());
  }
  if (options.json) {
    write_json(report, session);
  } else {
    session.write(as_table(report));
    say_how_much(report, files, session);
  }
  for (const Error& failure : report.failures) session.complain(tools::report(failure));
  if (!report.failures.empty()) return exit_code(report.failures.front().code);
  return report.findings.empty() ? 0 : kNeedsAttention;
}

}  // namespace

Action configure_scan(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_tree_options(app, options->tree);
  app.add_flag("--try-keys", options->try_keys, "Open files that are vaults, and look for broken vaults in them");
  app.add_flag("--json", options->json, "Print a JSON object: findings, failures");
  add_key_options(app, options->keys);
  app.footer(
      "\nFinds GitHub tokens and registry logins in the clear (also in base64), !vault-plain, vaults that Ansible "
      "cannot "
      "open, files named vault that are not encrypted, and vault password files that git tracks or everyone can read. "
      "Nothing of a secret is shown but a token's kind and length. Vault secrets are used with --try-keys only; "
      "without "
      "it, their files are checked all the same.\n\n"
      "Examples:\n"
      "  regvault scan\n"
      "  regvault scan --json group_vars inventory.yml");
  return [options, &session] { return scan(*options, session); };
}

}  // namespace regvault::tools
