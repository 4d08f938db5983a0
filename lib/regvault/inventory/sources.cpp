#include <regvault/inventory/sources.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include <regvault/base/text.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/config/ini.hpp>
#include <regvault/inventory/host_pattern.hpp>
#include <regvault/inventory/ini_source.hpp>
#include <regvault/inventory/vars_files.hpp>
#include <regvault/inventory/yaml_source.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::inventory {
namespace {

constexpr std::size_t kDepthAtMost = 40;

bool is_directory(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_there(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0;
}

std::string_view plugin_name(std::string_view name) {
  constexpr std::string_view kBuiltin = "ansible.builtin.";
  return name.starts_with(kBuiltin) ? name.substr(kBuiltin.size()) : name;
}

/// One file, while it is offered to one plugin after the other.
class Candidate {
 public:
  Candidate(const std::string& path, const FileReader& reader) : path_(path), reader_(reader) {}

  const std::string& path() const { return path_; }
  std::string_view extension() const { return config::split_extension(path_).extension; }

  /// Throws what FileReader::read() throws, again and again.
  const FileContents& contents() {
    if (!contents_) contents_ = reader_.read(path_);
    return *contents_;
  }

  const yaml::Document& document() {
    if (!document_) document_ = yaml::Document::parse(std::string(contents().text.view()), path_);
    return *document_;
  }

 private:
  const std::string& path_;
  const FileReader& reader_;
  std::optional<FileContents> contents_;
  std::optional<yaml::Document> document_;
};

/// What became of a plugin's turn.
enum class Turn { declined, done };

[[noreturn]] void refuse(std::string message, const std::string& path) {
  throw Error(ErrorCode::malformed, std::move(message), {}, {path}, "bad-inventory");
}

/// The plugin that the file is a configuration of; empty: none.
std::string plugin_of(const yaml::View& top) {
  for (const yaml::View::Entry& entry : top.entries()) {
    if (entry.key.text() != "plugin" || is_nothing(entry.value)) continue;
    return entry.value.kind() == yaml::Kind::scalar ? std::string(entry.value.text()) : "plugin";
  }
  return {};
}

class SourceReader {
 public:
  SourceReader(const config::InventoryConfig& config, const FileReader& reader, Graph& graph,
               std::vector<Unread>& unread)
      : config_(config), reader_(reader), graph_(graph), unread_(unread) {}

  void read(const std::string& source, std::size_t depth = 0) {
    if (is_directory(source)) {
      read_directory(source, depth);
      return;
    }
    Candidate candidate(source, reader_);
    std::optional<Unread> failure;
    for (const std::string& plugin : config_.plugins) {
      try {
        if (offer(plugin_name(plugin), candidate) == Turn::declined) continue;
        any_was_read_ = true;
        return;
      } catch (const Error& error) {
        // YAML's word counts more than INI's on the same file, unless the name says INI
        const bool is_worse = failure && plugin_name(plugin) == "ini" && is_yaml_name(candidate);
        if (!is_worse) failure = unread_because(source, error);
      }
    }
    if (source == "/etc/ansible/hosts" && !is_there(source)) return;
    if (!failure) failure = Unread{.source = source, .message = "no inventory that can be read"};
    unread_.push_back(std::move(*failure));
  }

  bool any_was_read() const { return any_was_read_; }

 private:
  void read_directory(const std::string& directory, std::size_t depth) {
    if (depth > kDepthAtMost) return;
    for (const std::string& name : names_in(directory)) {
      if (!is_ignored(name)) read(directory + (directory.ends_with('/') ? "" : "/") + name, depth + 1);
    }
  }

  bool is_ignored(std::string_view name) const {
    if (name.starts_with('.') || name == "host_vars" || name == "group_vars" || name == "vars_plugins") return true;
    return std::ranges::any_of(config_.ignored_extensions, [&](const auto& end) { return name.ends_with(end); });
  }

  bool is_yaml_name(const Candidate& candidate) const {
    return !candidate.extension().empty() && std::ranges::count(config_.yaml_extensions, candidate.extension()) != 0;
  }

  Turn offer(std::string_view plugin, Candidate& file) {
    if (plugin == "host_list" || plugin == "advanced_host_list") return host_list(plugin, file.path());
    if (!is_there(file.path())) {
      if (file.path().find(',') == std::string::npos) file.contents();  // throws with the reason
      return Turn::declined;
    }
    if (plugin == "script") return script(file);
    if (plugin == "auto") return plugin_configuration(file);
    if (plugin == "yaml") return yaml(file);
    if (plugin == "ini") return ini(file);
    if (plugin == "toml" && file.extension() != ".toml") return Turn::declined;
    return not_run(file.path(), Unread::Reason::plugin, "read by the inventory plugin " + in_quotes(plugin));
  }

  Turn not_run(const std::string& path, Unread::Reason reason, std::string message) {
    unread_.push_back({.source = path, .reason = reason, .message = std::move(message)});
    return Turn::done;
  }

  Turn host_list(std::string_view plugin, const std::string& source) {
    if (!is_host_list(source)) return Turn::declined;
    auto file = std::make_shared<SourceFile>(SourceFile{source, std::nullopt});
    for (std::string_view part : split(source, ',')) {
      part = config::python_stripped(part);
      if (part.empty()) continue;
      Hosts hosts = plugin == "host_list" ? listed_host(part) : expand_hosts(part);
      for (const std::string& name : hosts.names) {
        if (graph_.has_host(name)) continue;
        graph_.add_host(name, "ungrouped", {.place = {file, 0}, .port = hosts.port});
      }
    }
    return Turn::done;
  }

  Turn script(Candidate& file) {
    if (access(file.path().c_str(), X_OK) != 0) return Turn::declined;
    std::string_view text = file.contents().text.view();
    if (!text.starts_with("#!") && !text.starts_with("\x7f"
                                                     "ELF"))
      return Turn::declined;
    return not_run(file.path(), Unread::Reason::program, "a program, which is not run");
  }

  Turn plugin_configuration(Candidate& file) {
    if (file.extension() != ".yml" && file.extension() != ".yaml") return Turn::declined;
    std::optional<yaml::View> top = file.document().root();
    const std::string plugin = top ? plugin_of(*top) : std::string();
    if (plugin.empty()) return Turn::declined;
    return not_run(file.path(), Unread::Reason::plugin,
                   "for the inventory plugin " + in_quotes(plugin) + ", which is not run");
  }

  Turn yaml(Candidate& file) {
    if (!file.extension().empty() && !is_yaml_name(file)) return Turn::declined;
    std::optional<yaml::View> top = file.document().root();
    if (!top || is_nothing(*top)) refuse("an empty file", file.path());
    if (top->kind() != yaml::Kind::mapping) refuse("not a mapping of groups", file.path());
    if (!plugin_of(*top).empty()) refuse("for an inventory plugin, but not called .yml or .yaml", file.path());
    read_yaml(*top, file.contents().file, looks_like_json(file.contents().text.view()), graph_);
    return Turn::done;
  }

  Turn ini(Candidate& file) {
    read_ini(file.contents().text.view(), file.contents().file, graph_);
    return Turn::done;
  }

  const config::InventoryConfig& config_;
  const FileReader& reader_;
  Graph& graph_;
  std::vector<Unread>& unread_;
  bool any_was_read_ = false;
};

}  // namespace

bool is_host_list(const std::string& source) {
  return source.find(',') != std::string::npos && !is_there(source);
}

void read_sources(const std::vector<std::string>& sources, const config::InventoryConfig& config,
                  const FileReader& reader, Graph& graph, std::vector<Unread>& unread) {
  SourceReader source_reader(config, reader, graph, unread);
  for (const std::string& source : sources) {
    if (!source.empty()) source_reader.read(source);
  }
  if (!config.ignored_patterns.empty()) {
    unread.push_back({.source = "inventory_ignore_patterns",
                      .reason = Unread::Reason::plugin,
                      .message = "regular expressions, which are not looked at: all files of a directory were read"});
  }
  graph.finish(source_reader.any_was_read());
}

}  // namespace regvault::inventory
