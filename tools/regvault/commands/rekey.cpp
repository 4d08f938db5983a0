#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/keys/vault_id.hpp>
#include <regvault/workspace/rekey.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/file_options.hpp"
#include "regvault/key_options.hpp"
#include "regvault/report.hpp"
#include "regvault/tree_options.hpp"

namespace regvault::tools {
namespace {

using workspace::RekeyedFile;
using workspace::RekeyReport;

struct Options {
  TreeOptions tree;
  keys::KeyRequest keys;
  std::string new_vault_id;
  std::string new_password_file;
  std::optional<std::string> only_vault_id;
  bool relabel = false;
  bool keep_going = false;
  bool dry_run = false;

  bool is_asked_for() const {
    if (!new_password_file.empty()) return false;
    return new_vault_id.empty() || keys::parse_vault_id(new_vault_id).source.starts_with("prompt");
  }
};

/// Only what is said to be new: the configured vault secrets are the old ones. Nothing said: a prompt.
keys::Keyring new_keyring(const Options& options, const config::AnsibleConfig& config, Session& session) {
  if (options.new_vault_id.empty() && options.new_password_file.empty() && !session.ask_hidden) {
    throw Error(ErrorCode::usage, "no new vault secret is given, and there is no terminal to ask on",
                "give it with --new-vault-id [LABEL@]FILE or --new-vault-password-file FILE");
  }
  keys::KeyRequest request{.confirm_prompts = true};
  if (!options.new_vault_id.empty()) request.vault_ids = {options.new_vault_id};
  if (!options.new_password_file.empty()) request.password_files = {options.new_password_file};
  config::AnsibleConfig labels_only;
  labels_only.vault_identity = config.vault_identity;
  labels_only.vault_encrypt_salt = config.vault_encrypt_salt;
  return load_keyring(request, labels_only, session);
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// "(vault id dev)", "(vault ids dev, prod)".
std::string vault_ids(const RekeyedFile& file) {
  std::string text = file.labels.size() == 1 ? "(vault id " : "(vault ids ";
  for (std::size_t i = 0; i < file.labels.size(); ++i) {
    text += (i == 0 ? "" : ", ") + (file.labels[i].empty() ? "default" : file.labels[i]);
  }
  return text + ")";
}

void announce(const RekeyedFile& file, const Options& options, const Session& session) {
  std::string verb = options.dry_run ? "would be rekeyed " : "rekeyed ";
  std::string what = file.whole_file ? verb : counted(file.rekeyed, "value") + " " + verb;
  if (file.written || (options.dry_run && file.rekeyed != 0)) {
    announce_file(file.path, what + vault_ids(file), "", session);
  } else if (file.rekeyed == 0 && options.tree.verbose) {
    session.say(in_quotes(file.path) + ": " +
                (file.already != 0 ? "under the new vault secret already" : "left, no secret of the chosen vault id"));
  }
}

/// Where the old password still stands, as far as it stands anywhere.
void name_sources(const RekeyReport& report, const keys::Keyring& old_keys, const Session& session) {
  using Kind = keys::KeySource::Kind;
  for (const keys::Key* key : report.replaced_keys) {
    keys::KeySource source = old_keys.source_of(*key);
    if (source.kind == Kind::prompt || source.kind == Kind::unlabelled_prompt) continue;
    bool is_script = source.kind != Kind::file;
    session.say(source.named_by + " names " + in_quotes(source.path) +
                (is_script ? ", which gives the old password: let it give the new one, or name another"
                           : ", which holds the old password: put the new one there, or name another file"));
  }
}

void summarize(const RekeyReport& report, const Options& options, const keys::Keyring& old_keys,
               const Session& session) {
  std::size_t secrets = 0, already = 0, left = 0, files = 0;
  for (const RekeyedFile& file : report.files) {
    bool counts = file.written || (options.dry_run && file.rekeyed != 0);
    secrets += counts ? file.rekeyed : 0;
    files += counts ? 1 : 0;
    already += file.already;
    left += file.left;
  }
  if (report.files.size() != 1 || files == 0) {
    std::string text = counted(secrets, "secret") + " in " + counted(files, "file") +
                       (options.dry_run ? " would be rekeyed" : " rekeyed");
    if (already != 0) text += ", " + std::to_string(already) + " under the new vault secret already";
    if (left != 0) text += ", " + std::to_string(left) + " left";
    session.say(text);
  }
  if (report.failures.empty() && !options.dry_run) name_sources(report, old_keys, session);
}

void warn_of_label(const Options& options, const RekeyReport& report, const std::string& label,
                   const Session& session) {
  if (options.relabel || options.new_vault_id.empty() || label.empty()) return;
  bool differs = std::ranges::any_of(report.files, [&](const RekeyedFile& file) {
    return file.written && file.labels != std::vector<std::string>{label};
  });
  if (differs) session.warner()("the secrets keep their vault ids; --relabel makes them " + in_quotes(label));
}

int end(const RekeyReport& report, const std::vector<Error>& unreadable, const Options& options, Session& session) {
  std::vector<Error> failures = unreadable;
  failures.insert(failures.end(), report.failures.begin(), report.failures.end());
  for (const Error& failure : failures) session.complain(regvault::tools::report(failure));
  if (report.stopped) {
    session.say("stopped after " + counted(report.written(), "file") +
                "; the same command does the rest: it takes what is rekeyed already for done");
  }
  if (failures.empty()) return 0;
  return options.keep_going ? exit_code(ErrorCode::failed) : exit_code(failures.front().code);
}

int rekey(const Options& options, Session& session) {
  if (std::ranges::count(options.tree.paths, "-") != 0) {
    throw Error(ErrorCode::usage, "standard input cannot be changed in place");
  }
  config::AnsibleConfig config = load_config(session);
  keys::Keyring old_keys = load_keyring(options.keys, config, session);
  std::optional<keys::Keyring> new_keys;
  std::string new_label;
  RekeyReport report;
  ProgressBar bar(session);
  Tree tree(options.tree, session, bar);
  if (tree.unreadable().empty() || options.keep_going) {
    workspace::RekeyRequest request{.files = tree.files(), .old_keys = old_keys.all_keys()};
    request.new_key = [&]() -> workspace::NewKey {
      bar.above([] {});
      new_keys.emplace(new_keyring(options, config, session));
      const keys::Key& key = new_keys->first_key();
      new_label = keys::label_for_header(key);
      return {&key, new_keys->sealing({}).salt};
    };
    request.ask_late = options.is_asked_for();
    request.only_label = options.only_vault_id;
    request.relabel = options.relabel;
    request.keep_going = options.keep_going;
    request.dry_run = options.dry_run;
    report = workspace::rekey(request, tree.skipped(), bar.progress(),
                              [&](std::string_view text) { bar.above([&] { session.warner()(text); }); });
    bar.above([] {});
    bool nothing_done = !report.failures.empty() && !options.keep_going && !report.stopped;
    if (!nothing_done) {
      for (const RekeyedFile& file : report.files) announce(file, options, session);
      warn_of_label(options, report, new_label, session);
      summarize(report, options, old_keys, session);
    }
  }
  return end(report, tree.unreadable(), options, session);
}

}  // namespace

Action configure_rekey(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_tree_options(app, options->tree)->required();
  auto* id =
      app.add_option("--new-vault-id", options->new_vault_id, "The new vault secret")->type_name("[LABEL@]SOURCE");
  app.add_option("--new-vault-password-file", options->new_password_file, "The new vault password's file or script")
      ->type_name("FILE")
      ->excludes(id);
  app.add_option("--only-vault-id", options->only_vault_id, "Only what the vault secret with this label opens")
      ->type_name("LABEL");
  app.add_flag("--relabel", options->relabel, "Write the new secret's label into the headers");
  app.add_flag("--keep-going", options->keep_going, "Leave out files that fail, and do the others");
  app.add_flag("--dry-run", options->dry_run, "Open everything, and change nothing");
  add_key_options(app, options->keys);
  app.footer(
      "\nVaults as whole files and !vault values. Without a new vault secret it is asked for, twice. Labels, modes and "
      "owners stay. Everything is opened and encrypted in memory before the first file is changed; what the new secret "
      "opens already counts as done, so the same command finishes an interrupted one.\n\n"
      "Examples:\n"
      "  regvault rekey --new-vault-password-file new.txt group_vars\n"
      "  regvault rekey --vault-id dev@old.txt --only-vault-id dev --new-vault-id dev@new.txt vault.yml");
  return [options, &session] { return rekey(*options, session); };
}

}  // namespace regvault::tools
