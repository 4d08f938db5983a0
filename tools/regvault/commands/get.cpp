#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/secret/base64.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "regvault/commands.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

struct Options {
  TargetOptions target;
  bool json = false;
  keys::KeyRequest keys;
};

void write_json(const vault_file::Target& target, const vault_file::Value& value, Session& session) {
  json::Document answer;
  json::Object& object = answer.root().as_object();
  object["file"] = as_utf8(target.file);
  object["key"] = yaml::to_string(target.key);
  object["line"] = value.line;
  object["encrypted"] = value.encrypted;
  if (value.encrypted) object["vault_id"] = value.label.empty() ? "default" : value.label;
  if (is_utf8(value.text.view())) {
    object["value"] = value.text.view();
  } else {
    object["value_base64"] = base64_of(value.text.view()).view();
  }
  session.write(answer.written().view());
  session.write("\n");
}

int get(const Options& options, Session& session) {
  vault_file::Target target = options.target.target();
  std::optional<keys::Keyring> keyring;
  vault_file::Value value = vault_file::get(target, load_on_demand(keyring, options.keys, session));
  if (options.json) {
    write_json(target, value, session);
    return 0;
  }
  session.write(value.text.view());
  if (session.output_is_terminal && !value.text.view().ends_with('\n')) session.write("\n");
  return 0;
}

}  // namespace

Action configure_get(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_target_options(app, options->target);
  app.add_flag("--json", options->json, "Print a JSON object: file, key, line, encrypted, vault_id, value");
  add_key_options(app, options->keys);
  app.footer(
      "\nThe exact bytes are printed; on a terminal a newline is added.\n\n"
      "Examples:\n"
      "  regvault get inventory.yml all.vars.iaas_console.ghcr_pat\n"
      "  regvault get --json --vault-id prod@prod.txt vars.yml prod_token");
  return [options, &session] { return get(*options, session); };
}

}  // namespace regvault::tools
