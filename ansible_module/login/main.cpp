// The module regvault.registry.login, on the host: logs its engines in to a registry, or out.

#include <sys/stat.h>

#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/registry/engine_login.hpp>
#include <regvault/registry/login.hpp>
#include <regvault/registry/scratch.hpp>

#include "arguments.hpp"
#include "engines.hpp"
#include "module/program.hpp"
#include "result.hpp"

namespace {

using namespace regvault;

std::string checked_cert_dir(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return path;
  throw Error(ErrorCode::not_found, "cert_dir " + in_quotes(path) + " is not a directory on this host", {}, {},
              "cert-dir");
}

LoginRequest request_of(login::Arguments& arguments, const Account& account) {
  if (arguments.executable) arguments.executable = with_home(*arguments.executable, account);
  if (arguments.cert_dir && !arguments.absent) {
    arguments.cert_dir = checked_cert_dir(with_home(*arguments.cert_dir, account));
  }
  return {.registry = arguments.registry,
          .engines = login::chosen_engines(arguments, account.environment),
          .username = arguments.username,
          .password = std::move(arguments.password),
          .auth_file = arguments.auth_file,
          .tls_verify = arguments.tls_verify,
          .cert_dir = arguments.cert_dir,
          .validate = arguments.validate,
          .timeout = arguments.timeout,
          .check_only = arguments.check_mode};
}

void log_in_or_out(const json::Value& given, json::Object& answer, const WarningSink& warn) {
  login::Arguments arguments = login::parse_arguments(given);
  Account account = this_account();
  LoginRequest request = request_of(arguments, account);
  try {
    std::vector<EntryChange> changes =
        arguments.absent ? log_out(request, account, warn) : log_in(request, account, warn);
    login::put_result(answer, arguments, account, changes);
  } catch (const EngineFailure& failure) {
    module::put(answer, "engine", engine_name(failure.engine));
    if (!failure.engine_output.empty()) module::put(answer, "engine_output", failure.engine_output);
    throw;
  }
}

}  // namespace

int main(int argc, char** argv) {
  clean_up_on_signals();
  return module::run(argc, argv, "login", log_in_or_out);
}
