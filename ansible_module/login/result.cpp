#include "result.hpp"

#include <algorithm>

#include "module/program.hpp"

namespace regvault::login {
namespace {

using module::put;

void add(std::vector<std::string>& names, std::string_view name) {
  if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
}

// -------------------------------------------------------------------------------------------------------------- diff

std::string heading(const EntryChange& change) {
  std::string kept_by = change.helper.empty() ? "" : ", " + change.helper;
  return change.auth_file + " (" + std::string(engine_name(change.engine)) + kept_by + ")\n";
}

std::string entry_text(std::string_view registry, std::string_view username, std::string_view password) {
  return "  " + std::string(registry) + "\n    username: " + std::string(username) +
         "\n    password: " + std::string(password) + "\n";
}

std::string before(const EntryChange& change, const Outcome& outcome) {
  if (!change.had_entry) return {};
  return entry_text(outcome.registry.name(), change.username_before.value_or("(not shown)"), "(not shown)");
}

std::string after(const EntryChange& change, const Outcome& outcome) {
  if (!change.changed) return before(change, outcome);
  if (outcome.absent) return {};
  return entry_text(outcome.registry.name(), outcome.username, change.had_entry ? "changed" : "set");
}

void put_diff(json::Object& answer, const std::vector<Outcome>& outcomes) {
  std::string old_text, new_text;
  for (const Outcome& outcome : outcomes) {
    for (const EntryChange& change : outcome.changes) {
      old_text += heading(change) + before(change, outcome);
      new_text += heading(change) + after(change, outcome);
    }
  }
  json::Object& diff = answer["diff"].emplace_object();
  put(diff, "before", old_text);
  put(diff, "after", new_text);
}

// ------------------------------------------------------------------------------------------------------------ logins

void put_names(json::Object& object, const Outcome& outcome) {
  put(object, "registry", outcome.registry.name());
  if (!outcome.absent) put(object, "username", outcome.username);
}

void put_change(json::Object& login, const EntryChange& change) {
  put(login, "engine", engine_name(change.engine));
  put(login, "auth_file", change.auth_file);
  if (!change.helper.empty()) put(login, "helper", change.helper);
  login["changed"] = change.changed;
  put(login, "action", change.action);
}

void put_failure(json::Object& login, const Failure& failure) {
  login["failed"] = true;
  login["changed"] = false;
  put(login, "msg", failure.error.message);
  if (!failure.error.hint.empty()) put(login, "hint", failure.error.hint);
  if (!failure.error.reason.empty()) put(login, "reason", failure.error.reason);
  if (!failure.engine.empty()) put(login, "engine", failure.engine);
}

void put_logins(json::Object& answer, const std::vector<Outcome>& outcomes) {
  json::Array& logins = answer["logins"].emplace_array();
  auto add_login = [&](const Outcome& outcome) -> json::Object& {
    json::Object& login = logins.emplace_back(nullptr).emplace_object();
    put_names(login, outcome);
    return login;
  };
  for (const Outcome& outcome : outcomes) {
    for (const EntryChange& change : outcome.changes) put_change(add_login(outcome), change);
    if (outcome.failure) put_failure(add_login(outcome), *outcome.failure);
  }
}

/// Of the first engine that failed, beside the message.
void put_engine_failure(json::Object& answer, const std::vector<Outcome>& outcomes) {
  auto by_engine = [](const Outcome& outcome) { return outcome.failure && !outcome.failure->engine.empty(); };
  auto found = std::ranges::find_if(outcomes, by_engine);
  if (found == outcomes.end()) return;
  put(answer, "engine", found->failure->engine);
  if (!found->failure->engine_output.empty()) put(answer, "engine_output", found->failure->engine_output);
}

}  // namespace

void put_result(json::Object& answer, const Task& task, const Account& account, const std::vector<Outcome>& outcomes) {
  bool changed = false;
  std::vector<std::string> engines, auth_files;
  for (const Outcome& outcome : outcomes) {
    for (const EntryChange& change : outcome.changes) {
      changed = changed || change.changed;
      add(engines, engine_name(change.engine));
      add(auth_files, change.auth_file);
    }
  }
  answer["changed"] = changed;
  if (!task.is_list) put_names(answer, outcomes.front());
  put(answer, "engines", engines);
  put_logins(answer, outcomes);
  put(answer, "auth_files", auth_files);
  put(answer, "user", account.user.name);
  put(answer, "home", account.user.home);
  put_engine_failure(answer, outcomes);
  if (task.diff) put_diff(answer, outcomes);
}

}  // namespace regvault::login
