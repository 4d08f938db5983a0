#include <regvault/registry/engine_login.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>
#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/scratch.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/process.hpp>

namespace regvault {
namespace {

constexpr std::size_t kOutputAtMost = 64 * 1024;
constexpr std::size_t kLinesShown = 5;
constexpr std::size_t kBytesShown = 1000;
constexpr std::string_view kHidden = "********";

// --------------------------------------------------------------------------------------------- what an output means

struct KnownFailure {
  std::string_view text;     ///< in the engine's output
  std::string_view reason;   ///< our stable word
  std::string_view message;  ///< after "podman: ghcr.io "
  std::string_view hint;
  std::string_view docker_hint = {};  ///< where it differs
};

constexpr std::string_view kCheckToken =
    "check the user name and the token: expired? of the right account? (ghcr.io takes classic tokens only)";
constexpr std::string_view kCheckNetwork = "check the name and the host's network, proxy and firewall";

// The first that matches counts. Source of the texts: podman 4.3.1, docker 28.2.2, GitHub's and Docker's registries.
constexpr std::array kKnownFailures{
    KnownFailure{"x509: certificate signed by unknown authority", "tls-unknown-authority",
                 "has a certificate of an unknown authority",
                 "install the authority's certificate, or name its directory: cert_dir",
                 "install the authority's certificate on the host, or as /etc/docker/certs.d/HOST/ca.crt"},
    KnownFailure{"certificate has expired or is not yet valid", "tls-expired",
                 "has a certificate that is not valid now", "check the host's clock, then the registry's certificate"},
    KnownFailure{"x509: ", "tls", "has a certificate that does not fit", "check the registry's name and certificate"},
    KnownFailure{"server gave HTTP response to HTTPS client", "plain-http", "speaks plain HTTP, not HTTPS",
                 "give the registry TLS; if plain HTTP is meant: tls_verify: false",
                 "give the registry TLS; docker allows plain HTTP only by insecure-registries in its daemon.json"},
    KnownFailure{"proxyconnect", "proxy", "cannot be reached through the proxy",
                 "check HTTPS_PROXY and NO_PROXY of the task"},
    KnownFailure{"toomanyrequests", "rate-limit", "limits the number of requests", "wait, then run the task again"},
    KnownFailure{"429 Too Many", "rate-limit", "limits the number of requests", "wait, then run the task again"},
    KnownFailure{"invalid username/password", "credentials-refused",
                 "refused the credentials (invalid username/password)", kCheckToken},
    KnownFailure{"incorrect username or password", "credentials-refused",
                 "refused the credentials (incorrect username or password)", kCheckToken},
    KnownFailure{"401 Unauthorized", "credentials-refused", "refused the credentials (401 Unauthorized)", kCheckToken},
    KnownFailure{"unauthorized: ", "credentials-refused", "refused the credentials (unauthorized)", kCheckToken},
    KnownFailure{"403 (Forbidden)", "credentials-refused", "refused the credentials (403 Forbidden)", kCheckToken},
    KnownFailure{"403 Forbidden", "credentials-refused", "refused the credentials (403 Forbidden)", kCheckToken},
    KnownFailure{": denied: ", "credentials-refused", "refused the credentials (denied)", kCheckToken},
    KnownFailure{"resource is denied", "credentials-refused", "refused the credentials (denied)", kCheckToken},
    KnownFailure{"connection refused", "unreachable", "cannot be reached (connection refused)", kCheckNetwork},
    KnownFailure{"no such host", "unreachable", "cannot be reached (no such host)", kCheckNetwork},
    KnownFailure{"failure in name resolution", "unreachable", "cannot be reached (no such host)", kCheckNetwork},
    KnownFailure{"server misbehaving", "unreachable", "cannot be reached (the name server does not answer)",
                 kCheckNetwork},
    KnownFailure{"network is unreachable", "unreachable", "cannot be reached (network is unreachable)", kCheckNetwork},
    KnownFailure{"no route to host", "unreachable", "cannot be reached (no route to host)", kCheckNetwork},
    KnownFailure{"TLS handshake timeout", "timeout", "does not answer (TLS handshake timeout)", kCheckNetwork},
    KnownFailure{"i/o timeout", "timeout", "does not answer (i/o timeout)", kCheckNetwork},
    KnownFailure{"Client.Timeout", "timeout", "does not answer (timeout)", kCheckNetwork},
    KnownFailure{"context deadline exceeded", "timeout", "does not answer (timeout)", kCheckNetwork},
    KnownFailure{"connection reset by peer", "unreachable", "closed the connection", kCheckNetwork},
    KnownFailure{": EOF", "unreachable", "closed the connection", kCheckNetwork},
};

const KnownFailure* known_failure(std::string_view output) {
  for (const KnownFailure& known : kKnownFailures) {
    if (output.find(known.text) != std::string_view::npos) return &known;
  }
  return nullptr;
}

std::string prefix(const EngineLogin& login) {
  return std::string(engine_name(login.engine.engine)) + ": ";
}

// ------------------------------------------------------------------------------------------------ presentable output

void replace_all(std::string& text, std::string_view what) {
  if (what.empty()) return;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += kHidden.size()) {
    text.replace(at, what.size(), kHidden);
  }
}

SecretBytes base64_of(std::string_view bytes) {
  SecretBytes out(base64_size(bytes.size()));
  base64_encode(bytes, out.data());
  return out;
}

void hide_secrets(std::string& text, const EngineLogin& login) {
  SecretBytes both;
  both.append(login.username);
  both.append(":");
  both.append(login.password);
  replace_all(text, base64_of(both.view()).view());
  replace_all(text, base64_of(login.password).view());
  replace_all(text, login.password);
}

bool is_noise(std::string_view line) {
  bool logged = line.starts_with("time=\"") && line.find("level=error") == std::string_view::npos;
  return stripped(line).empty() || logged;
}

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
    out += control ? (c == '\t' || c == '\r' ? ' ' : '?') : c;
  }
  return as_utf8(out);
}

// ------------------------------------------------------------------------------------------------------- the command

// What engines read from the environment and that holds no password of ours. REGISTRY_AUTH_FILE and DOCKER_CONFIG are
// left out: the scratch directory takes their place.
constexpr std::array kPassedOn{
    "PATH",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CONTAINERS_CONF",
    "CONTAINERS_REGISTRIES_CONF",
    "CONTAINERS_STORAGE_CONF",
    "REGISTRIES_CONFIG_PATH",
    "DOCKER_HOST",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
};

std::vector<std::string> engine_environment(const Account& account, const std::string& scratch, Engine engine) {
  std::vector<std::string> out{"HOME=" + account.user.home, "LANG=C.UTF-8"};
  bool has_path = false;
  for (std::string name : kPassedOn) {
    std::optional<std::string> value = account.environment(name);
    if (!value || value->empty()) continue;
    has_path = has_path || name == "PATH";
    out.push_back(name + "=" + *value);
  }
  if (!has_path) out.emplace_back("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  if (engine == Engine::docker) out.push_back("DOCKER_CONFIG=" + scratch);
  return out;
}

std::vector<std::string> command(const EngineLogin& login, const std::string& auth_file) {
  std::vector<std::string> argv{login.engine.program, "login", "--username=" + login.username, "--password-stdin"};
  if (login.engine.engine == Engine::podman) {
    argv.push_back("--authfile=" + auth_file);
    if (login.tls_verify) argv.push_back(*login.tls_verify ? "--tls-verify=true" : "--tls-verify=false");
    if (login.cert_dir) argv.push_back("--cert-dir=" + *login.cert_dir);
    argv.push_back(login.registry.name());
  } else if (!login.registry.is_docker_hub()) {
    argv.push_back(login.registry.host);  // Docker Hub is what docker takes when none is named
  }
  return argv;
}

/// The engine said yes; it must also have kept the login, under the key we will write.
void check_scratch(const EngineLogin& login, const std::string& auth_file) {
  Engine engine = login.engine.engine;
  if (access(auth_file.c_str(), F_OK) == 0) {
    AuthFile file = AuthFile::parse(read_secret_file(auth_file).view(), auth_file);
    if (file.entry_for(login.registry, engine) == auth_key(login.registry, engine)) return;
  }
  throw EngineFailure(Error(ErrorCode::program_failed,
                            prefix(login) + "logged in to " + login.registry.name() + ", but stored no entry for it",
                            {}, {}, "no-entry"),
                      engine, {});
}

}  // namespace

std::string presentable(std::string_view text, const EngineLogin& login) {
  std::string whole(text);
  hide_secrets(whole, login);
  std::vector<std::string_view> lines;
  for (std::string_view line : split(whole, '\n')) {
    if (!is_noise(line)) lines.push_back(stripped(line));
  }
  std::string out;
  for (std::size_t i = lines.size() - std::min(lines.size(), kLinesShown); i < lines.size(); ++i) {
    out += (out.empty() ? "" : "\n") + std::string(lines[i]);
  }
  if (out.size() > kBytesShown) out.resize(kBytesShown);
  return printable(out);
}

EngineFailure explained(const EngineLogin& login, std::string_view output, std::string_view how_it_ended) {
  Engine engine = login.engine.engine;
  std::string shown = presentable(output, login);
  const KnownFailure* known = known_failure(output);
  if (known == nullptr) {
    std::string_view last = std::string_view(shown).substr(shown.rfind('\n') + 1);
    std::string message =
        prefix(login) + "login to " + login.registry.name() + " failed (" + std::string(how_it_ended) + ")";
    if (!last.empty()) message += ": " + std::string(last);
    return {Error(ErrorCode::program_failed, std::move(message), {}, {}, "engine"), engine, std::move(shown)};
  }
  bool refused = known->reason == "credentials-refused";
  bool differs = engine == Engine::docker && !known->docker_hint.empty();
  return {Error(refused ? ErrorCode::refused : ErrorCode::program_failed,
                prefix(login) + login.registry.name() + " " + std::string(known->message),
                std::string(differs ? known->docker_hint : known->hint), {}, known->reason),
          engine, std::move(shown)};
}

void verify_login(const EngineLogin& login, const Account& account) {
  ScratchDirectory scratch(account.environment);
  Engine engine = login.engine.engine;
  std::string auth_file = scratch.path() + (engine == Engine::podman ? "/auth.json" : "/config.json");
  Process process{.argv = command(login, auth_file),
                  .standard_input = login.password,
                  .timeout = login.timeout,
                  .output_at_most = kOutputAtMost,
                  .environment = engine_environment(account, scratch.path(), engine)};
  ProcessResult result = run(process);
  if (result.succeeded()) return check_scratch(login, auth_file);

  SecretBytes output = std::move(result.standard_output);
  output.append("\n");
  output.append(result.standard_error.view());
  if (!result.timed_out) throw explained(login, output.view(), how_it_ended(result, process));
  throw EngineFailure(
      Error(ErrorCode::program_failed, prefix(login) + login.registry.name() + ": " + how_it_ended(result, process),
            std::string(kCheckNetwork) + "; to wait longer: timeout: 120", {}, "timeout"),
      engine, presentable(output.view(), login));
}

}  // namespace regvault
