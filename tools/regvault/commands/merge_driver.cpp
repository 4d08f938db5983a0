#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/system/file_update.hpp>
#include <regvault/vault_file/merge.hpp>

#include "regvault/commands.hpp"
#include "regvault/git_program.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

constexpr int kConflict = 1;  // what git expects

struct Options {
  std::string base, ours, theirs, path;
  keys::KeyRequest keys;
};

int merge_driver(const Options& options, Session& session) {
  const std::string& name = options.path.empty() ? options.ours : options.path;
  SecretBytes base = read_secret_file(options.base), ours = read_secret_file(options.ours),
              theirs = read_secret_file(options.theirs);
  keys::Keyring keyring = keyring_without_prompts(options.keys, session);
  vault_file::Merge merge =
      vault_file::merge_versions({base.view(), ours.view(), theirs.view()}, name, keyring, session.environment);
  if (merge.bytes != ours.view()) {
    FileUpdate update = FileUpdate::begin(options.ours);
    update.commit(merge.bytes, session.warner());
  }
  for (const std::string& conflict : merge.conflicts) session.say("conflict in " + escaped(name) + ": " + conflict);
  return merge.conflicts.empty() ? 0 : kConflict;
}

}  // namespace

Action configure_merge_driver(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  app.add_option("BASE", options->base, "The version both began with (%O)")->required()->type_name("");
  app.add_option("OURS", options->ours, "Our version (%A); the result replaces it")->required()->type_name("");
  app.add_option("THEIRS", options->theirs, "Their version (%B)")->required()->type_name("");
  app.add_option("PATH", options->path, "The file's name, for messages (%P)")->type_name("");
  add_key_options(app, options->keys);
  app.footer(
      "\ngit runs it: see regvault git. A secret that both sides changed stays ours, and the exit code is 1. Nothing "
      "is\n"
      "ever asked, and no value is written in the clear.\n\n"
      "Examples:\n"
      "  regvault merge-driver base.yml ours.yml theirs.yml group_vars/all.yml");
  return [options, &session] { return merge_driver(*options, session); };
}

}  // namespace regvault::tools
