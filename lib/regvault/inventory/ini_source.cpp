#include <regvault/inventory/ini_source.hpp>

#include <algorithm>
#include <array>
#include <map>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/config/ini.hpp>
#include <regvault/inventory/host_pattern.hpp>
#include <regvault/inventory/python_literal.hpp>
#include <regvault/inventory/shell_words.hpp>

namespace regvault::inventory {
namespace {

using config::python_stripped;

/// Where Python's str.splitlines() splits.
constexpr std::array<std::string_view, 11> kLineEnds = {
    "\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool may_end = c < 0x20 || c == 0xc2 || c == 0xe2;
    auto end = may_end ? std::ranges::find_if(kLineEnds, [&](auto e) { return text.substr(at).starts_with(e); })
                       : kLineEnds.end();
    if (end == kLineEnds.end()) {
      ++at;
      continue;
    }
    lines.push_back(text.substr(begin, at - begin));
    at += end->size();
    begin = at;
  }
  if (begin < text.size()) lines.push_back(text.substr(begin));
  return lines;
}

bool is_comment(char c) {
  return c == '#' || c == ';';
}

/// A name without blanks, ':' and ']', and behind it nothing but a comment.
std::optional<std::string_view> name_alone(std::string_view line) {
  const std::size_t end = line.find_first_of(":] \t\f\v\r\n");
  std::string_view behind = end == line.npos ? std::string_view() : python_stripped(line.substr(end));
  if (end == 0 || line.empty() || (!behind.empty() && behind[0] != '#')) return std::nullopt;
  return line.substr(0, end);
}

struct Section {
  std::string_view group;
  std::string_view kind;  // empty: hosts
};

std::optional<Section> section_in(std::string_view line) {
  if (!line.starts_with('[')) return std::nullopt;
  const std::size_t end = line.find_first_of(":] \t\f\v", 1);
  if (end == line.npos || end == 1) return std::nullopt;
  Section section{line.substr(1, end - 1), {}};
  std::size_t close = end;
  if (line[end] == ':') {
    close = line.find_first_of("]: \t#[;=.-", end + 1);
    if (close == line.npos || close == end + 1) return std::nullopt;
    section.kind = line.substr(end + 1, close - end - 1);
  }
  if (line[close] != ']') return std::nullopt;
  std::string_view behind = python_stripped(line.substr(close + 1));
  if (!behind.empty() && behind[0] != '#') return std::nullopt;
  return section;
}

class Reader {
 public:
  Reader(const std::shared_ptr<const SourceFile>& file, Graph& graph) : file_(file), graph_(graph) {}

  void read(std::string_view text) {
    for (std::string_view line : lines_of(text)) {
      ++line_;
      line = python_stripped(line);
      if (line.empty() || is_comment(line[0])) continue;
      try {
        read_line(line);
      } catch (Error& error) {
        error.where = {file_->path, line_};
        throw;
      }
    }
    check_pending();
  }

 private:
  [[noreturn]] static void refuse(std::string message) {
    throw Error(ErrorCode::malformed, std::move(message), {}, {}, "bad-inventory");
  }

  Place place() const { return {file_, line_}; }

  void read_line(std::string_view line) {
    if (std::optional<Section> section = section_in(line)) {
      begin(*section);
    } else if (line.starts_with('[') && line.ends_with(']')) {
      refuse("a section's name has no blanks, and no other characters than names have");
    } else if (kind_ == "vars") {
      read_variable(line);
    } else if (kind_ == "children") {
      read_child(line);
    } else {
      read_host(line);
    }
  }

  void begin(const Section& section) {
    group_ = graph_.group_name(section.group);
    kind_ = section.kind.empty() ? "hosts" : std::string(section.kind);
    if (kind_ != "hosts" && kind_ != "children" && kind_ != "vars") {
      refuse("a section is one of hosts, children or vars");
    }
    if (!graph_.has_group(group_)) {
      if (kind_ == "vars") pending_.try_emplace(group_, Pending{line_, true, {}});
      graph_.add_group(group_);
    }
    auto waiting = pending_.find(group_);
    if (waiting == pending_.end() || kind_ == "vars") return;
    if (waiting->second.is_vars) {
      pending_.erase(waiting);
    } else {
      add_pending(group_);
    }
  }

  void read_variable(std::string_view line) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos) refuse("expected key=value");
    set(group_, python_stripped(line.substr(0, equals)), python_stripped(line.substr(equals + 1)));
  }

  void set(std::string_view entity, std::string_view name, std::string_view value) {
    std::string text;
    ValuePtr literal = literal_value(value, place(), &text);
    graph_.set_variable(entity, {std::string(name), place(), std::move(literal)}, text);
  }

  void read_child(std::string_view line) {
    std::optional<std::string_view> child = name_alone(line);
    if (!child) refuse("expected the name of a group");
    if (graph_.has_group(*child)) {
      graph_.add_child(group_, *child);
    } else {
      pending_.try_emplace(std::string(*child), Pending{line_, false, {}}).first->second.parents.push_back(group_);
    }
  }

  /// A group whose section comes behind those that have it as a child.
  void add_pending(const std::string& group) {
    auto waiting = pending_.find(group);
    for (const std::string& parent : waiting->second.parents) {
      graph_.add_child(parent, group);
      auto above = pending_.find(parent);
      if (above != pending_.end() && !above->second.is_vars) add_pending(parent);
    }
    pending_.erase(group);
  }

  void read_host(std::string_view line) {
    std::vector<std::string> words = shell_words(line);
    if (words.empty()) refuse("expected a host");
    Hosts hosts = expand_hosts(words[0]);
    if (python_stripped(words[0]).ends_with(':') && !hosts.port) refuse("a host's name cannot end with \":\"");
    if (std::ranges::any_of(hosts.names, [](const auto& name) { return python_stripped(name) == "---"; })) {
      refuse("\"---\" is YAML, not a host");
    }
    struct Word {
      std::string_view name, value;
    };
    std::vector<Word> variables;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t equals = words[i].find('=');
      if (equals == std::string::npos) refuse("expected key=value behind the host");
      std::string_view word = words[i];
      std::erase_if(variables, [&](const Word& w) { return w.name == word.substr(0, equals); });
      variables.push_back({word.substr(0, equals), word.substr(equals + 1)});
    }
    for (const std::string& host : hosts.names) {
      graph_.add_host(host, group_, {.place = place(), .port = hosts.port});
      for (const Word& word : variables) set(host, word.name, word.value);
    }
  }

  void check_pending() const {
    if (pending_.empty()) return;
    const auto& [name, pending] =
        *std::ranges::min_element(pending_, [](const auto& a, const auto& b) { return a.second.line < b.second.line; });
    throw Error(ErrorCode::malformed, "the group " + in_quotes(name) + " is not there",
                "write a section [" + escaped(name) + "], be it empty", {file_->path, pending.line}, "bad-inventory");
  }

  /// A group that was mentioned, but has no section yet.
  struct Pending {
    std::size_t line;
    bool is_vars;
    std::vector<std::string> parents;
  };

  const std::shared_ptr<const SourceFile>& file_;
  Graph& graph_;
  std::size_t line_ = 0;
  std::string group_ = "ungrouped";
  std::string kind_ = "hosts";
  std::map<std::string, Pending, std::less<>> pending_;
};

}  // namespace

void read_ini(std::string_view text, const std::shared_ptr<const SourceFile>& file, Graph& graph) {
  if (!is_utf8(text)) throw Error(ErrorCode::malformed, "not UTF-8", {}, {file->path}, "not-utf8");
  Reader(file, graph).read(text);
}

}  // namespace regvault::inventory
