// The module regvault.registry.login, on the host: logs its engines in to registries, or out.

#include "module/program.hpp"
#include "outcome.hpp"
#include "result.hpp"

namespace {

using namespace regvault;

void log_in_or_out(const json::Value& given, json::Object& answer, const WarningSink& warn) {
  login::Task task = login::parse_arguments(given);
  Account account = this_account();
  std::vector<login::Outcome> outcomes = login::outcomes_of(task, account, warn);
  login::put_result(answer, task, account, outcomes);
  login::refuse_failures(outcomes);
}

}  // namespace

int main(int argc, char** argv) {
  return module::run(argc, argv, "login", log_in_or_out);
}
