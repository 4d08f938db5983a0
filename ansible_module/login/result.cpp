#include "result.hpp"

#include <algorithm>

#include "module/program.hpp"

namespace regvault::login {
namespace {

using module::put;

bool any_changed(const std::vector<EntryChange>& changes) {
  return std::ranges::any_of(changes, [](const EntryChange& change) { return change.changed; });
}

// -------------------------------------------------------------------------------------------------------------- diff

std::string heading(const EntryChange& change) {
  return change.auth_file + " (" + std::string(engine_name(change.engine)) + ")\n";
}

std::string entry_text(std::string_view registry, std::string_view username, std::string_view password) {
  return "  " + std::string(registry) + "\n    username: " + std::string(username) +
         "\n    password: " + std::string(password) + "\n";
}

std::string before(const EntryChange& change, std::string_view registry) {
  if (!change.had_entry) return {};
  return entry_text(registry, change.username_before.value_or("(not shown)"), "(not shown)");
}

std::string after(const EntryChange& change, const Arguments& arguments, std::string_view registry) {
  if (!change.changed) return before(change, registry);
  if (arguments.absent) return {};
  return entry_text(registry, arguments.username, change.had_entry ? "changed" : "set");
}

void put_diff(json::Object& answer, const Arguments& arguments, const std::vector<EntryChange>& changes) {
  std::string registry = arguments.registry.name(), old_text, new_text;
  for (const EntryChange& change : changes) {
    old_text += heading(change) + before(change, registry);
    new_text += heading(change) + after(change, arguments, registry);
  }
  json::Object& diff = answer["diff"].emplace_object();
  put(diff, "before", old_text);
  put(diff, "after", new_text);
}

}  // namespace

void put_result(json::Object& answer, const Arguments& arguments, const Account& account,
                const std::vector<EntryChange>& changes) {
  answer["changed"] = any_changed(changes);
  put(answer, "registry", arguments.registry.name());
  if (!arguments.absent) put(answer, "username", arguments.username);

  std::vector<std::string> engines, auth_files;
  for (const EntryChange& change : changes) {
    engines.emplace_back(engine_name(change.engine));
    if (std::ranges::find(auth_files, change.auth_file) == auth_files.end()) auth_files.push_back(change.auth_file);
  }
  put(answer, "engines", engines);
  json::Array& logins = answer["logins"].emplace_array();
  for (const EntryChange& change : changes) {
    json::Object& login = logins.emplace_back(nullptr).emplace_object();
    put(login, "engine", engine_name(change.engine));
    put(login, "auth_file", change.auth_file);
    login["changed"] = change.changed;
    put(login, "action", change.action);
  }
  put(answer, "auth_files", auth_files);
  put(answer, "user", account.user.name);
  put(answer, "home", account.user.home);
  if (arguments.diff) put_diff(answer, arguments, changes);
}

}  // namespace regvault::login
