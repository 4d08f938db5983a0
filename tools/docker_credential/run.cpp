#include "docker_credential/run.hpp"

#include <array>
#include <new>

#include <regvault/base/text.hpp>
#include <regvault/credential_store/store.hpp>
#include <regvault/json/document.hpp>

namespace regvault::docker_credential {
namespace {

using credential_store::CredentialStore;

// What docker-credential-helpers says: callers compare these texts.
constexpr std::string_view kNotFound = "credentials not found in native keychain";
constexpr std::string_view kNoServer = "no credentials server URL";
constexpr std::string_view kNoUsername = "no credentials username";
constexpr std::string_view kUsage = "Usage: docker-credential-regvault <store|get|erase|list|version>";

[[noreturn]] void refuse(std::string_view text) {
  throw Error(ErrorCode::usage, std::string(text));
}

CredentialStore open_store(const tools::Session& session) {
  Account account = account_in(session.environment);
  std::string path = credential_store::configuration_path(account);
  return {credential_store::load_configuration(path, account), account, session.warner()};
}

void write_line(const json::Document& answer, const tools::Session& session) {
  SecretBytes line = answer.written_compact();
  line.append("\n");
  session.write(line.view());
}

/// Some callers end the name with a line end, some do not.
std::string server_asked_for(const SecretBytes& input) {
  std::string server(stripped(input.view()));
  if (server.empty()) refuse(kNoServer);
  return server;
}

void get(const CredentialStore& store, const tools::Session& session) {
  std::string server = server_asked_for(session.read_input());
  std::optional<HelperLogin> login = store.get(server);
  if (!login) refuse(kNotFound);
  if (!is_utf8(login->secret.view()) || !is_utf8(login->username) || !is_utf8(server)) refuse("the login is no text");
  json::Document answer;
  json::Object& members = answer.root().get_object();
  members["ServerURL"].emplace_string() = server;
  members["Username"].emplace_string() = login->username;
  members["Secret"].emplace_string() = login->secret.view();
  write_line(answer, session);
}

void list(const CredentialStore& store, const tools::Session& session) {
  json::Document answer;
  for (const auto& [server, username] : store.list()) {
    answer.root().get_object()[as_utf8(server)].emplace_string() = as_utf8(username);
  }
  write_line(answer, session);
}

std::string_view text_of(const json::Object& members, std::string_view name) {
  const json::Value* value = members.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

void store_login(const CredentialStore& store, const tools::Session& session) {
  SecretBytes input = session.read_input();
  json::Document document = json::Document::parse(input.view(), "standard input");
  if (!document.root().is_object()) refuse("standard input is no object");
  const json::Object& login = document.root().get_object();
  std::string_view server = stripped(text_of(login, "ServerURL")), username = text_of(login, "Username");
  if (server.empty()) refuse(kNoServer);
  if (username.empty()) refuse(kNoUsername);
  if (text_of(login, "Secret").empty()) refuse("no credentials secret");
  store.store(server, username, text_of(login, "Secret"));
}

/// docker drops what a helper says when it erases, but not its standard error: who logs out must learn that nothing
/// was.
void erase(const CredentialStore& store, const tools::Session& session) {
  try {
    store.erase(server_asked_for(session.read_input()));
  } catch (const Error& error) {
    if (error.reason == "managed") session.say(error.message);
    throw;
  }
}

void version(const tools::Session& session) {
  session.write("docker-credential-regvault (regvault) " REGVAULT_VERSION "\n");
}

struct Verb {
  std::string_view name;
  void (*perform)(const CredentialStore& store, const tools::Session& session);
};
constexpr std::array kVerbs{Verb{"get", get}, Verb{"list", list}, Verb{"store", store_login}, Verb{"erase", erase}};

void perform(const std::vector<std::string>& words, const tools::Session& session) {
  if (words.size() != 1) refuse(kUsage);
  if (words.front() == "version" || words.front() == "--version") return version(session);
  for (const Verb& verb : kVerbs) {
    if (verb.name == words.front()) return verb.perform(open_store(session), session);
  }
  refuse("Unknown credential action `" + words.front() + "`");
}

/// Callers print it inside of a line of their own.
std::string in_one_line(const Error& error) {
  std::string text = error.what();
  if (!error.hint.empty()) text += " (" + error.hint + ")";
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  return text + "\n";
}

}  // namespace

int run(const std::vector<std::string>& words, tools::Session& session) {
  try {
    perform(words, session);
    return 0;
  } catch (const Error& error) {
    session.write(in_one_line(error));
  } catch (const std::bad_alloc&) {
    session.write("not enough memory\n");
  }
  return 1;
}

}  // namespace regvault::docker_credential
