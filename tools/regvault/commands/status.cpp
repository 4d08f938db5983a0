#include <algorithm>
#include <array>
#include <memory>

#include <CLI/CLI.hpp>

#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/registry/login_status.hpp>
#include <regvault/registry/status_json.hpp>

#include "regvault/commands.hpp"
#include "regvault/exit_code.hpp"
#include "regvault/login_options.hpp"
#include "regvault/table.hpp"

namespace regvault::tools {
namespace {

struct Options {
  LoginTarget target;
  bool json = false;
};

StatusRequest request_of(const LoginTarget& target) {
  return {.engines = target.engines_or({Engine::podman, Engine::docker}),
          .registry = target.given_registry(),
          .auth_file = target.given_auth_file()};
}

std::string login_table(const LoginStatus& status) {
  std::vector<std::vector<std::string>> rows{{"ENGINE", "REGISTRY", "USER", "WHERE", "IN FORCE", "LASTS"}};
  for (const FoundLogin& login : status.logins) {
    std::string where = login.helper.empty() ? login.auth_file : login.helper + ", named by " + login.auth_file;
    rows.push_back({std::string(engine_name(login.engine)), login.registry, login.username.value_or(""), where,
                    login.in_force ? "yes" : "no", login.lasts ? "yes" : "until reboot"});
  }
  return table(rows);
}

std::string engine_names(const std::vector<Engine>& engines) {
  std::string all;
  for (Engine engine : engines) all += (all.empty() ? "" : ", ") + std::string(engine_name(engine));
  return all;
}

std::string file_table(const LoginStatus& status) {
  std::vector<std::vector<std::string>> rows{{"FILE", "READ BY", "MODE", "OWNER", "REMARK"}};
  for (const AuthFileStatus& file : status.files) {
    if (!file.exists) continue;
    rows.push_back({file.path, engine_names(file.engines), octal(file.mode), file.owner,
                    file.problem.empty() ? file.warning : file.problem});
  }
  return rows.size() == 1 ? std::string() : table(rows);
}

bool needs_attention(const AuthFileStatus& file) {
  return !file.problem.empty() || !file.warning.empty();
}

int status(const Options& options, Session& session) {
  LoginStatus found = login_status(request_of(options.target), account_in(session.environment));
  if (options.json) {
    json::Document answer;
    put_status(answer.root().get_object(), found);
    session.write(answer.written().view());
    session.write("\n");
  } else if (found.logins.empty()) {
    session.write(options.target.registry.empty() ? "not logged in anywhere\n"
                                                  : "not logged in to " + options.target.registry + "\n");
    session.write(file_table(found));
  } else {
    session.write(login_table(found) + "\n" + file_table(found));
  }
  bool missing = !options.target.registry.empty() && found.logins.empty();
  return missing || std::ranges::any_of(found.files, needs_attention) ? kNeedsAttention : 0;
}

}  // namespace

Action configure_status(CLI::App& app, Session& session) {
  auto options = std::make_shared<Options>();
  add_login_options(app, options->target, "Only this registry, or namespace in one: ghcr.io, ghcr.io/acme");
  app.add_flag("--json", options->json, "Print a JSON object: logins, auth_files");
  app.footer(
      "\nPasswords are never shown. Exit code 20: not logged in to REGISTRY, or a file needs attention.\n\n"
      "Examples:\n"
      "  regvault status --engine podman\n"
      "  regvault status --json");
  return [options, &session] { return status(*options, session); };
}

}  // namespace regvault::tools
