#include <algorithm>
#include <array>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/inventory/explain.hpp>
#include <regvault/json/document.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/inventory_options.hpp"
#include "regvault/key_options.hpp"

namespace regvault::tools {
namespace {

using inventory::Chain;
using inventory::Form;
using inventory::Link;
using inventory::Role;
using inventory::Unknown;
using inventory::Unread;

constexpr std::string_view kNotInFiles = "not known from files alone: play, role, task and extra vars, facts\n";

struct Options {
  InventoryOptions inventory;
  std::string host;
  std::string variable;
  bool json = false;
  keys::KeyRequest keys;
};

std::string name_of(Form form) {
  constexpr std::array kNames = {"null", "plain", "template", "encrypted", "mapping", "list"};
  return kNames[static_cast<std::size_t>(form)];
}

std::string shown_label(const std::string& label) {
  return label.empty() ? "default" : label;
}

std::string_view text_of(Unknown unknown) {
  switch (unknown) {
    case Unknown::not_set:
      return "not set";
    case Unknown::is_template:
      return "a template that is more than a name";
    case Unknown::magic:
      return "a variable that Ansible sets itself";
    case Unknown::endless:
      return "a template that refers to itself";
    default:
      return "";
  }
}

bool is_of_host(const Link& link) {
  return link.level >= inventory::Level::host_inventory;
}

class Output {
 public:
  Output(const Options& options, const Session& session) : options_(options), session_(session) {}

  void write(const Chain& chain, const std::vector<Unread>& unread) const {
    std::string text;
    append(chain, text);
    for (const Unread& one : unread) {
      text += "unknown: " + place(one.source, one.line) + ": " + one.message + "\n";
    }
    session_.write(text + std::string(kNotInFiles));
  }

 private:
  struct Row {
    std::string mark, place, entity, form, role;
  };

  /// Relative to where the user is, when it is there.
  std::string place(const std::string& path, std::size_t line) const {
    const std::string here = session_.working_directory + "/";
    const std::string shown = escaped(path.starts_with(here) ? path.substr(here.size()) : path);
    return line == 0 ? shown : shown + ":" + std::to_string(line);
  }

  static std::string form_of(const Link& link) {
    const std::optional<std::string>& vault = link.place.file->vault_label;
    if (link.form == Form::vault) return "encrypted (vault id " + escaped(shown_label(link.vault_label)) + ")";
    return name_of(link.form) + (vault ? ", in a vault (vault id " + escaped(shown_label(*vault)) + ")" : "");
  }

  Row row_of(const Link& link, const yaml::Path& path) const {
    Row row;
    row.mark = link.role == Role::wins ? "* " : link.role == Role::hides ? "! " : "  ";
    row.entity = (is_of_host(link) ? "host " : "group ") + escaped(link.entity);
    if (link.unread) {
      row.place = place(link.unread->source, link.unread->line);
      row.form = "unknown: " + link.unread->message;
      return row;
    }
    row.place = place(link.place.file->path, link.place.line);
    row.form = form_of(link);
    if (link.role == Role::hides) {
      row.role = "without " + in_quotes(yaml::to_string(yaml::Path(path.begin() + link.steps, path.end())));
    } else if (link.role != Role::wins) {
      row.role = inventory::name_of(link.role);
    }
    return row;
  }

  void append(const Chain& chain, std::string& text) const {
    text += yaml::to_string(chain.path) + " for " + escaped(options_.host) + "\n";
    std::vector<Row> rows;
    std::array<std::size_t, 3> widths{};
    for (const Link& link : chain.links) {
      const Row& row = rows.emplace_back(row_of(link, chain.path));
      widths = {std::max(widths[0], row.place.size()), std::max(widths[1], row.entity.size()),
                std::max(widths[2], link.unread ? 0 : row.form.size())};
    }
    auto padded = [](std::string field, std::size_t width) {
      field.resize(std::max(width, field.size()), ' ');
      return field + "  ";
    };
    for (const Row& row : rows) {
      std::string line = "  " + row.mark + padded(row.place, widths[0]) + padded(row.entity, widths[1]) +
                         padded(row.form, widths[2]) + row.role;
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    append_end(chain, text);
  }

  void append_end(const Chain& chain, std::string& text) const {
    if (chain.referred) {
      append(*chain.referred, text);
      return;
    }
    const std::string not_set = may_be_otherwise(chain) ? "not set, as far as is known" : "not set";
    auto hiding = std::ranges::find(chain.links, Role::hides, &Link::role);
    if (hiding != chain.links.end()) {
      const yaml::Path kept(chain.path.begin(), chain.path.begin() + hiding->steps);
      const yaml::Path missing(chain.path.begin() + hiding->steps, chain.path.end());
      text += not_set + ": " + place(hiding->place.file->path, hiding->place.line) + " sets " +
              in_quotes(yaml::to_string(kept)) + " without " + in_quotes(yaml::to_string(missing)) +
              ", and the whole of it counts\n";
    } else if (chain.unknown == Unknown::not_set) {
      text += not_set + "\n";
    } else if (chain.unknown != Unknown::nothing) {
      text += "unknown: " + std::string(text_of(chain.unknown)) + "\n";
    }
  }

  const Options& options_;
  const Session& session_;
};

json::Object json_of(const Unread& unread) {
  json::Object object{{"source", as_utf8(unread.source)}};
  if (unread.line != 0) object["line"] = unread.line;
  object["reason"] = inventory::name_of(unread.reason);
  object["message"] = as_utf8(unread.message);
  return object;
}

json::Object json_of(const Link& link) {
  json::Object object{{"role", inventory::name_of(link.role)}};
  object["level"] = inventory::name_of(link.level);
  object[is_of_host(link) ? "host" : "group"] = as_utf8(link.entity);
  if (link.unread) {
    object["unknown"] = json_of(*link.unread);
    return object;
  }
  object["file"] = as_utf8(link.place.file->path);
  if (link.place.line != 0) object["line"] = link.place.line;
  object["form"] = name_of(link.form);
  if (link.form == Form::vault) object["vault_id"] = as_utf8(shown_label(link.vault_label));
  if (link.place.file->vault_label) object["file_vault_id"] = as_utf8(shown_label(*link.place.file->vault_label));
  return object;
}

json::Object json_of(const Chain& chain) {
  json::Object object{{"key", as_utf8(yaml::to_string(chain.path))}, {"set", chain.is_set}};
  json::Array links;
  for (const Link& link : chain.links) links.push_back(json_of(link));
  object["places"] = std::move(links);
  if (chain.unknown != Unknown::nothing) object["unknown"] = text_of(chain.unknown);
  if (chain.referred) object["refers_to"] = json_of(*chain.referred);
  return object;
}

void write_json(const Options& options, const Chain& chain, const std::vector<Unread>& unread, Session& session) {
  json::Document answer;
  json::Object& object = answer.root().as_object();
  object["host"] = as_utf8(options.host);
  for (const auto& member : json_of(chain)) object[member.key()] = member.value();
  json::Array sources;
  for (const Unread& one : unread) sources.push_back(json_of(one));
  object["unknown_sources"] = std::move(sources);
  session.write(answer.written().view());
  session.write("\n");
}

/// Whether a source that counts, or the end of a reference, is not known.
bool is_uncertain(const Chain& chain, bool is_referred = false) {
  if (may_be_otherwise(chain)) return true;
  if (chain.referred) return is_uncertain(*chain.referred, true);
  return chain.unknown != Unknown::nothing && (is_referred || chain.unknown != Unknown::not_set);
}

int explain(const Options& options, Session& session) {
  const yaml::Path path = yaml::parse_path(options.variable);
  std::optional<keys::Keyring> keyring;
  inventory::Model model = load_inventory(options.inventory, options.keys, keyring, session);
  if (!model.has_host(options.host)) {
    for (const Unread& one : model.unread()) session.warner()(in_quotes(one.source) + ": " + one.message);
  }
  const Chain chain = inventory::explain(model, options.host, path);
  if (options.json) {
    write_json(options, chain, model.unread(), session);
  } else {
    Output(options, session).write(chain, model.unread());
  }
  if (!model.unread().empty() || is_uncertain(chain)) return kNeedsAttention;
  return chain.is_set ? 0 : 4;
}

}  // namespace

Action configure_explain(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_inventory_options(app, options->inventory);
  app.add_option("HOST", options->host, "A host of the inventory")->required()->type_name("");
  app.add_option("VAR", options->variable, "A variable, or a path in one: iaas_console.ghcr_pat")
      ->required()
      ->type_name("");
  app.add_flag("--json", options->json, "Print a JSON object");
  add_key_options(app, options->keys);
  app.footer(
      "\nPrints every place that sets the variable for the host, the later ones counting more, and marks the one that\n"
      "counts with *. Values are not shown. Nothing is run: programs and plugins that would add to the inventory are\n"
      "named as unknown.\n\n"
      "Examples:\n"
      "  regvault explain -i inventory.yml gpu-01 iaas_console\n"
      "  regvault explain --json -i inventory.yml --playbook-dir . gpu-01 iaas_console");
  return [options, &session] { return explain(*options, session); };
}

}  // namespace regvault::tools
