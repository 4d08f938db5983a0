#include <regvault/kubernetes/manifest_reader.hpp>

#include <cstdint>
#include <optional>
#include <set>

#include <regvault/yaml/document.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::kubernetes {
namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/// What both kinds of trees are asked for.
class YamlNode {
 public:
  explicit YamlNode(yaml::View view) : view_(view) {}
  std::string_view text() const { return view_.kind() == yaml::Kind::scalar ? view_.text() : std::string_view(); }
  std::size_t line() const { return view_.line(); }
  std::uintptr_t id() const { return view_.id(); }

  std::optional<YamlNode> child(std::string_view key) const {
    for (const yaml::View::Entry& entry : view_.entries()) {
      if (entry.key.text() == key) return YamlNode(entry.value);
    }
    return std::nullopt;
  }
  template <typename Visit>
  void each_member(const Visit& visit) const {
    for (const yaml::View::Entry& entry : view_.entries()) visit(entry.key.text(), YamlNode(entry.value));
  }
  template <typename Visit>
  void each_item(const Visit& visit) const {
    for (const yaml::View& item : view_.items()) visit(YamlNode(item));
  }

 private:
  yaml::View view_;
};

class JsonNode {
 public:
  explicit JsonNode(const json::Value& value) : value_(&value) {}
  std::string_view text() const {
    return value_->is_string() ? std::string_view(value_->get_string()) : std::string_view();
  }
  std::size_t line() const { return 0; }
  std::uintptr_t id() const { return reinterpret_cast<std::uintptr_t>(value_); }

  std::optional<JsonNode> child(std::string_view key) const {
    const json::Value* found = value_->is_object() ? value_->get_object().if_contains(key) : nullptr;
    return found != nullptr ? std::optional(JsonNode(*found)) : std::nullopt;
  }
  template <typename Visit>
  void each_member(const Visit& visit) const {
    if (!value_->is_object()) return;
    for (const auto& member : value_->get_object()) visit(std::string_view(member.key()), JsonNode(member.value()));
  }
  template <typename Visit>
  void each_item(const Visit& visit) const {
    if (!value_->is_array()) return;
    for (const json::Value& item : value_->get_array()) visit(JsonNode(item));
  }

 private:
  const json::Value* value_;
};

template <typename Node>
std::string text_of(const std::optional<Node>& node, std::string_view key) {
  std::optional<Node> value = node ? node->child(key) : std::nullopt;
  return value ? std::string(value->text()) : std::string();
}

template <typename Node>
std::vector<SecretManifest::Member> members(const Node& object, std::string_view key) {
  std::vector<SecretManifest::Member> out;
  if (std::optional<Node> data = object.child(key)) {
    data->each_member([&](std::string_view name, const Node& value) {
      out.push_back({std::string(name), SecretBytes::copy_of(value.text())});
    });
  }
  return out;
}

/// `seen`: an alias may name a List around it, or Lists of Lists be more than anybody can look at.
template <typename Node>
void collect(const Node& object, std::set<std::uintptr_t>& seen, std::vector<SecretManifest>& out) {
  if (!seen.insert(object.id()).second) return;
  const std::optional<Node> self = object;
  const std::string kind = text_of(self, "kind");
  if (kind.ends_with("List")) {
    if (std::optional<Node> items = object.child("items")) {
      items->each_item([&](const Node& item) { collect(item, seen, out); });
    }
    return;
  }
  if (kind != "Secret") return;
  const std::optional<Node> metadata = object.child("metadata");
  const std::optional<Node> annotations = metadata ? metadata->child("annotations") : std::nullopt;
  out.push_back({.name = text_of(metadata, "name"),
                 .name_space = text_of(metadata, "namespace"),
                 .type = text_of(self, "type"),
                 .line = object.line(),
                 .data = members(object, "data"),
                 .string_data = members(object, "stringData"),
                 .has_last_applied = annotations && annotations->child(kLastApplied).has_value()});
}

}  // namespace

std::vector<SecretManifest> secrets_in_yaml(std::string_view bytes, const std::string& name) {
  std::vector<SecretManifest> out;
  for (const yaml::Document& document : yaml::Document::parse_all(std::string(bytes), name)) {
    std::set<std::uintptr_t> seen;
    if (std::optional<yaml::View> root = document.root()) collect(YamlNode(*root), seen, out);
  }
  return out;
}

std::vector<SecretManifest> secrets_in_json(const json::Value& root) {
  std::vector<SecretManifest> out;
  std::set<std::uintptr_t> seen;
  collect(JsonNode(root), seen, out);
  return out;
}

}  // namespace regvault::kubernetes
