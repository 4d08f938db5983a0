#include "outcome.hpp"

#include <sys/stat.h>

#include <utility>

#include "engines.hpp"

namespace regvault::login {
namespace {

std::string checked_cert_dir(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return path;
  throw Error(ErrorCode::not_found, "cert_dir " + in_quotes(path) + " is not a directory on this host", {}, {},
              "cert-dir");
}

LoginRequest request_of(Arguments& login, bool check_only, const Account& account) {
  if (login.executable) login.executable = with_home(*login.executable, account);
  if (login.cert_dir && !login.absent) login.cert_dir = checked_cert_dir(with_home(*login.cert_dir, account));
  return {.registry = login.registry,
          .engines = chosen_engines(login, account.environment),
          .username = login.username,
          .password = std::move(login.password),
          .keeping = login.keeping,
          .tls_verify = login.tls_verify,
          .cert_dir = login.cert_dir,
          .validate = login.validate,
          .timeout = login.timeout,
          .check_only = check_only};
}

Outcome outcome_of(Arguments& login, bool check_only, const Account& account, const WarningSink& warn) {
  Outcome out{.registry = login.registry, .username = login.username, .absent = login.absent};
  try {
    LoginRequest request = request_of(login, check_only, account);
    out.changes = login.absent ? log_out(request, account, warn) : log_in(request, account, warn);
  } catch (const EngineFailure& failure) {
    out.failure = {failure, std::string(engine_name(failure.engine)), failure.engine_output};
  } catch (const Error& error) {
    out.failure = {error, {}, {}};
  }
  return out;
}

}  // namespace

std::vector<Outcome> outcomes_of(Task& task, const Account& account, const WarningSink& warn) {
  std::vector<Outcome> out;
  for (Arguments& login : task.logins) out.push_back(outcome_of(login, task.check_mode, account, warn));
  return out;
}

void refuse_failures(const std::vector<Outcome>& outcomes) {
  std::optional<Error> all;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.failure) continue;
    const Error& error = outcome.failure->error;
    if (all) {
      all->message += "; " + error.message;
    } else {
      all = error;
    }
  }
  if (all) throw *std::move(all);
}

}  // namespace regvault::login
