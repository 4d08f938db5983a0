#include <regvault/registry/credential_helper.hpp>

#include <chrono>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/json/document.hpp>
#include <regvault/registry/child_environment.hpp>
#include <regvault/registry/presentable.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/system/process.hpp>

namespace regvault {
namespace {

constexpr std::chrono::seconds kLongest{10};
constexpr std::size_t kOutputAtMost = 1 << 20;
constexpr std::string_view kNotFound = "credentials not found in native keychain";

[[noreturn]] void fail(ErrorCode code, std::string message, std::string hint) {
  throw Error(code, std::move(message), std::move(hint), {}, "credential-helper");
}

json::Document parsed(const SecretBytes& answer, const std::string& program) {
  json::Document document = json::Document::parse(answer.view(), "the answer of " + program);
  if (!document.root().is_object())
    fail(ErrorCode::program_failed, "the answer of " + in_quotes(program) + " is no object", {});
  return document;
}

std::string_view text_of(const json::Object& object, std::string_view name) {
  const json::Value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

}  // namespace

bool HelperLogin::is(std::string_view username_wanted, std::string_view password) const {
  return username == username_wanted && equal_in_constant_time(secret.view(), password);
}

std::optional<SecretBytes> CredentialHelper::ask(const std::string& verb, std::string_view input,
                                                 std::string_view secret) const {
  std::optional<std::string> path = find_program(program_, account_->environment);
  if (!path) {
    fail(ErrorCode::not_found, "the credential helper " + in_quotes(program_) + " is not installed",
         "install it, or remove it from credsStore or credHelpers of the auth file");
  }
  NotedSignals signals;
  Process process{.argv = {*path, verb},
                  .standard_input = input,
                  .timeout = kLongest,
                  .output_at_most = kOutputAtMost,
                  .environment = child_environment(*account_),
                  .own_session = true,
                  .noted_signals = &signals};
  ProcessResult result = run(process);
  if (result.succeeded()) return std::move(result.standard_output);

  // Errors go to standard output, too.
  if (result.standard_output.view().find(kNotFound) != std::string_view::npos) return std::nullopt;
  SecretBytes said = std::move(result.standard_output);
  said.append("\n");
  said.append(result.standard_error.view());
  std::string shown = presentable(said.view(), {secret}, 1);
  fail(ErrorCode::program_failed,
       "the credential helper " + in_quotes(program_) + " failed to " + verb + " the login (" +
           how_it_ended(result, process) + ")" + (shown.empty() ? "" : ": " + shown),
       "run it by hand as this user: it may want a keyring unlocked, or a terminal to ask at");
}

std::optional<HelperLogin> CredentialHelper::get(const std::string& server) const {
  std::optional<SecretBytes> answer = ask("get", server);
  if (!answer) return std::nullopt;
  json::Document document = parsed(*answer, program_);
  const json::Object& login = document.root().get_object();
  if (text_of(login, "Username").empty() && text_of(login, "Secret").empty()) return std::nullopt;
  return HelperLogin{std::string(text_of(login, "Username")), SecretBytes::copy_of(text_of(login, "Secret"))};
}

std::vector<std::pair<std::string, std::string>> CredentialHelper::list() const {
  std::vector<std::pair<std::string, std::string>> out;
  std::optional<SecretBytes> answer = ask("list", {});
  if (!answer) return out;
  json::Document document = parsed(*answer, program_);
  for (const auto& [server, username] : document.root().get_object()) {
    std::string_view name = username.is_string() ? std::string_view(username.get_string()) : std::string_view();
    out.emplace_back(std::string(server), std::string(name));
  }
  return out;
}

void CredentialHelper::store(const std::string& server, std::string_view username, std::string_view password) const {
  json::Document login;
  json::Object& members = login.root().get_object();
  members["ServerURL"].emplace_string() = server;
  members["Username"].emplace_string() = username;
  members["Secret"].emplace_string() = password;
  (void)ask("store", login.written_compact().view(), password);
  // A helper that says yes and keeps nothing is not unheard of.
  std::optional<HelperLogin> kept = get(server);
  if (!kept || !kept->is(username, password)) {
    fail(ErrorCode::program_failed,
         "the credential helper " + in_quotes(program_) + " took the login for " + in_quotes(server) +
             " and does not give it back",
         "try: echo " + server + " | " + program_ + " get");
  }
}

void CredentialHelper::erase(const std::string& server) const {
  (void)ask("erase", server);
}

}  // namespace regvault
