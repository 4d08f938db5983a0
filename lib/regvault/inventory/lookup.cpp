#include <regvault/inventory/lookup.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include <regvault/base/text.hpp>
#include <regvault/keys/keyring.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::inventory {
namespace {

using yaml::View;

/// `seen`: what was gone down already, as an alias may name a mapping around it.
std::optional<View> node_below(const View& view, std::size_t id, std::set<std::size_t>& seen) {
  if (view.id() == id) return view;
  if (!seen.insert(view.id()).second) return std::nullopt;
  std::vector<View> below = view.kind() == yaml::Kind::sequence ? view.items() : std::vector<View>();
  if (view.kind() == yaml::Kind::mapping) {
    for (const View::Entry& entry : view.entries()) below.push_back(entry.value);
  }
  for (const View& one : below) {
    if (std::optional<View> found = node_below(one, id, seen)) return found;
  }
  return std::nullopt;
}

Where where(const Place& place) {
  return {place.file->path, place.line};
}

SecretBytes decrypted(const View& vault, const std::string& name, const Link& link, const vault_file::Keys& keys) {
  std::optional<keys::Keyring::Opened> opened = keys().open(std::string(vault.text()), link.place.file->path);
  if (!opened) throw keys::no_key_opens(in_quotes(name), link.vault_label, where(link.place));
  return std::move(opened->plaintext);
}

SecretBytes text_at(const Link& link, const std::string& name, const vault_file::Keys& keys) {
  FileContents contents = FileReader(keys).read(link.place.file->path);
  const yaml::Document document = yaml::Document::parse(std::string(contents.text.view()), link.place.file->path);
  std::optional<View> top = document.root();
  std::set<std::size_t> seen;
  std::optional<View> node = top ? node_below(*top, *link.node, seen) : std::nullopt;
  if (!node || node->kind() != yaml::Kind::scalar) {
    throw Error(ErrorCode::file_access, "the file changed while it was read", "run the command again",
                where(link.place), "changed");
  }
  if (link.form == Form::vault) return decrypted(*node, name, link, keys);
  return SecretBytes::copy_of(node->text());
}

[[noreturn]] void refuse(const Chain& chain, const std::string& host, const std::string& why, const Link& link) {
  throw Error(ErrorCode::unsupported, in_quotes(yaml::to_string(chain.path)) + " of " + in_quotes(host) + " " + why, {},
              where(link.place), "no-value");
}

const Link& winner_of(const Chain& chain, const std::string& host) {
  auto winner = std::ranges::find(chain.links, Role::wins, &Link::role);
  if (winner == chain.links.end()) {
    throw Error(ErrorCode::not_found, in_quotes(yaml::to_string(chain.path)) + " is not set for " + in_quotes(host),
                "regvault explain shows every place that is looked at", {}, "not-set");
  }
  if (chain.unknown != Unknown::nothing) refuse(chain, host, "is a template that only Ansible can fill in", *winner);
  if (winner->form == Form::mapping || winner->form == Form::list || winner->form == Form::null) {
    refuse(chain, host, "is no text", *winner);
  }
  if (!winner->node) refuse(chain, host, "stands in no YAML file", *winner);
  return *winner;
}

}  // namespace

Found lookup(const Model& model, const std::string& host, const yaml::Path& path, const vault_file::Keys& keys,
             const WarningSink& warn) {
  const Chain chain = explain(model, host, path);
  const Chain* end = &chain;
  bool is_certain = !may_be_otherwise(chain);
  while (end->referred) {
    end = end->referred.get();
    is_certain = is_certain && !may_be_otherwise(*end);
  }
  const Link& winner = winner_of(*end, host);
  if (!is_certain) {
    warn("a source that cannot be read may set " + in_quotes(yaml::to_string(path)) + " of " + in_quotes(host) +
         " otherwise: see regvault explain");
  }
  return {text_at(winner, yaml::to_string(end->path), keys), winner.place};
}

}  // namespace regvault::inventory
