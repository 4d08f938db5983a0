#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/workspace/rotate.hpp>

#include "regvault/choice_option.hpp"
#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/key_options.hpp"
#include "regvault/network_options.hpp"
#include "regvault/planned_rotation.hpp"
#include "regvault/report.hpp"
#include "regvault/tree_options.hpp"
#include "regvault/value_source.hpp"

namespace regvault::tools {
namespace {

using workspace::Listed;
using workspace::RotatedPlace;
using workspace::RotateReport;

struct Options {
  std::string file;
  std::string key;
  std::optional<std::size_t> document;
  bool dry_run = false;
  TreeOptions tree;
  ValueSource source;
  keys::KeyRequest keys;
  bool plan = false, run = false;
  std::optional<bool> verify;
  std::string registry, username;
  NetworkOptions network;
};

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

vault_file::Target target_of(const Options& options) {
  return {options.file, yaml::parse_path(options.key), options.document};
}

/// "vars.yml:12: a.b", "token.vault" for a file that is the secret.
std::string name_of(const RotatedPlace& place) {
  std::string file = escaped(place.where.file);
  if (place.kind == Listed::Kind::whole_file) return file + ":";
  return file + ":" + std::to_string(place.where.line) + ": " + escaped(yaml::to_string(place.key));
}

void announce(const RotateReport& report, const Options& options, Session& session) {
  std::string text;
  for (const RotatedPlace& place : report.places) {
    if (!place.written && !options.dry_run) continue;
    text += name_of(place) + (place.written ? " replaced" : " would be replaced") + " (vault id " +
            (place.label.empty() ? "default" : escaped(place.label)) + ")\n";
  }
  try {
    session.write(text);
  } catch (const Error& error) {  // the files are as they were asked for: that is no failure any more
    if (options.dry_run) throw;
    session.warner()(std::string(error.what()) + "; the files are written all the same");
  }
}

void summarize(const RotateReport& report, const Options& options, const Session& session) {
  if (report.places.size() > 1 && !report.unchanged) {
    session.say(counted(report.places.size(), "place") + " in " + counted(report.files(), "file") +
                (options.dry_run ? " would be replaced" : " replaced"));
  }
  if (report.closed.empty()) return;
  session.say(counted(report.closed.size(), "secret") + " could not be compared, as no vault secret at hand opens " +
              (report.closed.size() == 1 ? "it" : "them") + (options.tree.verbose ? ":" : " (-v names them)"));
  if (!options.tree.verbose) return;
  for (const vault_file::Secret& secret : report.closed) session.say(vault_file::name_of(secret));
}

int end(const RotateReport& report, const std::vector<Error>& unreadable, const Options& options, Session& session) {
  std::vector<Error> failures = unreadable;
  failures.insert(failures.end(), report.failures.begin(), report.failures.end());
  if (failures.empty()) {
    if (report.unchanged) session.say(in_quotes(options.key) + " has this value already: nothing changed");
    summarize(report, options, session);
    return report.closed.empty() ? 0 : kNeedsAttention;
  }
  for (const Error& failure : failures) session.complain(regvault::tools::report(failure));
  if (report.stopped) {
    session.say("stopped halfway: " + in_quotes(options.file) +
                " still holds the old value, and the same command, "
                "with the same new value, does the rest");
  }
  return exit_code(failures.front().code);
}

using NewValue = std::function<SecretBytes()>;

/// Returns an exit code.
int replace_values(const Options& options, keys::Keyring& keyring, const NewValue& new_value, Session& session) {
  workspace::RotateRequest request{
      .target = target_of(options),
      .dry_run = options.dry_run,
  };
  ProgressBar bar(session);
  std::optional<Tree> tree;
  if (!options.tree.paths.empty()) {
    tree.emplace(options.tree, session, bar);
    if (!tree->unreadable().empty()) return end({}, tree->unreadable(), options, session);
    request.files = tree->files();
  }
  request.new_value = [&] {
    bar.above([] {});
    return new_value();
  };
  RotateReport report =
      workspace::rotate(request, keyring, tree ? tree->skipped() : workspace::SkipSink(), bar.progress(),
                        [&](std::string_view text) { bar.above([&] { session.warner()(text); }); });
  bar.above([] {});
  if (report.failures.empty() || report.stopped) announce(report, options, session);
  return end(report, {}, options, session);
}

SecretBytes ask_for_value(const Options& options, Session& session) {
  SecretBytes value = read_value(options.source, options.key, session);
  check_token(value.view(), options.source.allow_empty, session.warner());
  warn_of_bytes(value.view(), session.warner());
  return value;
}

int rotate(const Options& options, Session& session) {
  keys::Keyring keyring = load_keyring(options.keys, session);
  const vault_file::Target target = target_of(options);
  Options dry = options;
  dry.dry_run = true;
  RotationRun run{.target = target,
                  .keys = options.keys,
                  .network = options.network,
                  .registry = options.registry,
                  .username = options.username,
                  .verify = options.verify.value_or(true),
                  .ask = [&] { return ask_for_value(options, session); },
                  .try_replacing = [&] { return replace_values(dry, keyring, {}, session); },
                  .replace =
                      [&](std::string_view value) {
                        return replace_values(
                            options, keyring, [&] { return SecretBytes::copy_of(value); }, session);
                      }};
  if (options.plan) return show_plan(run, keyring, session);
  if (options.run) return run_plan(run, keyring, session);
  auto new_value = [&] {
    SecretBytes value = ask_for_value(options, session);
    if (options.verify.value_or(false)) verify_new_token(run, value.view(), session);
    return value;
  };
  return replace_values(options, keyring, new_value, session);
}

}  // namespace

Action configure_rotate(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "A YAML file, or a vault that holds one")->required()->type_name("");
  app.add_option("KEY", options->key, "Where in it the old value is: all.vars.token")->required()->type_name("");
  add_tree_options(app, options->tree);
  add_document_option(app, options->document);
  auto* dry_run = app.add_flag("--dry-run", options->dry_run, "Name the places, ask for no value, and change nothing");
  auto* plan = app.add_flag("--plan", options->plan, "Name the places, and the steps that .regvault.yml has after them")
                   ->excludes(dry_run);
  app.add_flag("--run", options->run, "Replace the value, then do those steps; goes on where it was interrupted")
      ->excludes(dry_run)
      ->excludes(plan);
  add_choice(app, "--verify-token,!--no-verify-token", options->verify,
             "Have the registry look at the new token before anything is written (--run: unless --no-verify-token)");
  app.add_option("--registry", options->registry, "Whose token it is (default: the plan's, else ghcr.io)")
      ->type_name("R");
  app.add_option("--username,-u", options->username, "Whose name goes with it (default: the plan's)")->type_name("U");
  add_network_options(app, options->network);
  add_token_server_option(app, options->network);
  app.add_flag("--force", options->source.allow_empty, "Store an empty value, or a damaged token");
  add_value_options(app, options->source);
  add_key_options(app, options->keys);
  app.footer(
      "\nThe secret at KEY, and every one in PATH... that holds the same value, gets the new one, under the vault "
      "secret and the label it had. FILE is replaced last: an interrupted command can be run again.\n\n"
      "Examples:\n"
      "  regvault rotate --dry-run group_vars/all/vars.yml ghcr_pat group_vars\n"
      "  regvault rotate --plan inventory.yml all.vars.iaas_console.ghcr_pat\n"
      "  gh auth token | regvault rotate --stdin group_vars/all/vars.yml ghcr_pat group_vars");
  return [options, &session] { return rotate(*options, session); };
}

}  // namespace regvault::tools
