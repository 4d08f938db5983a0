#include "arguments.hpp"

#include <algorithm>
#include <array>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/registry/auth_file.hpp>

#include "module/given.hpp"

namespace regvault::login {
namespace {

using module::Given;
using module::Option;

constexpr std::array kOptions{
    Option{"registry", {"registry_url"}},
    Option{"username"},
    Option{"password"},
    Option{"engine"},
    Option{"state"},
    Option{"auth_file", {"authfile", "config_path"}},
    Option{"tls_verify", {"tlsverify"}},
    Option{"cert_dir", {"certdir"}},
    Option{"validate"},
    Option{"timeout"},
    Option{"executable"},
};

constexpr std::string_view kDefaultRegistry = "ghcr.io";
constexpr std::chrono::seconds kLongestTimeout{3600};
constexpr std::array<std::string_view, 2> kStates{"present", "absent"};
constexpr std::array<std::string_view, 3> kEngineChoices{"auto", "podman", "docker"};

constexpr std::array<std::string_view, 3> kValidateNames{"changed", "always", "never"};
constexpr std::array<Validate, 3> kValidates{Validate::changed, Validate::always, Validate::never};

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::vector<Engine> engines_of(Given& given) {
  std::vector<Engine> engines;
  bool all = false;
  for (const std::string& name : given.list("engine").value_or(std::vector<std::string>())) {
    std::optional<Engine> engine = engine_named(name);
    if (engine && std::ranges::find(engines, *engine) == engines.end()) engines.push_back(*engine);
    if (name == "auto") all = true;
    if (!engine && name != "auto") given.mistake("\"engine\" is " + module::not_one_of(name, kEngineChoices));
  }
  if (all && !engines.empty()) given.mistake("\"engine\" is either auto or a list of engines");
  return engines;
}

std::optional<std::string> path_of(Given& given, std::string_view name) {
  std::optional<std::string> path = given.text(name);
  if (!path) return std::nullopt;
  if (path->empty()) given.mistake(in_quotes(name) + " is empty");
  bool absolute = path->starts_with('/') || *path == "~" || path->starts_with("~/");
  if (!path->empty() && !absolute) given.mistake(in_quotes(name) + " must begin with / or ~/: " + in_quotes(*path));
  return path;
}

/// A program may also be named by its name alone.
std::optional<std::string> program_of(Given& given) {
  std::optional<std::string> program = given.text("executable");
  if (!program || (!program->empty() && program->find('/') == std::string::npos)) return program;
  return path_of(given, "executable");
}

void read_username(Given& given, Arguments& out) {
  std::optional<SecretBytes> username = given.secret("username");
  if (!username) return;
  out.username = username->view();
  if (out.username.empty()) given.mistake("\"username\" is empty");
  if (out.username.find(':') != std::string::npos) {
    given.mistake("\"username\" holds a colon, which separates it from the password in an auth file");
  }
  if (begins_like_a_token(out.username)) {
    given.mistake("\"username\" is a token (are username and password exchanged?): it would show in argument lists");
  }
  bool stray = has_control_character(out.username) || stripped(out.username) != out.username;
  if (stray) given.mistake("\"username\" has white space around it, or control characters in it");
}

void read_password(Given& given, Arguments& out) {
  std::optional<SecretBytes> password = given.secret("password");
  if (!password) return;
  std::string_view text = password->view();
  if (text.empty()) {
    given.mistake("\"password\" is empty");
  } else if (stripped(text) != text) {
    given.mistake("\"password\" begins or ends with white space, such as a line end: trim it ({{ … | trim }})");
  } else if (has_control_character(text)) {
    given.mistake("\"password\" holds a line end or another control character");
  }
  out.password = std::move(*password);
}

void want_credentials(Given& given) {
  bool username = given.has("username"), password = given.has("password");
  if (!username && !password) return given.mistake("\"username\" and \"password\" are needed to log in");
  if (!username) given.mistake("\"username\" is needed to log in");
  if (!password) given.mistake("\"password\" is needed to log in");
}

void read_registry(Given& given, Arguments& out) {
  try {
    out.registry = parse_registry(given.text("registry").value_or(std::string(kDefaultRegistry)));
  } catch (const Error& error) {
    given.mistake(error.message + (error.hint.empty() ? "" : " (" + error.hint + ")"));
  }
}

}  // namespace

Arguments parse_arguments(const json::Value& value) {
  const json::Object& all = value.as_object();
  Given given(all, kOptions);
  Arguments out;
  read_registry(given, out);
  out.engines = engines_of(given);
  out.absent = given.choice("state", kStates).value_or(0) == 1;
  read_username(given, out);
  read_password(given, out);
  if (!out.absent) want_credentials(given);
  out.auth_file = path_of(given, "auth_file");
  out.tls_verify = given.boolean("tls_verify");
  out.cert_dir = path_of(given, "cert_dir");
  out.validate = kValidates[given.choice("validate", kValidateNames).value_or(0)];
  out.timeout = given.seconds("timeout", kLongestTimeout).value_or(out.timeout);
  out.executable = program_of(given);
  out.check_mode = module::is_on(all, "_ansible_check_mode");
  out.diff = module::is_on(all, "_ansible_diff");
  given.refuse_mistakes("regvault.registry.login");
  return out;
}

}  // namespace regvault::login
