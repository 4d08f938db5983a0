#include "regvault/planned_rotation.hpp"

#include <regvault/base/text.hpp>
#include <regvault/rotation/journal.hpp>

#include "regvault/exit_code.hpp"
#include "regvault/rotation_steps.hpp"

namespace regvault::tools {
namespace {

using rotation::Journal;
using rotation::Task;

constexpr const char* kValues = "the values";  // done: the files hold the new token

vault_file::Value current_value(const RotationRun& run, keys::Keyring& keyring) {
  return vault_file::get(run.target, [&]() -> keys::Keyring& { return keyring; });
}

/// What the command line says goes before the file.
config::RotationPlan with_choices(const RotationRun& run, config::RotationPlan plan) {
  if (!run.registry.empty()) plan.registry = run.registry;
  if (!run.username.empty()) plan.username = run.username;
  return plan;
}

std::optional<config::RotationPlan> planned(const RotationRun& run, const Session& session) {
  std::optional<config::RotationPlan> plan = config::rotation_plan(run.target.file, run.target.key, session.warner());
  return plan ? std::optional(with_choices(run, std::move(*plan))) : std::nullopt;
}

config::RotationPlan plan_of(const RotationRun& run, const Session& session) {
  if (std::optional<config::RotationPlan> plan = planned(run, session)) return std::move(*plan);
  throw Error(ErrorCode::not_found,
              "no .regvault.yml has a rotation of " + in_quotes(yaml::to_string(run.target.key)) + " in " +
                  in_quotes(run.target.file),
              "say there what follows from a new token: docs/commands/rotate.md", {}, "no-plan");
}

/// A value that is neither token was set by someone who did not know of this rotation.
void refuse_another_value(const RotationRun& run, const Journal& journal, keys::Keyring& keyring) {
  const SecretBytes now = current_value(run, keyring).text;
  if (equal_in_constant_time(now.view(), journal.old_value()) ||
      equal_in_constant_time(now.view(), journal.new_value())) {
    return;
  }
  throw Error(
      ErrorCode::unsupported,
      "a rotation of " + in_quotes(yaml::to_string(run.target.key)) + " was begun, and since then it got another value",
      "to give that rotation up, remove " + rotation::journal_path(run.target.file), {}, "other-value");
}

StepContext context_of(const RotationRun& run, const config::RotationPlan& plan, Session& session) {
  return {.plan = plan, .keys = run.keys, .network = run.network, .session = session};
}

void look_over_all(const std::vector<Task>& tasks, const StepContext& context) {
  for (const Task& task : tasks) look_over(task, context);
}

/// Sees that nothing that can be known now stands in the way, asks for the new token, and has it checked.
Journal begin(const RotationRun& run, const std::vector<Task>& tasks, StepContext context, keys::Keyring& keyring) {
  const vault_file::Value old = current_value(run, keyring);
  context.old_token = old.text.view();
  look_over_all(tasks, context);
  const SecretBytes token = run.ask();
  if (equal_in_constant_time(token.view(), old.text.view())) {
    throw Error(ErrorCode::usage, "the new token is the old one", {}, {}, "same-value");
  }
  context.new_token = token.view();
  if (run.verify) check_new_token(context);
  return Journal::begin(run.target, old, token.view(), keyring, context.session.warner());
}

/// Those that could not be compared may hold the old token, and nobody would look for it again.
int not_begun(int exit_code, const Session& session) {
  if (exit_code == kNeedsAttention) {
    session.say("not begun: give the vault secrets of those that could not be compared, or other PATHs");
  }
  return exit_code;
}

void run_or_say_how_to_go_on(const Task& task, const StepContext& context) {
  try {
    run_task(task, context);
  } catch (Error& error) {
    error.hint += std::string(error.hint.empty() ? "" : "; ") + "the same command goes on from here";
    throw;
  }
}

std::string counted(std::size_t number, std::size_t all, const Task& task) {
  return std::to_string(number) + "/" + std::to_string(all) + " " + escaped(task.name);
}

}  // namespace

void verify_new_token(const RotationRun& run, std::string_view token, Session& session) {
  const config::RotationPlan plan = planned(run, session).value_or(with_choices(run, {}));
  StepContext context = context_of(run, plan, session);
  context.new_token = token;
  check_new_token(context);
}

int show_plan(const RotationRun& run, keys::Keyring& keyring, Session& session) {
  const config::RotationPlan plan = plan_of(run, session);
  const std::vector<Task> tasks = rotation::tasks_of(plan);
  const std::optional<Journal> journal = Journal::find(run.target, keyring, session.warner());
  int exit_code = 0;
  if (journal && journal->has(kValues)) {
    session.write(yaml::to_string(run.target.key) + " has its new value\n");
  } else {
    exit_code = run.try_replacing();
  }
  std::string text = "then, as " + plan.where.file + ":" + std::to_string(plan.where.line) + " says:\n";
  for (const Task& task : tasks) {
    text += std::string(journal && journal->has(task.name) ? "  done  " : "        ") + escaped(task.name) + "\n";
  }
  session.write(text);
  StepContext context = context_of(run, plan, session);
  if (journal) context.old_token = journal->old_value();
  look_over_all(tasks, context);
  return exit_code;
}

int run_plan(const RotationRun& run, keys::Keyring& keyring, Session& session) {
  const config::RotationPlan plan = plan_of(run, session);
  const std::vector<Task> tasks = rotation::tasks_of(plan);
  StepContext context = context_of(run, plan, session);
  std::optional<Journal> journal = Journal::find(run.target, keyring, session.warner());
  if (journal) {
    refuse_another_value(run, *journal, keyring);
    session.say("going on with the rotation that was begun, and its new token");
  } else {
    if (int exit_code = run.try_replacing()) return not_begun(exit_code, session);
    journal = begin(run, tasks, context, keyring);
  }
  context.old_token = journal->old_value();
  context.new_token = journal->new_value();
  if (!journal->has(kValues)) {
    if (int exit_code = run.replace(context.new_token)) return exit_code;
    journal->add(kValues);
  }
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (journal->has(tasks[i].name)) continue;
    session.say(counted(i + 1, tasks.size(), tasks[i]));
    run_or_say_how_to_go_on(tasks[i], context);
    journal->add(tasks[i].name);
    session.announce(escaped(tasks[i].name) + ": done\n");
  }
  journal->end();
  return 0;
}

}  // namespace regvault::tools
