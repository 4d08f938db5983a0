// The module regvault.registry.login_info, on the host: tells what is logged in where. It changes nothing.

#include <array>

#include <regvault/base/error.hpp>
#include <regvault/registry/login_status.hpp>
#include <regvault/registry/status_json.hpp>

#include "login/names.hpp"
#include "module/given.hpp"
#include "module/program.hpp"

namespace {

using namespace regvault;
using module::Given;
using module::Option;
using module::put;

constexpr std::array kOptions{
    Option{"registry", {"registry_url"}},
    Option{"engine"},
    Option{"auth_file", {"authfile", "config_path"}},
};

StatusRequest parse_arguments(const json::Value& value) {
  Given given(value.as_object(), kOptions);
  StatusRequest out{.engines = login::engines_of(given)};
  if (given.has("registry")) out.registry = login::registry_of(given);
  out.auth_file = login::path_of(given, "auth_file");
  given.refuse_mistakes("regvault.registry.login_info");
  if (out.engines.empty()) out.engines = {Engine::podman, Engine::docker};
  return out;
}

void tell(const json::Value& given, json::Object& answer, const WarningSink&) {
  StatusRequest request = parse_arguments(given);
  Account account = this_account();
  LoginStatus status = login_status(request, account);
  answer["changed"] = false;
  put_status(answer, status);
  put(answer, "user", account.user.name);
  put(answer, "home", account.user.home);
}

}  // namespace

int main(int argc, char** argv) {
  return module::run(argc, argv, "login_info", tell);
}
