#include <regvault/registry/status_json.hpp>

#include <string_view>

#include <regvault/base/text.hpp>

namespace regvault {
namespace {

void put(json::Object& object, std::string_view key, std::string_view text) {
  object[key].emplace_string() = as_utf8(text);
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

void put_file(json::Object& out, const AuthFileStatus& file) {
  put(out, "path", file.path);
  json::Array& engines = out["engines"].emplace_array();
  for (Engine engine : file.engines) engines.emplace_back(engine_name(engine));
  out["exists"] = file.exists;
  if (file.exists) {
    put(out, "mode", octal(file.mode));
    put(out, "owner", file.owner);
    out["in_memory"] = file.in_memory;
  }
  if (!file.problem.empty()) put(out, "problem", file.problem);
  if (!file.warning.empty()) put(out, "warning", file.warning);
}

}  // namespace

void put_status(json::Object& answer, const LoginStatus& status) {
  json::Array& logins = answer["logins"].emplace_array();
  for (const FoundLogin& login : status.logins) put_login(logins.emplace_back(nullptr).emplace_object(), login);
  json::Array& files = answer["auth_files"].emplace_array();
  for (const AuthFileStatus& file : status.files) put_file(files.emplace_back(nullptr).emplace_object(), file);
}

}  // namespace regvault
