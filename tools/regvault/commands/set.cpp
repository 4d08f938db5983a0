#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"
#include "regvault/value_source.hpp"

namespace regvault::tools {
namespace {

struct Options {
  TargetOptions target;
  std::optional<std::size_t> indent;
  bool plain = false, encrypted = false;
  bool parents = false, no_create = false;
  bool force = false, json = false;
  ValueSource source;
  keys::KeyRequest keys;
  std::optional<std::string> encrypt_vault_id;
};

vault_file::SetOptions set_options(const Options& options) {
  vault_file::SetOptions set;
  set.form = options.plain       ? vault_file::Form::plain
             : options.encrypted ? vault_file::Form::payload
                                 : vault_file::Form::to_encrypt;
  set.layout.indent = options.indent;
  set.layout.create = options.parents     ? yaml::Layout::Create::parents
                      : options.no_create ? yaml::Layout::Create::none
                                          : yaml::Layout::Create::last_key;
  set.encrypt_vault_id = options.encrypt_vault_id;
  set.force = options.force;
  return set;
}

void announce(const vault_file::Target& target, const vault_file::Written& written, const Options& options,
              Session& session) {
  std::string key = yaml::to_string(target.key);
  std::string label = options.plain ? "" : written.label.empty() ? "default" : written.label;
  if (options.json) {
    json::Document answer;
    json::Object& object = answer.root().as_object();
    object["file"] = as_utf8(target.file);
    object["key"] = key;
    object["line"] = written.line;
    object["change"] = vault_file::name_of(written.change);
    object["encrypted"] = !options.plain;
    if (!label.empty()) object["vault_id"] = label;
    session.announce(std::string(answer.written().view()) + "\n");
    return;
  }
  std::string text = escaped(target.file) + ":" + std::to_string(written.line) + ": " + key + " ";
  text += written.change == vault_file::Change::unchanged ? "has this value already: nothing changed"
                                                          : std::string(vault_file::name_of(written.change));
  if (!label.empty() && written.change != vault_file::Change::unchanged) text += " (vault id " + label + ")";
  session.announce(text + "\n");
}

void warn_against_plain(const vault_file::Target& target, const config::CreationRule& rule, const Session& session) {
  if (!rule.wants_encrypted(target.key)) return;
  session.warner()(in_quotes(yaml::to_string(target.key)) + " is in the clear, and " + rule.name() +
                   " wants it encrypted");
}

int set(const Options& options, Session& session) {
  vault_file::Target target = options.target.target();
  vault_file::SetOptions how = set_options(options);
  config::CreationRules rules(session.warner());
  const config::CreationRule* rule = rules.find(target.file);
  std::optional<keys::Keyring> keyring;
  keys::KeyRequest request = options.keys;
  vault_file::Keys keys = load_on_demand(keyring, request, session, rule);
  vault_file::Present present = vault_file::check(target, how, keys);  // before anyone types a secret

  ValueSource source = options.source;
  source.allow_empty = options.force;
  SecretBytes value = read_value(source, yaml::to_string(target.key), session);
  check_token(value.view(), options.force, session.warner());
  if (how.form == vault_file::Form::to_encrypt) warn_of_bytes(value.view(), session.warner());

  request.confirm_prompts = !present.encrypted;  // a first password is typed twice, one that opens something is not
  vault_file::Written written = vault_file::set(target, value.view(), how, keys, session.warner());
  if (rule && options.plain) warn_against_plain(target, *rule, session);
  announce(target, written, options, session);
  return 0;
}

}  // namespace

Action configure_set(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_target_options(app, options->target);
  auto* plain = app.add_flag("--plain", options->plain, "Write the value in the clear");
  auto* encrypted =
      app.add_flag("--encrypted", options->encrypted, "The value is a vault payload already: store it as it is")
          ->excludes(plain);
  auto* parents = app.add_flag("--parents", options->parents, "Create missing parent keys too");
  app.add_flag("--no-create", options->no_create, "Only replace a key that is there")->excludes(parents);
  app.add_option("--indent", options->indent, "How much deeper than its key a new block stands")
      ->type_name("N")
      ->check(CLI::Range(1, 60).description("1 to 60"));
  app.add_flag("--force", options->force,
               "Store an empty value, or a damaged token; replace a template, or a vault that cannot be opened");
  app.add_flag("--json", options->json, "Say what was done as a JSON object");
  add_value_options(app, options->source);
  add_key_options(app, options->keys);
  add_encrypt_option(app, options->encrypt_vault_id)->excludes(plain)->excludes(encrypted);
  app.footer(
      "\nExamples:\n"
      "  regvault set inventory.yml all.vars.iaas_console.ghcr_pat\n"
      "  gh auth token | regvault set --stdin inventory.yml all.vars.iaas_console.ghcr_pat\n"
      "  regvault set --from-env CR_PAT --vault-id prod@prod.txt vars.yml prod_token\n"
      "  regvault set --plain --from-file region.txt inventory.yml all.vars.region");
  return [options, &session] { return set(*options, session); };
}

}  // namespace regvault::tools
