#include <regvault/diagnosis/auth_files.hpp>

#include <algorithm>
#include <optional>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/diagnosis/stored_entry.hpp>
#include <regvault/github/token.hpp>
#include <regvault/json/document.hpp>
#include <regvault/secret/base64.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/process.hpp>

namespace regvault::diagnosis {
namespace {

using Weight = Finding::Weight;

constexpr std::string_view kWriteAnew = "log in again, which writes the entry anew: regvault login ";

std::string_view text_member(const json::Object& object, std::string_view name) {
  const json::Value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

/// Whether the engine is among those that read the file.
bool reads(const AuthFileStatus& file, Engine engine) {
  return std::ranges::find(file.engines, engine) != file.engines.end();
}

bool is_of(const std::string& key, const std::optional<RegistryReference>& registry) {
  return !registry || lowercase(key).find(registry->host) != key.npos ||
         (registry->is_docker_hub() && lowercase(key).find("docker.io") != key.npos);
}

// --------------------------------------------------------------------------------------------------------- one entry

struct Fault {
  std::string_view cause, evidence;
};

/// Of a decoded password.
std::optional<Fault> fault_of_password(std::string_view password, bool is_ghcr) {
  if (password.empty()) return Fault{"bad-auth-entry", "there is no password behind the colon"};
  if (password.ends_with('\n') || password.ends_with('\r'))
    return Fault{"newline-in-auth", "the password ends in a line end"};
  github::TokenShape shape = github::inspect_token(password);
  if (shape.verdict == github::TokenVerdict::has_whitespace) {
    return Fault{"newline-in-auth", "there are blanks or line ends in the token, or around it"};
  }
  if (shape.verdict == github::TokenVerdict::mistyped) {
    return Fault{"mistyped-token", "the checksum at the end of the token does not fit"};
  }
  if (is_ghcr && shape.kind == github::TokenKind::fine_grained) {
    return Fault{"token-kind", "it is a fine-grained token (github_pat_…)"};
  }
  return std::nullopt;
}

/// Of the text of `auth`.
std::optional<Fault> fault_of_auth(std::string_view auth, bool is_ghcr) {
  if (auth.find_first_of(kWhitespace) != auth.npos)
    return Fault{"wrapped-base64", "there are blanks or line ends in its base64"};
  const std::optional<SecretBytes> decoded = base64_decoded(auth);
  if (!decoded) return Fault{"wrapped-base64", "it is not valid base64: cut off, or damaged"};
  const std::string_view both = decoded->view();
  std::size_t colon = both.find(':');
  if (colon == both.npos) return Fault{"bad-auth-entry", "decoded, there is no colon between user name and password"};
  if (colon == 0) return Fault{"bad-auth-entry", "there is no user name before the colon"};
  return fault_of_password(both.substr(colon + 1), is_ghcr);
}

// ---------------------------------------------------------------------------------------------------------- one file

class FileExamination {
 public:
  FileExamination(const AuthFileStatus& file, const StatusRequest& request, const Account& account,
                  std::vector<Finding>& out)
      : file_(file), request_(request), account_(account), out_(out) {}

  void run() {
    examine_access();
    try {
      bytes_ = read_secret_file(file_.path, kAuthFileAtMost);
      examine_contents();
    } catch (const Error& error) {
      bool access = error.code == ErrorCode::file_access;
      add(access ? "auth-file-access" : "malformed-auth-file", Weight::fault, file_.path, error.message,
          access ? "" : "repair it or move it away: " + in_quotes(file_.path));
    }
  }

 private:
  void add(std::string_view cause, Weight weight, std::string where, std::string evidence, std::string fix = {}) {
    out_.push_back({cause, weight, std::move(where), std::move(evidence), std::move(fix)});
  }

  void examine_access() {
    bool exposed = (file_.mode & 0077) != 0;
    if (exposed) {
      add("auth-file-exposed", Weight::warning, file_.path, "its mode is " + octal(file_.mode),
          "chmod 600 " + file_.path);
    } else if (file_.warning.starts_with("it belongs to another user")) {
      add("auth-file-exposed", Weight::warning, file_.path, "it belongs to " + file_.owner);
    }
  }

  void examine_contents() {
    if (stripped(bytes_.view()).empty()) return;
    bool old_format = file_.path.ends_with(".dockercfg");
    AuthFile auths =
        AuthFile::parse(bytes_.view(), file_.path, old_format ? AuthFile::Format::dockercfg : AuthFile::Format::auths);
    json::Document document = json::Document::parse(bytes_.view(), file_.path);
    const json::Object& root = document.root().get_object();
    bool missing = old_format ? false : examine_helpers(root);
    if (!missing && !file_.warning.empty() && (file_.mode & 0077) == 0 &&
        file_.warning.find("helper") != std::string::npos) {
      add("helper-failed", Weight::fault, file_.path, file_.warning);
    }
    const json::Value* entries = old_format ? &document.root() : root.if_contains("auths");
    if (entries == nullptr || !entries->is_object()) return;
    for (const auto& [key, entry] : entries->get_object()) {
      if (entry.is_object() && is_of(std::string(key), request_.registry)) {
        examine_entry(std::string(key), entry.get_object(), auths);
      }
    }
  }

  void examine_entry(const std::string& key, const json::Object& entry, const AuthFile& auths) {
    std::string where = file_.path + ": " + key;
    std::string_view auth = text_member(entry, "auth");
    if (auth.empty()) {
      bool has_token = !text_member(entry, "identitytoken").empty() || !text_member(entry, "registrytoken").empty();
      if (!has_token && !has_helper(key, auths)) {
        add("empty-auth-entry", Weight::fault, where, "the entry has no credentials, and no helper is named for it",
            "log in where it is used: regvault login " + key);
      }
      return;
    }
    std::optional<Fault> fault = fault_of_auth(auth, key.find("ghcr.io") != key.npos);
    if (!fault) return;
    add(fault->cause, Weight::fault, where, std::string(fault->evidence),
        fault->cause == "mistyped-token" || fault->cause == "token-kind" ? "" : std::string(kWriteAnew) + key);
  }

  bool has_helper(const std::string& key, const AuthFile& auths) const {
    try {
      RegistryReference registry = parse_registry(key);
      return std::ranges::any_of(file_.engines,
                                 [&](Engine engine) { return auths.helper_for(registry, engine).has_value(); });
    } catch (const Error&) {
      return !auths.store().empty();
    }
  }

  /// True: one is missing.
  bool examine_helpers(const json::Object& root) {
    bool missing = false;
    if (reads(file_, Engine::docker))
      missing = examine_helper(text_member(root, "credsStore"), "credsStore") || missing;
    const json::Value* helpers = root.if_contains("credHelpers");
    if (helpers == nullptr || !helpers->is_object()) return missing;
    for (const auto& [key, helper] : helpers->get_object()) {
      if (!helper.is_string() || !is_of(std::string(key), request_.registry)) continue;
      missing = examine_helper(helper.get_string(), "credHelpers, " + std::string(key)) || missing;
    }
    return missing;
  }

  bool examine_helper(std::string_view name, const std::string& member) {
    if (name.empty() || find_program("docker-credential-" + std::string(name), account_.environment)) return false;
    bool desktop = name.starts_with("desktop");
    add("helper-missing", Weight::fault, file_.path + ": " + member,
        "docker-credential-" + std::string(name) + " is not on the PATH" +
            (desktop ? ": left behind by Docker Desktop" : ""),
        "install it, or remove " +
            std::string(member.starts_with("credsStore") ? "\"credsStore\"" : "the entry of \"credHelpers\"") +
            " from " + file_.path + ", then log in again");
    return true;
  }

  const AuthFileStatus& file_;
  const StatusRequest& request_;
  const Account& account_;
  std::vector<Finding>& out_;
  SecretBytes bytes_;
};

// ------------------------------------------------------------------------------------------------------ all of them

bool differ(const FoundLogin& a, const FoundLogin& b) {
  if (!a.helper.empty() || !b.helper.empty()) return a.username != b.username;
  return stored_auth(a.auth_file, a.key).view() != stored_auth(b.auth_file, b.key).view();
}

void examine_logins(const LoginStatus& status, std::vector<Finding>& out) {
  for (const FoundLogin& login : status.logins) {
    if (login.in_force) {
      if (login.lasts) continue;
      out.push_back({"login-in-memory", Weight::note, login.auth_file + ": " + login.registry, "the file is in memory",
                     "regvault login " + login.registry + " --persist"});
      continue;
    }
    auto first = std::ranges::find_if(status.logins, [&](const FoundLogin& other) {
      return other.in_force && other.engine == login.engine && other.registry == login.registry;
    });
    if (first == status.logins.end() || !differ(*first, login)) continue;
    out.push_back({"shadowed-login", Weight::warning, login.auth_file + ": " + login.registry,
                   std::string(engine_name(login.engine)) + " reads another login in " + first->auth_file + " first",
                   "regvault logout " + login.registry + " && regvault login " + login.registry});
  }
}

}  // namespace

std::vector<Finding> examine_auth_files(const StatusRequest& request, const Account& account) {
  std::vector<Finding> out;
  LoginStatus status = login_status(request, account);
  for (const AuthFileStatus& file : status.files) {
    if (file.exists) FileExamination(file, request, account, out).run();
  }
  examine_logins(status, out);
  return out;
}

}  // namespace regvault::diagnosis
