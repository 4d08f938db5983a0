#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/registry/auth_file.hpp>

#include "module/given.hpp"
#include "names.hpp"

namespace regvault::login {
namespace {

using module::Given;
using module::Option;

constexpr std::array kOptions{
    Option{"registries"},  // not in an item of it
    Option{"registry", {"registry_url"}},
    Option{"username"},
    Option{"password"},
    Option{"engine"},
    Option{"state"},
    Option{"auth_file", {"authfile", "config_path"}},
    Option{"persist"},
    Option{"tls_verify", {"tlsverify"}},
    Option{"cert_dir", {"certdir"}},
    Option{"validate"},
    Option{"timeout"},
    Option{"executable"},
};

constexpr std::span<const Option> kItemOptions = std::span(kOptions).subspan(1);

constexpr std::chrono::seconds kLongestTimeout{3600};
constexpr std::array<std::string_view, 2> kStates{"present", "absent"};

// Of the task as a whole, or of one login alone.
constexpr std::array<std::string_view, 2> kNotForItems{"registries", "registry"};

constexpr std::array<std::string_view, 3> kValidateNames{"changed", "always", "never"};
constexpr std::array<Validate, 3> kValidates{Validate::changed, Validate::always, Validate::never};

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
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

/// What no file can do without an engine.
void check_file_alone(Given& given, const Arguments& out) {
  if (out.engines != std::vector{Engine::none}) return;
  if (out.validate == Validate::always) given.mistake("\"validate\" is always, and engine none asks no registry");
  if (!out.keeping.auth_file) {
    given.mistake("\"auth_file\" is needed with engine none (the kubelet's is /var/lib/kubelet/config.json)");
  }
}

Arguments one_login(Given& given) {
  Arguments out;
  out.registry = registry_of(given);
  out.engines = engines_of(given);
  out.absent = given.choice("state", kStates).value_or(0) == 1;
  read_username(given, out);
  read_password(given, out);
  if (!out.absent) want_credentials(given);
  out.keeping.auth_file = path_of(given, "auth_file");
  out.keeping.persist = given.boolean("persist");
  if (out.keeping.auth_file && out.keeping.persist == true) {
    given.mistake("\"persist\" chooses the file itself: it excludes \"auth_file\"");
  }
  out.tls_verify = given.boolean("tls_verify");
  out.cert_dir = path_of(given, "cert_dir");
  out.validate = kValidates[given.choice("validate", kValidateNames).value_or(0)];
  out.timeout = given.seconds("timeout", kLongestTimeout).value_or(out.timeout);
  out.executable = program_of(given);
  check_file_alone(given, out);
  return out;
}

bool are_the_same(const Arguments& a, const Arguments& b) {
  return a.registry.name() == b.registry.name() && a.engines == b.engines && a.keeping.auth_file == b.keeping.auth_file;
}

std::vector<Arguments> list_of_logins(Given& task, const std::vector<const json::Object*>& items) {
  if (task.has("registry")) task.mistake("\"registry\" and \"registries\" exclude each other");
  std::vector<Arguments> out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Given given(*items[i], kItemOptions, task, kNotForItems);
    if (!given.has("registry")) given.mistake("\"registry\" is missing");
    Arguments login = one_login(given);
    auto same = [&](const Arguments& other) { return are_the_same(login, other); };
    if (given.has("registry") && std::ranges::any_of(out, same)) {
      given.mistake("a second login to " + login.registry.name() + " would replace the first");
    }
    task.take_mistakes(given, "registries[" + std::to_string(i) + "]");
    out.push_back(std::move(login));
  }
  return out;
}

}  // namespace

Task parse_arguments(const json::Value& value) {
  const json::Object& all = value.as_object();
  Given given(all, kOptions);
  Task out{.logins = {},
           .is_list = given.has("registries"),
           .check_mode = module::is_on(all, "_ansible_check_mode"),
           .diff = module::is_on(all, "_ansible_diff")};
  if (out.is_list) {
    if (auto items = given.objects("registries")) out.logins = list_of_logins(given, *items);
  } else {
    out.logins.push_back(one_login(given));
  }
  given.refuse_mistakes("regvault.registry.login");
  return out;
}

}  // namespace regvault::login
