// The module regvault.registry.login_info, on the host: tells what is logged in where. It changes nothing.

#include <array>
#include <cstdio>

#include <regvault/base/error.hpp>
#include <regvault/registry/login_status.hpp>

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

std::vector<std::string> names_of(const std::vector<Engine>& engines) {
  std::vector<std::string> out;
  for (Engine engine : engines) out.emplace_back(engine_name(engine));
  return out;
}

std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof(text), "%04o", mode);
  return text;
}

void put_file(json::Object& out, const AuthFileStatus& file) {
  put(out, "path", file.path);
  put(out, "engines", names_of(file.engines));
  out["exists"] = file.exists;
  if (file.exists) {
    put(out, "mode", octal(file.mode));
    put(out, "owner", file.owner);
    out["in_memory"] = file.in_memory;
  }
  if (!file.problem.empty()) put(out, "problem", file.problem);
  if (!file.warning.empty()) put(out, "warning", file.warning);
}

void put_login(json::Object& out, const FoundLogin& login) {
  put(out, "engine", engine_name(login.engine));
  put(out, "registry", login.registry);
  put(out, "auth_file", login.auth_file);
  put(out, "key", login.key);
  if (!login.helper.empty()) put(out, "helper", login.helper);
  if (login.username) put(out, "username", *login.username);
  out["in_force"] = login.in_force;
  out["lasts"] = login.lasts;
}

void tell(const json::Value& given, json::Object& answer, const WarningSink&) {
  StatusRequest request = parse_arguments(given);
  Account account = this_account();
  LoginStatus status = login_status(request, account);
  answer["changed"] = false;
  json::Array& logins = answer["logins"].emplace_array();
  for (const FoundLogin& login : status.logins) put_login(logins.emplace_back(nullptr).emplace_object(), login);
  json::Array& files = answer["auth_files"].emplace_array();
  for (const AuthFileStatus& file : status.files) put_file(files.emplace_back(nullptr).emplace_object(), file);
  put(answer, "user", account.user.name);
  put(answer, "home", account.user.home);
}

}  // namespace

int main(int argc, char** argv) {
  return module::run(argc, argv, "login_info", tell);
}
