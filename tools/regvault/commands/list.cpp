#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/workspace/list.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/key_options.hpp"
#include "regvault/report.hpp"
#include "regvault/table.hpp"
#include "regvault/tree_options.hpp"

namespace regvault::tools {
namespace {

using workspace::Listed;
using workspace::Listing;

struct Options {
  TreeOptions tree;
  bool try_keys = false;
  bool as_tree = false;
  bool json = false;
  keys::KeyRequest keys;
};

std::string vault_id(const Listed& secret) {
  if (secret.kind == Listed::Kind::clear) return {};
  return secret.label.empty() ? "default" : secret.label;
}

std::string key_of(const Listed& secret) {
  if (secret.kind == Listed::Kind::whole_file) return {};
  std::string key = yaml::to_string(secret.key);
  return secret.document == 0 ? key : key + " (document " + std::to_string(secret.document) + ")";
}

std::string same_as(const Listed& secret) {
  return secret.same_as ? "#" + std::to_string(*secret.same_as + 1) : "";
}

bool is_broken(const Listed& secret) {
  return secret.broken.has_value();
}

bool is_violation(const Listed& secret) {
  return !secret.violation.empty();
}

std::string as_table(const Listing& listing, bool tried) {
  bool any_broken = std::ranges::any_of(listing.secrets, is_broken);
  bool any_violation = std::ranges::any_of(listing.secrets, is_violation);
  std::vector<std::vector<std::string>> rows{{"#", "PLACE", "KEY", "KIND", "VAULT ID"}};
  if (tried) rows[0].insert(rows[0].end(), {"OPENED BY", "SAME AS"});
  if (any_broken) rows[0].push_back("BROKEN");
  if (any_violation) rows[0].push_back("VIOLATION");
  for (const Listed& secret : listing.secrets) {
    std::vector<std::string>& row = rows.emplace_back();
    row = {std::to_string(rows.size() - 1), secret.where.file + ":" + std::to_string(secret.where.line), key_of(secret),
           std::string(name_of(secret.kind)), is_broken(secret) ? "" : vault_id(secret)};
    if (tried) row.insert(row.end(), {secret.opened_by ? secret.opened_by->label : "", same_as(secret)});
    if (any_broken) row.push_back(is_broken(secret) ? secret.broken->message : "");
    if (any_violation) row.push_back(secret.violation);
  }
  return rows.size() == 1 ? "" : table(rows);
}

/// What a line of the tree says behind the name.
std::string remarks(const Listed& secret, bool tried) {
  std::string line = "line " + std::to_string(secret.where.line);
  std::string text = secret.kind == Listed::Kind::whole_file ? "whole file" : line;
  if (is_broken(secret)) return text + ", broken: " + escaped(secret.broken->message);
  bool is_vault = secret.kind == Listed::Kind::value || secret.kind == Listed::Kind::whole_file;
  if (is_vault) text += ", vault id " + escaped(vault_id(secret));
  if (tried && is_vault) text += ", opened by " + (secret.opened_by ? escaped(secret.opened_by->label) : "none");
  if (is_violation(secret)) text += ", " + secret.violation;
  return text + (secret.same_as ? ", same as " + same_as(secret) : "");
}

/// The folders of a path that the line before was not in, each on a line of its own.
std::string folders(const std::string& path, const std::string& before) {
  std::string out;
  std::size_t depth = 0;
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1), ++depth) {
    std::string_view folder(path.data(), slash + 1);
    if (before.starts_with(folder)) continue;
    std::size_t begin = slash == 0 ? 0 : path.rfind('/', slash - 1) + 1;  // npos + 1 is 0
    out += std::string(2 * depth, ' ') + escaped(folder.substr(begin)) + "\n";
  }
  return out;
}

std::string as_tree(const Listing& listing, bool tried) {
  std::string out, before;
  for (std::size_t i = 0; i < listing.secrets.size(); ++i) {
    const Listed& secret = listing.secrets[i];
    const std::string& file = secret.where.file;
    std::string indent(static_cast<std::size_t>(2 * std::ranges::count(file, '/')), ' ');
    std::string number = "#" + std::to_string(i + 1) + "  ";
    bool is_whole = secret.kind == Listed::Kind::whole_file;
    if (file != before) {
      out += folders(file, before) + indent + escaped(file.substr(file.rfind('/') + 1));
      out += (is_whole ? "  " + number + remarks(secret, tried) : "") + "\n";
    }
    if (!is_whole) out += indent + "  " + number + escaped(key_of(secret)) + "  " + remarks(secret, tried) + "\n";
    before = file;
  }
  return out;
}

json::Object as_object(const Listed& secret, std::size_t number, bool tried, const json::Document& answer) {
  json::Object object(answer.root().storage());
  object["number"] = number;
  object["file"] = as_utf8(secret.where.file);
  object["line"] = secret.where.line;
  if (secret.kind != Listed::Kind::whole_file) object["key"] = yaml::to_string(secret.key);
  if (secret.document != 0) object["document"] = secret.document;
  std::string kind(name_of(secret.kind));
  std::ranges::replace(kind, ' ', '_');
  object["kind"] = kind;
  if (is_broken(secret)) {
    object["broken"] = as_utf8(secret.broken->message);
    return object;
  }
  if (is_violation(secret)) object["violation"] = as_utf8(secret.violation);
  if (secret.kind != Listed::Kind::clear) object["vault_id"] = vault_id(secret);
  if (!tried) return object;
  object["opened_by"] = nullptr;
  if (secret.opened_by) object["opened_by"] = as_utf8(secret.opened_by->label);
  if (secret.same_as) object["same_as"] = *secret.same_as + 1;
  return object;
}

void write_json(const Listing& listing, bool tried, Session& session) {
  json::Document answer;
  json::Array& secrets = answer.root().as_object()["secrets"].emplace_array();
  for (const Listed& secret : listing.secrets) {
    secrets.emplace_back(as_object(secret, secrets.size() + 1, tried, answer));
  }
  json::Array& failures = answer.root().as_object()["failures"].emplace_array();
  for (const Error& failure : listing.failures) failures.emplace_back(as_utf8(failure.what()));
  session.write(answer.written().view());
  session.write("\n");
}

int list(const Options& options, Session& session) {
  std::optional<keys::Keyring> keyring;
  std::vector<const keys::Key*> keys;
  if (options.try_keys) keys = keyring.emplace(load_keyring(options.keys, session)).all_keys();
  Listing listing;
  {
    ProgressBar bar(session);
    Tree tree(options.tree, session, bar);
    config::CreationRules rules(session.warner());
    listing = workspace::list(tree.files(), keys, rules, tree.skipped(), bar.progress());
    listing.failures.insert(listing.failures.begin(), tree.unreadable().begin(), tree.unreadable().end());
  }
  if (options.json) {
    write_json(listing, options.try_keys, session);
  } else {
    session.write(options.as_tree ? as_tree(listing, options.try_keys) : as_table(listing, options.try_keys));
    if (listing.secrets.empty() && listing.failures.empty()) session.say("no secrets found");
  }
  for (const Error& failure : listing.failures) session.complain(report(failure));
  if (!listing.failures.empty()) return exit_code(listing.failures.front().code);
  bool is_fine =
      std::ranges::none_of(listing.secrets, is_broken) && std::ranges::none_of(listing.secrets, is_violation);
  return is_fine ? 0 : kNeedsAttention;
}

}  // namespace

Action configure_list(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_tree_options(app, options->tree);
  app.add_flag("--try-keys", options->try_keys, "Say which vault secret opens each, what is inside, which are equal");
  auto* json = app.add_flag("--json", options->json, "Print a JSON object: secrets, failures");
  app.add_flag("--tree", options->as_tree, "Print a tree of folders and files instead of a table")->excludes(json);
  add_key_options(app, options->keys);
  app.footer(
      "\nWithout PATH: the current directory. What git ignores, symlinks, binary files and files of more than 64 MiB "
      "are left out below directories. No value is shown. Vault secrets are used with --try-keys only.\n\n"
      "Examples:\n"
      "  regvault list\n"
      "  regvault list --try-keys --vault-id prod@prod.txt group_vars inventory.yml\n"
      "  regvault list --tree inventory.yml");
  return [options, &session] { return list(*options, session); };
}

}  // namespace regvault::tools
