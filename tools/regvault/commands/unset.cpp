#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  TargetOptions target;
  bool dry_run = false;
  bool json = false;
  keys::KeyRequest keys;
};

void announce(const vault_file::Target& target, const vault_file::Written& written, const Options& options,
              Session& session) {
  std::string key = yaml::to_string(target.key);
  if (!options.json) {
    session.announce(escaped(target.file) + ":" + std::to_string(written.line) + ": " + key +
                     (options.dry_run ? " would be removed\n" : " removed\n"));
    return;
  }
  json::Document answer;
  json::Object& object = answer.root().as_object();
  object["file"] = as_utf8(target.file);
  object["key"] = key;
  object["line"] = written.line;
  object["change"] = vault_file::name_of(written.change);
  session.announce(std::string(answer.written().view()) + "\n");
}

int unset(const Options& options, Session& session) {
  vault_file::Target target = options.target.target();
  std::optional<keys::Keyring> keyring;
  vault_file::Keys keys = load_on_demand(keyring, options.keys, session);
  vault_file::Written written = vault_file::unset(target, options.dry_run, keys, session.warner());
  if (written.change == vault_file::Change::unchanged) vault_file::check(target, {}, keys);  // says what is not there
  announce(target, written, options, session);
  return 0;
}

}  // namespace

Action configure_unset(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_target_options(app, options->target);
  app.add_flag("--dry-run", options->dry_run, "Change nothing, and say what would be");
  app.add_flag("--json", options->json, "Say what was done as a JSON object");
  add_key_options(app, options->keys);
  app.footer(
      "\nThe key's lines and the comment behind it go; every other byte stays.\n\n"
      "Examples:\n"
      "  regvault unset inventory.yml all.vars.iaas_console.ghcr_pat\n"
      "  regvault unset --dry-run group_vars/all/vault.yml old_token");
  return [options, &session] { return unset(*options, session); };
}

}  // namespace regvault::tools
