#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/workspace/rotate.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/key_options.hpp"
#include "regvault/report.hpp"
#include "regvault/tree_options.hpp"
#include "regvault/value_source.hpp"

namespace regvault::tools {
namespace {

using workspace::Listed;
using workspace::RotatedPlace;
using workspace::RotateReport;

constexpr int kNeedsAttention = 20;  // docs/exit-codes.md

struct Options {
  std::string file;
  std::string key;
  std::optional<std::size_t> document;
  bool dry_run = false;
  TreeOptions tree;
  ValueSource source;
  keys::KeyRequest keys;
};

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
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

int rotate(const Options& options, Session& session) {
  workspace::RotateRequest request{
      .target = {options.file, yaml::parse_path(options.key), options.document},
      .dry_run = options.dry_run,
  };
  keys::Keyring keyring = load_keyring(options.keys, session);
  ProgressBar bar(session);
  std::optional<Tree> tree;
  if (!options.tree.paths.empty()) {
    tree.emplace(options.tree, session, bar);
    if (!tree->unreadable().empty()) return end({}, tree->unreadable(), options, session);
    request.files = tree->files();
  }
  request.new_value = [&] {
    bar.above([] {});
    SecretBytes value = read_value(options.source, yaml::to_string(request.target.key), session);
    warn_of_a_damaged_token(value.view(), session.warner());
    warn_of_bytes(value.view(), session.warner());
    return value;
  };
  RotateReport report =
      workspace::rotate(request, keyring, tree ? tree->skipped() : workspace::SkipSink(), bar.progress(),
                        [&](std::string_view text) { bar.above([&] { session.warner()(text); }); });
  bar.above([] {});
  if (report.failures.empty() || report.stopped) announce(report, options, session);
  return end(report, {}, options, session);
}

}  // namespace

Action configure_rotate(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("FILE", options->file, "A YAML file, or a vault that holds one")->required()->type_name("");
  app.add_option("KEY", options->key, "Where in it the old value is: all.vars.token")->required()->type_name("");
  add_tree_options(app, options->tree);
  add_document_option(app, options->document);
  app.add_flag("--dry-run", options->dry_run, "Name the places, ask for no value, and change nothing");
  app.add_flag("--force", options->source.allow_empty, "Store an empty value");
  add_value_options(app, options->source);
  add_key_options(app, options->keys);
  app.footer(
      "\nThe secret at KEY, and every one in PATH... that holds the same value, gets the new one, under the vault "
      "secret and the label it had. FILE is replaced last: an interrupted command can be run again.\n\n"
      "Examples:\n"
      "  regvault rotate --dry-run group_vars/all/vars.yml ghcr_pat group_vars\n"
      "  gh auth token | regvault rotate --stdin group_vars/all/vars.yml ghcr_pat group_vars");
  return [options, &session] { return rotate(*options, session); };
}

}  // namespace regvault::tools
