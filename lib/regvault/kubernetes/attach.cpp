#include <regvault/kubernetes/attach.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/kubernetes/names.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::kubernetes {
namespace {

using yaml::Path;
using yaml::Step;

constexpr std::string_view kList = "imagePullSecrets";

struct KindRow {
  std::string_view kind;
  std::string_view group;  ///< the API group, where the kind alone does not say it; empty: any
  std::string_view place;  ///< of the pod's specification; "[]": each item
};

constexpr std::array kKinds = {
    KindRow{"Pod", "", "spec"},
    KindRow{"PodTemplate", "", "template.spec"},
    KindRow{"Deployment", "", "spec.template.spec"},
    KindRow{"StatefulSet", "", "spec.template.spec"},
    KindRow{"DaemonSet", "", "spec.template.spec"},
    KindRow{"ReplicaSet", "", "spec.template.spec"},
    KindRow{"ReplicationController", "", "spec.template.spec"},
    KindRow{"Job", "batch", "spec.template.spec"},
    KindRow{"CronJob", "", "spec.jobTemplate.spec.template.spec"},
    KindRow{"SeldonDeployment", "", "spec.predictors.[].componentSpecs.[].spec"},
    KindRow{"Workflow", "argoproj.io", "spec"},
    KindRow{"WorkflowTemplate", "argoproj.io", "spec"},
    KindRow{"ClusterWorkflowTemplate", "argoproj.io", "spec"},
    KindRow{"CronWorkflow", "argoproj.io", "spec.workflowSpec"},
    KindRow{"Rollout", "argoproj.io", "spec.template.spec"},
    KindRow{"Service", "serving.knative.dev", "spec.template.spec"},
    KindRow{"ServiceAccount", "", ""},
};

/// A key of a mapping, whatever it comes from.
std::optional<yaml::View> child(const yaml::View& view, std::string_view key) {
  for (const yaml::View::Entry& entry : view.entries()) {
    if (entry.key.text() == key) return entry.value;
  }
  return std::nullopt;
}

std::string text_of(const yaml::View& view, std::string_view key) {
  std::optional<yaml::View> value = child(view, key);
  return value && value->kind() == yaml::Kind::scalar ? std::string(value->text()) : std::string();
}

const KindRow* row_of(const yaml::View& object) {
  const std::string kind = text_of(object, "kind"), version = text_of(object, "apiVersion");
  for (const KindRow& row : kKinds) {
    if (row.kind != kind) continue;
    if (row.group.empty() || version.starts_with(std::string(row.group) + "/")) return &row;
  }
  return nullptr;
}

/// Braces in braces that are no text: a template reads as a mapping whose key is a mapping. `seen`: what was looked at
/// already, as aliases may name the same mapping any number of times, or one around them.
bool is_template(const yaml::View& view, std::set<std::size_t>& seen) {
  if (!seen.insert(view.id()).second) return false;
  for (const yaml::View& item : view.items()) {
    if (is_template(item, seen)) return true;
  }
  for (const yaml::View::Entry& entry : view.entries()) {
    if (entry.key.kind() == yaml::Kind::mapping || is_template(entry.value, seen)) return true;
  }
  return false;
}

class Attaching {
 public:
  Attaching(std::string bytes, const std::string& name, const std::string& secret)
      : name_(name), secret_(secret), documents_(parsed(std::move(bytes))) {}

  Attached attached() {
    for (number_ = 0; number_ < documents_.size(); ++number_) {
      std::optional<yaml::View> root = documents_[number_].root();
      if (!root || root->kind() != yaml::Kind::mapping) continue;
      std::set<std::size_t> seen;
      if (is_template(*root, seen)) refuse_template(root->line());
      seen_.clear();
      visit(*root, {});
    }
    if (result_.places.empty()) {
      throw Error(ErrorCode::not_found, "nothing in this file runs pods, so nothing in it takes a pull secret",
                  no_place_hint_, {name_}, "no-place");
    }
    result_.bytes = yaml::Document::with_items(documents_, items_);
    return std::move(result_);
  }

 private:
  std::vector<yaml::Document> parsed(std::string bytes) {
    const bool has_braces = bytes.find("{{") != std::string::npos;
    try {
      return yaml::Document::parse_all(std::move(bytes), name_);
    } catch (Error& error) {
      if (has_braces && error.reason == "parse-error") error.hint = kTemplateHint;
      throw;
    }
  }

  [[noreturn]] void refuse_template(std::size_t line) const {
    throw Error(ErrorCode::unsupported, "this is a template ({{ }}), not a manifest", kTemplateHint, {name_, line},
                "template");
  }

  void visit(const yaml::View& object, const Path& at) {
    if (!seen_.insert(object.id()).second) return;  // an alias of what was visited: add() refuses what matters
    const std::string kind = text_of(object, "kind");
    if (kind.ends_with("List") && child(object, "items")) {
      const std::vector<yaml::View> items = child(object, "items")->items();
      for (std::size_t i = 0; i < items.size(); ++i) {
        Path path = at;
        path.insert(path.end(), {Step("items"), Step::item(i)});
        if (items[i].kind() == yaml::Kind::mapping) visit(items[i], path);
      }
      return;
    }
    const KindRow* row = row_of(object);
    if (row == nullptr) return;
    AttachedPlace place{.kind = kind, .name = {}, .line = object.line(), .path = {}};
    if (std::optional<yaml::View> metadata = child(object, "metadata")) place.name = text_of(*metadata, "name");
    std::vector<std::string_view> steps;
    if (!row->place.empty()) steps = split(row->place, '.');
    const std::size_t before = result_.places.size();
    go_down(object, steps, at, at.size(), place);
    if (result_.places.size() == before) {
      no_place_hint_ = kind + " " + in_quotes(place.name) + " has no " + std::string(row->place) +
                       ": attach the secret to its service account";
    }
  }

  /// `steps`: what is left of the way to the pod's specification.
  void go_down(const yaml::View& view, std::span<const std::string_view> steps, const Path& path, std::size_t object,
               const AttachedPlace& place) {
    if (steps.empty()) return add(view, path, object, place);
    if (steps[0] == "[]") {
      const std::vector<yaml::View> items = view.items();
      for (std::size_t i = 0; i < items.size(); ++i) {
        Path below = path;
        below.push_back(Step::item(i));
        go_down(items[i], steps.subspan(1), below, object, place);
      }
      return;
    }
    std::optional<yaml::View> next = child(view, steps[0]);
    if (!next) return;
    Path below = path;
    below.emplace_back(steps[0]);
    go_down(*next, steps.subspan(1), below, object, place);
  }

  void add(const yaml::View& spec, const Path& path, std::size_t object, AttachedPlace place) {
    if (spec.kind() != yaml::Kind::mapping) return;
    const yaml::Document& document = documents_[number_];
    Path list = path;
    list.emplace_back(kList);
    for (std::size_t steps = 0; steps <= list.size(); ++steps) {
      refuse_shared(document.find(Path(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(steps))));
    }
    place.path = yaml::to_string(Path(list.begin() + static_cast<std::ptrdiff_t>(object), list.end()));
    place.was_there = is_in(child(spec, kList));
    if (!place.was_there) items_.push_back({number_, list, "name", secret_});
    result_.places.push_back(std::move(place));
  }

  void refuse_shared(const std::optional<yaml::Value>& value) const {
    if (!value || value->alias_uses == 0) return;
    throw Error(ErrorCode::unsupported, "an alias elsewhere stands for this value: it would get the secret, too",
                "write the alias out, then run the command again", {name_, value->line, value->column},
                "anchor-in-use");
  }

  bool is_in(const std::optional<yaml::View>& list) const {
    if (!list || list->kind() == yaml::Kind::null) return false;
    const std::vector<yaml::View> items = list->items();
    const bool good = list->kind() == yaml::Kind::sequence &&
                      std::ranges::all_of(items, [](const auto& item) { return item.kind() == yaml::Kind::mapping; });
    if (!good) {
      throw Error(ErrorCode::unsupported, "\"imagePullSecrets\" is not a list of names here",
                  "its items look so: - name: " + secret_, {name_, list->line()}, "not-a-list");
    }
    return std::ranges::any_of(items, [&](const auto& item) { return text_of(item, "name") == secret_; });
  }

  static constexpr const char* kTemplateHint =
      "for a Helm chart, put the secret into its values, or attach it to what helm template prints";

  const std::string& name_;
  const std::string& secret_;
  std::vector<yaml::Document> documents_;
  std::size_t number_ = 0;  // of the document
  std::set<std::size_t> seen_;
  std::vector<yaml::Document::NewItem> items_;
  Attached result_;
  std::string no_place_hint_ =
      "Pod, Deployment, StatefulSet, DaemonSet, Job, CronJob, SeldonDeployment, "
      "ServiceAccount and others do";
};

}  // namespace

std::size_t Attached::changes() const {
  return static_cast<std::size_t>(std::ranges::count(places, false, &AttachedPlace::was_there));
}

Attached attach_pull_secret(std::string bytes, const std::string& name, const std::string& secret) {
  check_name(secret, "secret");
  return Attaching(std::move(bytes), name, secret).attached();
}

}  // namespace regvault::kubernetes
