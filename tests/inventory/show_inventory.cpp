// show_inventory [--playbook-dir DIR] [-i SOURCE]...: everything every host sees, as JSON:
//
//   {"hosts": {HOST: {"groups": [...], "variables": {NAME: VALUE}}}, "unread": [[SOURCE, REASON], ...]}
//
// VALUE: ["mapping", PLACE, {...}], ["list", PLACE, [...]], or [FORM, PLACE]; PLACE: "FILE:LINE". With --cases it reads
// lines of such arguments, separated by tabs, from standard input, and prints an object in a line for each; a line may
// begin with NAME=VALUE variables, which are the case's environment, and "@DIR", its working directory.
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>

#include <regvault/config/ansible_config.hpp>
#include <regvault/config/ansible_path.hpp>
#include <regvault/inventory/model.hpp>
#include <regvault/inventory/sources.hpp>
#include <regvault/json/document.hpp>

namespace regvault {
namespace {

using inventory::Form;
using inventory::Variable;

json::Value shown(const Variable& variable) {
  constexpr const char* kForms[] = {"null", "plain", "template", "vault", "mapping", "list"};
  json::Array out{kForms[static_cast<int>(variable.value->form)],
                  variable.place.file->path + ":" + std::to_string(variable.place.line)};
  if (variable.value->form == Form::mapping) {
    json::Object members;
    for (const Variable& member : variable.value->members) members[member.name] = shown(member);
    out.push_back(members);
  } else if (variable.value->form == Form::list) {
    json::Array items;
    for (const Variable& item : variable.value->members) items.push_back(shown(item));
    out.push_back(items);
  }
  return out;
}

void show(const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> variables;
  std::string directory = ".";
  std::vector<std::string> sources;
  std::string playbook_directory;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::size_t equals = argument.find('=');
    if (argument == "-i") {
      sources.push_back(arguments.at(++i));
    } else if (argument == "--playbook-dir") {
      playbook_directory = arguments.at(++i);
    } else if (argument.starts_with('@')) {
      directory = argument.substr(1);
    } else if (equals != std::string::npos) {
      variables[argument.substr(0, equals)] = argument.substr(equals + 1);
    }
  }
  Environment environment = [&](const std::string& name) -> std::optional<std::string> {
    auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  for (std::string& source : sources) {
    if (source.find(',') == std::string::npos) source = config::ansible_path(source, directory, environment);
  }
  config::AnsibleConfig settings = config::load_ansible_config(environment, directory, {});
  inventory::Model model =
      inventory::load(sources, {.playbook_directory = playbook_directory.empty() ? directory : playbook_directory,
                                .config = settings.inventory});
  json::Object hosts;
  for (const std::string& host : model.hosts()) {
    json::Object seen;
    for (const Variable& variable : model.variables(host)) seen[variable.name] = shown(variable);
    json::Array groups;
    for (const std::string& group : model.groups_of(host)) groups.emplace_back(group);
    hosts[host] = json::Object{{"groups", groups}, {"variables", seen}};
  }
  json::Array unread;
  for (const inventory::Unread& one : model.unread()) {
    unread.push_back(json::Array{one.source, one.line, name_of(one.reason), one.message});
  }
  json::Document answer;
  answer.root().as_object()["hosts"] = hosts;
  answer.root().as_object()["unread"] = unread;
  const SecretBytes text = answer.written_compact();
  std::fwrite(text.view().data(), 1, text.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void show_cases() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::vector<std::string> arguments;
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find('\t', begin), line.size());
      arguments.push_back(line.substr(begin, end - begin));
      begin = end + 1;
    }
    show(arguments);
  }
}

}  // namespace
}  // namespace regvault

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == "--cases") {
    regvault::show_cases();
  } else {
    regvault::show(arguments);
  }
  return 0;
}
