#include <regvault/diagnosis/workflow_model.hpp>

#include <algorithm>
#include <array>
#include <map>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/yaml/view.hpp>

namespace regvault::diagnosis {
namespace {

using yaml::Kind;
using yaml::View;
using Variables = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kSourceLabel = "org.opencontainers.image.source";
constexpr std::size_t kFilledInAtMost = 64 * 1024;
constexpr std::size_t kStepsAtMost = 10'000;
constexpr std::size_t kScriptsAtMost = std::size_t{16} << 20;

/// How much was read: with aliases a small file has any number of steps, and a script is kept for each of its logins.
struct Amount {
  const std::string& file;
  std::size_t steps = 0, scripts = 0;

  void add_step(std::size_t script = 0) {
    scripts += script;
    if (++steps <= kStepsAtMost && scripts <= kScriptsAtMost) return;
    throw Error(ErrorCode::malformed, in_quotes(file) + " has more steps than a workflow can have", {}, {}, "steps");
  }
};

// ---------------------------------------------------------------------------------------------------------- the YAML

std::optional<View> member(const std::optional<View>& mapping, std::string_view key) {
  if (!mapping || mapping->kind() != Kind::mapping) return std::nullopt;
  for (const View::Entry& entry : mapping->entries()) {
    if (entry.key.kind() == Kind::scalar && entry.key.text() == key) return entry.value;
  }
  return std::nullopt;
}

std::string text_of(const std::optional<View>& value) {
  return value && value->kind() == Kind::scalar ? std::string(value->text()) : std::string();
}

std::size_t line_of(const View& mapping, std::string_view key) {
  for (const View::Entry& entry : mapping.entries()) {
    if (entry.key.text() == key) return entry.line;
  }
  return mapping.line();
}

Permission permission_in(const View& mapping) {
  using Packages = Permission::Packages;
  std::optional<View> said = member(mapping, "permissions");
  if (!said) return {};
  Permission out{Packages::none, line_of(mapping, "permissions")};
  std::string word = said->kind() == Kind::mapping ? text_of(member(said, "packages")) : text_of(said);
  if (word == "write" || word == "write-all") out.packages = Packages::write;
  if (word == "read" || word == "read-all") out.packages = Packages::read;
  return out;
}

void add_variables(Variables& variables, const std::optional<View>& mapping) {
  std::optional<View> said = member(mapping, "env");
  if (!said || said->kind() != Kind::mapping) return;
  for (const View::Entry& entry : said->entries()) {
    if (entry.value.kind() == Kind::scalar) variables[std::string(entry.key.text())] = entry.value.text();
  }
}

bool mentions_event(const std::optional<View>& on, std::string_view event) {
  if (!on) return false;
  if (on->kind() == Kind::scalar) return on->text() == event;
  if (on->kind() == Kind::mapping) {
    return std::ranges::any_of(on->entries(), [&](const View::Entry& entry) { return entry.key.text() == event; });
  }
  return on->kind() == Kind::sequence &&
         std::ranges::any_of(on->items(), [&](const View& item) { return item.text() == event; });
}

// ------------------------------------------------------------------------------------------------------- expressions

/// `${{ env.NAME }}`, `${NAME}` and `$NAME` of the variables that are known; everything else stays, and so does what
/// would make it longer than `left`: variables that name each other many times grow without end.
std::string filled_in(std::string_view text, const Variables& variables, std::size_t& left, int depth = 0) {
  std::string out;
  while (!text.empty()) {
    std::size_t at = text.find('$');
    out += text.substr(0, at);
    if (at == text.npos) return out;
    text.remove_prefix(at);
    bool expression = text.starts_with("${{"), braces = text.starts_with("${");
    std::size_t end = expression ? text.find("}}") : braces ? text.find('}') : text.npos;
    std::string_view whole, name;
    if (expression || braces) {
      whole = text.substr(0, end == text.npos ? end : end + (expression ? 2 : 1));
      name = stripped(whole.substr(0, whole.find('}')), "${ }");
      if (expression) name = name.starts_with("env.") ? name.substr(4) : std::string_view();
    } else {
      std::size_t size = 1;
      while (size < text.size() && (isalnum(static_cast<unsigned char>(text[size])) != 0 || text[size] == '_')) ++size;
      whole = text.substr(0, size);
      name = whole.substr(1);
    }
    auto found = variables.find(name);
    bool known = !name.empty() && found != variables.end() && depth < 4 && found->second.size() < left;
    if (known) left -= found->second.size() + 1;
    out += known ? filled_in(found->second, variables, left, depth + 1) : std::string(whole);
    text.remove_prefix(whole.size());
  }
  return out;
}

std::string filled_in(std::string_view text, const Variables& variables) {
  std::size_t left = kFilledInAtMost;
  return filled_in(text, variables, left);
}

// ---------------------------------------------------------------------------------------------------------- commands

/// The words of a shell line; blanks in quotes and expressions do not separate.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  char quote = 0;
  int braces = 0;
  for (char c : line) {
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && braces == 0 && (c == ' ' || c == '\t')) {
      if (!word.empty()) out.push_back(std::move(word));
      word.clear();
    } else {
      braces += c == '{' ? 1 : c == '}' && braces > 0 ? -1 : 0;
      word += c;
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

/// The commands of a script, each as its words; comments and what stands before a pipe are commands of their own.
std::vector<std::vector<std::string>> commands_of(const std::string& script) {
  std::string joined;
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (script[i] == '\\' && i + 1 < script.size() && script[i + 1] == '\n') {
      joined += ' ';
      ++i;
    } else if (script[i] == '|' || script[i] == ';' || (script[i] == '&' && joined.ends_with('&'))) {
      joined += '\n';
    } else {
      joined += script[i];
    }
  }
  std::vector<std::vector<std::string>> out;
  for (std::string_view line : split(joined, '\n')) {
    std::vector<std::string> words = words_of(line);
    if (!words.empty() && words[0] == "sudo") words.erase(words.begin());
    if (!words.empty() && words[0][0] != '#') out.push_back(std::move(words));
  }
  return out;
}

/// What is neither an option nor its value.
std::vector<std::string> arguments_of(const std::vector<std::string>& words, std::size_t from) {
  constexpr std::array kWithValue = std::to_array<std::string_view>(
      {"-u", "--username", "-p", "--password", "-t", "--tag", "-f", "--file", "--platform", "--authfile", "--label",
       "--build-arg", "--creds",
       // regvault's
       "--from", "--from-env", "-i", "--host", "--var", "--username-from", "--username-var", "--engine", "--auth-file",
       "--vault-id", "--vault-password-file", "--playbook-dir", "--cert-dir", "--validate", "--timeout"});
  std::vector<std::string> out;
  for (std::size_t i = from; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) {
      out.push_back(words[i]);
    } else if (std::ranges::find(kWithValue, words[i]) != kWithValue.end()) {
      ++i;
    }
  }
  return out;
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_engine(std::string_view word) {
  constexpr std::array<std::string_view, 8> kEngines{"docker", "podman",   "buildah", "skopeo",
                                                     "crane",  "regvault", "nerdctl", "oras"};
  return std::ranges::find(kEngines, word) != kEngines.end();
}

std::string without_transport(std::string image) {
  constexpr std::string_view kTransport = "docker://";
  return image.starts_with(kTransport) ? image.substr(kTransport.size()) : image;
}

std::optional<WorkflowLogin> login_of(const std::vector<std::string>& words, const std::string& script,
                                      const Variables& variables) {
  auto verb = std::ranges::find(words, "login");
  if (verb == words.end() || !is_engine(words[0])) return std::nullopt;
  WorkflowLogin out{
      .registry = "docker.io", .password = filled_in(script, variables), .has_username = true, .has_password = true};
  std::vector<std::string> rest = arguments_of(words, static_cast<std::size_t>(verb - words.begin()) + 1);
  if (!rest.empty()) out.registry = filled_in(rest[0], variables);
  if (words[0] != "regvault") return out;
  if (rest.empty()) out.registry = "ghcr.io";
  out.password = "$(regvault)";  // it takes none on the command line
  return out;
}

std::optional<WorkflowPush> push_of(const std::vector<std::string>& words, const Variables& variables) {
  if (!is_engine(words[0])) return std::nullopt;
  WorkflowPush out;
  if (has_word(words, "--push")) {
    out.builds = true;
    for (std::size_t i = 0; i < words.size(); ++i) {
      bool next = (words[i] == "-t" || words[i] == "--tag") && i + 1 < words.size();
      if (next) out.images.push_back(words[i + 1]);
      if (words[i].starts_with("--tag=")) out.images.push_back(words[i].substr(6));
      if (words[i].find(kSourceLabel) != std::string::npos) out.labelled = true;
    }
  } else if (has_word(words, "push")) {
    auto verb = std::ranges::find(words, "push");
    std::vector<std::string> rest = arguments_of(words, static_cast<std::size_t>(verb - words.begin()) + 1);
    bool compose = has_word(words, "compose");
    if (!rest.empty() && !compose) out.images.push_back(rest.back());
  } else if (words[0] == "skopeo" && has_word(words, "copy")) {
    std::vector<std::string> rest = arguments_of(words, 2);
    if (rest.size() < 2 || !rest.back().starts_with("docker://")) return std::nullopt;
    out.images.push_back(rest.back());
  } else {
    return std::nullopt;
  }
  for (std::string& image : out.images) image = without_transport(filled_in(image, variables));
  return out;
}

// ------------------------------------------------------------------------------------------------------------- steps

/// Separated by line ends or commas, as inputs of actions are; not by those in expressions.
std::vector<std::string> lines_of(std::string_view list) {
  std::vector<std::string> out;
  std::string item;
  int braces = 0;
  auto end_item = [&] {
    if (!stripped(item).empty()) out.emplace_back(stripped(item));
    item.clear();
  };
  for (char c : list) {
    braces += c == '{' ? 1 : c == '}' && braces > 0 ? -1 : 0;
    if (c == '\n' || (c == ',' && braces == 0)) {
      end_item();
    } else {
      item += c;
    }
  }
  end_item();
  return out;
}

bool is_action(std::string_view uses, std::string_view name) {
  return uses.starts_with(name) && (uses.size() == name.size() || uses[name.size()] == '@');
}

class JobReader {
 public:
  JobReader(const View& job, Variables variables, Amount& amount)
      : job_(job), variables_(std::move(variables)), amount_(amount) {
    add_variables(variables_, job_);
  }

  std::vector<WorkflowStep> steps() {
    std::vector<WorkflowStep> out;
    std::optional<View> steps = member(job_, "steps");
    if (!steps || steps->kind() != Kind::sequence) return out;
    for (const View& step : steps->items()) {
      if (step.kind() == Kind::mapping) read(step, out);
    }
    return out;
  }

 private:
  void read(const View& step, std::vector<WorkflowStep>& out) {
    amount_.add_step();
    Variables variables = variables_;
    add_variables(variables, step);
    std::string uses = text_of(member(step, "uses"));
    std::optional<View> with = member(step, "with");
    auto input = [&](std::string_view name) { return filled_in(text_of(member(with, name)), variables); };
    WorkflowStep read{.line = step.line(), .login = {}, .push = {}};
    if (is_action(uses, "docker/login-action") || is_action(uses, "redhat-actions/podman-login")) {
      std::string registry = input("registry"), password = input("password");
      read.login = WorkflowLogin{registry.empty() ? "docker.io" : registry, password, !input("username").empty(),
                                 !password.empty()};
    } else if (is_action(uses, "docker/metadata-action")) {
      metadata_[text_of(member(step, "id"))] = lines_of(input("images"));
    } else if (is_action(uses, "docker/build-push-action")) {
      read.push = build_push(input);
    } else if (is_action(uses, "redhat-actions/push-to-registry")) {
      read.push = WorkflowPush{.images = {input("registry") + "/" + input("image")}, .condition = {}};
    }
    std::string condition = text_of(member(step, "if"));
    if (read.push) read.push->condition += " " + condition;
    if (read.login || read.push) out.push_back(std::move(read));
    read_script(text_of(member(step, "run")), step.line(), condition, variables, out);
  }

  template <typename Input>
  std::optional<WorkflowPush> build_push(const Input& input) const {
    std::string push = input("push"), outputs = input("outputs"), tags = input("tags"), labels = input("labels");
    bool pushes = (!push.empty() && push != "false") || outputs.find("push=true") != outputs.npos ||
                  outputs.find("type=registry") != outputs.npos;
    if (!pushes) return std::nullopt;
    WorkflowPush out{.images = lines_of(tags), .builds = true, .condition = push};
    out.labelled = labels.find(kSourceLabel) != labels.npos || labels.find("outputs.labels") != labels.npos;
    for (const auto& [id, images] : metadata_) {
      if (id.empty() || tags.find("steps." + id + ".outputs.tags") == tags.npos) continue;
      out.images = images;
      out.lowercased = true;
    }
    return out;
  }

  void read_script(const std::string& script, std::size_t line, const std::string& condition,
                   const Variables& variables, std::vector<WorkflowStep>& out) {
    if (script.empty()) return;
    for (const std::vector<std::string>& words : commands_of(script)) {
      WorkflowStep read{.line = line, .login = login_of(words, script, variables), .push = push_of(words, variables)};
      if (read.push) {
        read.push->condition = condition;
        read.push->labelled = read.push->labelled || script.find(kSourceLabel) != script.npos;
      }
      if (!read.login && !read.push) continue;
      amount_.add_step(script.size());
      out.push_back(std::move(read));
    }
  }

  const View& job_;
  Variables variables_;
  Amount& amount_;
  std::map<std::string, std::vector<std::string>> metadata_;  // by step id: the images
};

}  // namespace

Workflow read_workflow(std::string bytes, const std::string& name) {
  yaml::Document document = yaml::Document::parse(std::move(bytes), name);
  std::optional<View> root = document.root();
  std::optional<View> jobs = member(root, "jobs");
  if (!jobs || jobs->kind() != Kind::mapping) {
    throw Error(ErrorCode::malformed, in_quotes(name) + " is no workflow: it has no \"jobs\"", {}, {}, "no-workflow");
  }
  Workflow out{.permission = permission_in(*root), .jobs = {}};
  std::optional<View> on = member(root, "on");
  out.on_pull_request = mentions_event(on, "pull_request");
  out.on_call = mentions_event(on, "workflow_call");
  Variables variables;
  add_variables(variables, root);
  Amount amount{.file = name};
  for (const View::Entry& entry : jobs->entries()) {
    const View& job = entry.value;
    if (job.kind() != Kind::mapping) continue;
    out.jobs.push_back({.name = std::string(entry.key.text()),
                        .line = entry.line,
                        .permission = permission_in(job),
                        .condition = text_of(member(job, "if")),
                        .calls = text_of(member(job, "uses")),
                        .inherits_secrets = text_of(member(job, "secrets")) == "inherit",
                        .steps = JobReader(job, variables, amount).steps()});
  }
  return out;
}

}  // namespace regvault::diagnosis
