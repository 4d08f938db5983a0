#include <regvault/inventory/model.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>

#include <regvault/config/ansible_path.hpp>
#include <regvault/inventory/graph.hpp>
#include <regvault/inventory/sources.hpp>
#include <regvault/inventory/vars_files.hpp>

namespace regvault::inventory {
namespace {

constexpr std::array<std::string_view, 9> kLevelNames = {
    "all_inventory",       "groups_inventory", "all_plugins_inventory",  "all_plugins_play", "groups_plugins_inventory",
    "groups_plugins_play", "host_inventory",   "host_plugins_inventory", "host_plugins_play"};
constexpr std::size_t kGroupLevels = 6;

bool is_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

/// The directories whose group_vars and host_vars count, in the order of the sources.
std::vector<std::string> directories_of(const std::vector<std::string>& sources) {
  std::vector<std::string> directories;
  for (const std::string& source : sources) {
    if (source.empty() || is_host_list(source)) continue;
    directories.push_back(is_directory(source) ? source : config::directory_of(source));
  }
  return directories;
}

std::vector<Level> group_levels(const std::vector<std::string>& precedence) {
  std::vector<Level> levels;
  for (const std::string& name : precedence) {
    auto found = std::find(kLevelNames.begin(), kLevelNames.begin() + kGroupLevels, name);
    if (found != kLevelNames.begin() + kGroupLevels) {
      levels.push_back(static_cast<Level>(found - kLevelNames.begin()));
    }
  }
  return levels;
}

/// What the implicit localhost has before anybody sets anything.
const std::vector<Variable>& localhost_variables() {
  static const std::vector<Variable> kVariables = [] {
    auto file = std::make_shared<SourceFile>(SourceFile{"(Ansible's implicit localhost)", std::nullopt});
    auto value = std::make_shared<Value>(Value{.form = Form::plain});
    return std::vector<Variable>{{"ansible_python_interpreter", {file, 0}, value},
                                 {"ansible_connection", {file, 0}, value}};
  }();
  return kVariables;
}

/// Combines settings in the same nesting as Ansible, which matters when hashes are merged: within a part, the parts of
/// a level, the levels.
class Combination {
 public:
  explicit Combination(bool merge) : merge_(merge) {}

  void add(const Setting& setting) {
    if (!setting.variable) return;
    if (level_ && (setting.level != *level_ || setting.part != part_number_)) close_part();
    if (level_ && setting.level != *level_) close_level();
    level_ = setting.level;
    part_number_ = setting.part;
    lay_over(part_, *setting.variable);
  }

  std::optional<Variable> result() {
    close_part();
    close_level();
    return std::move(total_);
  }

 private:
  void lay_over(std::optional<Variable>& under, const Variable& over) const {
    under = merge_ && under ? merged(*under, over) : over;
  }

  void close_part() {
    if (part_) lay_over(level_value_, *part_);
    part_.reset();
  }

  void close_level() {
    if (level_value_) lay_over(total_, *level_value_);
    level_value_.reset();
  }

  bool merge_;
  std::optional<Level> level_;
  std::size_t part_number_ = 0;
  std::optional<Variable> part_, level_value_, total_;
};

}  // namespace

std::string_view name_of(Level level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

struct Model::State {
  explicit State(const Options& options)
      : graph(options.config.valid_group_names),
        reader(options.keys),
        files(reader, options.config.yaml_extensions),
        levels(group_levels(options.config.precedence)),
        merge(options.config.merge_hashes),
        playbook_directory(options.playbook_directory) {}

  Graph graph;
  FileReader reader;
  VarsFiles files;
  std::vector<std::string> directories;
  std::vector<Level> levels;
  bool merge;
  bool reads_vars_files = true;
  std::string playbook_directory;
  std::vector<Unread> unread;
};

namespace {

/// Goes over everything that is set for one host.
class Collector {
 public:
  Collector(VarsFiles& files, std::optional<std::string_view> name) : files_(files), name_(name) {}

  void add_variables(Level level, std::size_t part, const std::string& entity, const std::vector<Variable>& variables) {
    for (const Variable& variable : variables) {
      if (!name_ || variable.name == *name_) settings_.push_back({level, part, entity, &variable});
    }
  }

  void add_files(Level level, std::size_t part, const std::string& directory, const std::string& entity) {
    for (const VarsFile* file : files_.of(directory, entity)) {
      if (file->unread) settings_.push_back({level, part, entity, nullptr, &*file->unread});
      add_variables(level, part, entity, file->variables);
    }
  }

  std::vector<Setting> take() { return std::move(settings_); }

 private:
  VarsFiles& files_;
  std::optional<std::string_view> name_;
  std::vector<Setting> settings_;
};

}  // namespace

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model load(const std::vector<std::string>& sources, const Options& options) {
  auto state = std::make_unique<Model::State>(options);
  read_sources(sources, options.config, state->reader, state->graph, state->unread);
  state->directories = directories_of(sources);
  state->reads_vars_files = false;
  for (const std::string& plugin : options.config.vars_plugins) {
    if (plugin == "host_group_vars" || plugin == "ansible.builtin.host_group_vars") {
      state->reads_vars_files = true;
    } else {
      state->unread.push_back(
          {.source = plugin, .reason = Unread::Reason::plugin, .message = "a vars plugin, which is not run"});
    }
  }
  return Model(std::move(state));
}

std::vector<std::string> Model::hosts() const {
  std::vector<std::string> names;
  for (const Host& host : state_->graph.hosts()) names.push_back(host.name);
  return names;
}

bool Model::has_host(std::string_view host) const {
  return state_->graph.find_host(host) || is_localhost(host);
}

namespace {

const Host* host_called(const Graph& graph, std::string_view name) {
  const Host* host = graph.find_host(name);
  return !host && is_localhost(name) ? graph.localhost() : host;
}

}  // namespace

std::vector<std::string> Model::groups_of(std::string_view name) const {
  std::vector<std::string> names;
  const Host* host = host_called(state_->graph, name);
  if (!host) return names;
  names.push_back("all");
  for (const Group* group : state_->graph.groups_of(*host)) names.push_back(group->name);
  return names;
}

std::vector<Setting> Model::settings(std::string_view host_name, std::optional<std::string_view> name) const {
  State& state = *state_;
  if (!has_host(host_name)) return {};
  const Host* host = host_called(state.graph, host_name);
  const std::string own_name = host ? host->name : std::string(host_name);
  const std::vector<const Group*> groups = host ? state.graph.groups_of(*host) : std::vector<const Group*>();
  std::vector<std::string> play;
  if (!state.playbook_directory.empty()) play.push_back(state.playbook_directory);
  const bool files = state.reads_vars_files;
  Collector collector(state.files, name);

  auto add_beside = [&](Level level, const std::vector<std::string>& directories, const char* kind, auto for_each) {
    if (!files) return;
    for (std::size_t i = 0; i < directories.size(); ++i) {
      const std::string directory = directories[i] + (directories[i].ends_with('/') ? "" : "/") + kind;
      for_each([&](const std::string& entity) { collector.add_files(level, i, directory, entity); });
    }
  };
  auto only_all = [&](auto add) { add(state.graph.all().name); };
  auto all_groups = [&](auto add) { std::ranges::for_each(groups, [&](const Group* group) { add(group->name); }); };
  auto only_host = [&](auto add) { add(own_name); };

  for (Level level : state.levels) {
    switch (level) {
      case Level::all_inventory:
        collector.add_variables(level, 0, state.graph.all().name, state.graph.all().variables);
        break;
      case Level::groups_inventory:
        for (std::size_t i = 0; i < groups.size(); ++i) {
          collector.add_variables(level, i, groups[i]->name, groups[i]->variables);
        }
        break;
      case Level::all_plugins_inventory:
        add_beside(level, state.directories, "group_vars", only_all);
        break;
      case Level::all_plugins_play:
        add_beside(level, play, "group_vars", only_all);
        break;
      case Level::groups_plugins_inventory:
        add_beside(level, state.directories, "group_vars", all_groups);
        break;
      default:
        add_beside(level, play, "group_vars", all_groups);
        break;
    }
  }
  collector.add_variables(Level::host_inventory, 0, own_name, host ? host->variables : localhost_variables());
  add_beside(Level::host_plugins_inventory, state.directories, "host_vars", only_host);
  add_beside(Level::host_plugins_play, play, "host_vars", only_host);
  return collector.take();
}

std::optional<Variable> Model::combined(const std::vector<Setting>& settings) const {
  Combination combination(state_->merge);
  for (const Setting& setting : settings) combination.add(setting);
  return combination.result();
}

std::vector<Variable> Model::variables(std::string_view host) const {
  std::map<std::string_view, Combination> by_name;
  const std::vector<Setting> all = settings(host);
  for (const Setting& setting : all) {
    if (setting.variable) by_name.try_emplace(setting.variable->name, state_->merge).first->second.add(setting);
  }
  std::vector<Variable> variables;
  for (auto& [name, combination] : by_name) variables.push_back(*combination.result());
  return variables;
}

bool Model::merges_hashes() const {
  return state_->merge;
}

const std::vector<Unread>& Model::unread() const {
  return state_->unread;
}

}  // namespace regvault::inventory
