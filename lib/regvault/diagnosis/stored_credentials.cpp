#include <regvault/diagnosis/stored_credentials.hpp>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/diagnosis/stored_entry.hpp>
#include <regvault/json/document.hpp>
#include <regvault/registry/credential_helper.hpp>
#include <regvault/registry/login_status.hpp>
#include <regvault/system/file.hpp>

namespace regvault::diagnosis {
namespace {

std::optional<access::Credentials> from_file(const FoundLogin& login) {
  SecretBytes auth = stored_auth(login.auth_file, login.key);
  std::optional<std::size_t> size = base64_decode(auth.view(), auth.data());
  if (!size) return std::nullopt;
  auth.resize(*size);
  std::size_t colon = auth.view().find(':');
  if (colon == std::string_view::npos || colon + 1 == auth.size()) return std::nullopt;
  std::string username(auth.view().substr(0, colon));
  auth.keep(colon + 1, auth.size() - colon - 1);
  return access::Credentials{std::move(username), std::move(auth)};
}

std::optional<access::Credentials> from_helper(const FoundLogin& login, const Account& account) {
  constexpr std::string_view kPrefix = "docker-credential-";
  try {
    std::optional<HelperLogin> found = CredentialHelper(login.helper.substr(kPrefix.size()), account).get(login.key);
    if (!found) return std::nullopt;
    return access::Credentials{std::move(found->username), std::move(found->secret)};
  } catch (const Error&) {
    return std::nullopt;  // the examination of the files tells why
  }
}

}  // namespace

SecretBytes stored_auth(const std::string& path, const std::string& key) {
  try {
    SecretBytes bytes = read_secret_file(path, kAuthFileAtMost);
    json::Document document = json::Document::parse(bytes.view(), path);
    const json::Value* value = &document.root();
    auto enter = [&value](std::string_view name) {
      const json::Object* object = value != nullptr ? value->if_object() : nullptr;
      value = object != nullptr ? object->if_contains(name) : nullptr;
    };
    if (const json::Object* root = value->if_object(); root != nullptr && root->contains("auths")) enter("auths");
    enter(key);
    enter("auth");
    return value != nullptr && value->is_string() ? SecretBytes::copy_of(value->get_string()) : SecretBytes();
  } catch (const Error&) {
    return {};
  }
}

std::optional<StoredCredentials> stored_credentials(const std::string& registry, const std::vector<Engine>& engines,
                                                    const Account& account) {
  LoginStatus status = login_status({.engines = engines, .registry = RegistryReference{registry, ""}}, account);
  for (const FoundLogin& login : status.logins) {
    if (!login.in_force) continue;
    std::optional<access::Credentials> found = login.helper.empty() ? from_file(login) : from_helper(login, account);
    if (!found) continue;
    std::string where = login.helper.empty() ? login.auth_file : login.helper;
    return StoredCredentials{std::move(*found), std::string(engine_name(login.engine)) + "'s login in " + where};
  }
  return std::nullopt;
}

}  // namespace regvault::diagnosis
