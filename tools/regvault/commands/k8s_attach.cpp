#include <array>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/kubernetes/apply.hpp>
#include <regvault/kubernetes/attach.hpp>
#include <regvault/system/file_update.hpp>

#include "regvault/cluster_options.hpp"
#include "regvault/commands/k8s.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/report.hpp"
#include "regvault/unified_diff.hpp"

namespace regvault::tools {
namespace {

namespace k8s = kubernetes;

struct Options {
  std::string secret;
  std::vector<std::string> targets, namespaces;
  bool dry_run = false, diff = false;
  k8s::Cluster cluster;
};

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// "FILE:12: Deployment "web": added at spec.template.spec.imagePullSecrets"
std::string lines_about(const std::string& file, const k8s::Attached& attached, bool changes_it) {
  std::string out;
  for (const k8s::AttachedPlace& place : attached.places) {
    out += escaped(file) + ":" + std::to_string(place.line) + ": " + place.kind +
           (place.name.empty() ? "" : " " + in_quotes(place.name)) + ": " +
           (place.was_there ? "there already, at "
            : changes_it    ? "added at "
                            : "would be added at ") +
           place.path + "\n";
  }
  return out;
}

void attach_to_input(const Options& options, Session& session) {
  const SecretBytes bytes = session.read_input();
  const k8s::Attached attached = k8s::attach_pull_secret(std::string(bytes.view()), "standard input", options.secret);
  if (options.diff) return session.write(unified_diff(bytes.view(), attached.bytes, "standard input"));
  if (options.dry_run) return session.write(lines_about("standard input", attached, false));
  session.write(attached.bytes);
}

void attach_to_file(const Options& options, const std::string& file, Session& session) {
  FileUpdate update = FileUpdate::begin(file);
  const std::string before(update.bytes());
  const k8s::Attached attached = k8s::attach_pull_secret(before, file, options.secret);
  const bool changes_it = !options.dry_run && !options.diff;
  if (options.diff) return session.write(unified_diff(before, attached.bytes, file));
  if (changes_it && attached.changes() > 0) update.commit(attached.bytes, session.warner());
  session.announce(lines_about(file, attached, changes_it));
}

/// "serviceaccount/NAME" or "sa/NAME"; empty: it is a file.
std::string account_in(const std::string& target) {
  for (std::string_view kind : {"serviceaccount/", "sa/"}) {
    if (target.starts_with(kind)) return target.substr(kind.size());
  }
  return {};
}

void warn_of_a_missing_secret(const k8s::Kubectl& kubectl, const Options& options, const std::string& name_space,
                              const Session& session) {
  try {
    if (k8s::secret_in_cluster(kubectl, {options.secret, name_space})) return;
  } catch (const Error&) {
    return;  // who may change service accounts need not be allowed to read secrets
  }
  session.warner()("there is no secret " + in_namespace(options.secret, name_space) + " yet: regvault k8s secret " +
                   options.secret + (name_space.empty() ? "" : " -n " + name_space) + " --apply");
}

void attach_to_account(const Options& options, const std::string& account, Session& session) {
  const k8s::Kubectl kubectl(session.environment, options.cluster);
  std::vector<std::string> namespaces = options.namespaces;
  if (namespaces.empty()) namespaces.emplace_back();
  for (const std::string& name_space : namespaces) {
    warn_of_a_missing_secret(kubectl, options, name_space, session);
    const bool dry_run = options.dry_run || options.diff;
    const bool changed = k8s::attach_to_service_account(kubectl, {account, name_space}, options.secret, dry_run) !=
                         k8s::Applied::unchanged;
    session.announce("service account " + in_namespace(account, name_space) + ": " +
                     (!changed  ? "has it already"
                      : dry_run ? "would be changed"
                                : "changed") +
                     "\n");
  }
}

void attach_to(const Options& options, const std::string& target, Session& session) {
  const std::string account = account_in(target);
  if (!account.empty()) return attach_to_account(options, account, session);
  if (target == "-") return attach_to_input(options, session);
  attach_to_file(options, target, session);
}

/// One target that cannot be done does not keep the others from it.
int attach(const Options& options, Session& session) {
  if (options.targets.size() == 1) {
    attach_to(options, options.targets[0], session);
    return 0;
  }
  int code = 0;
  std::size_t failures = 0;
  for (const std::string& target : options.targets) {
    try {
      attach_to(options, target, session);
    } catch (const Error& error) {
      session.complain(report(error));
      if (failures++ == 0) code = exit_code(error.code);
    }
  }
  if (failures > 0)
    session.say(counted(failures, "target") + " of " + std::to_string(options.targets.size()) + " failed");
  return code;
}

}  // namespace

Action configure_k8s_attach(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("SECRET", options->secret, "The pull secret's name")->required()->type_name("");
  app.add_option("TARGET", options->targets, "Manifests in YAML or JSON, - for standard input, or serviceaccount/NAME")
      ->required()
      ->type_name("");
  app.add_option("--namespace,-n", options->namespaces, "Of the service account; repeatable")
      ->type_name("NS")
      ->allow_extra_args(false);
  app.add_flag("--dry-run", options->dry_run, "Only say what would be changed");
  app.add_flag("--diff", options->diff, "Only print the change, as diff -u does");
  add_cluster_options(app, options->cluster);
  app.footer(
      "\nExamples:\n"
      "  regvault k8s attach ghcr-credentials deployment.yml --diff\n"
      "  regvault k8s attach ghcr-credentials - < deployment.yml > deployed.yml");
  return [options, &session] { return attach(*options, session); };
}

}  // namespace regvault::tools
