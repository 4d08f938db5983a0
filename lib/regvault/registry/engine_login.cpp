#include <regvault/registry/engine_login.hpp>

#include <unistd.h>

#include <utility>
#include <vector>

#include <regvault/registry/auth_file.hpp>
#include <regvault/registry/child_environment.hpp>
#include <regvault/registry/presentable.hpp>
#include <regvault/system/noted_signals.hpp>
#include <regvault/system/process.hpp>
#include <regvault/system/scratch_directory.hpp>

namespace regvault {
namespace {

constexpr std::size_t kOutputAtMost = 64 * 1024;
constexpr std::size_t kLinesShown = 5;

bool is_docker(const EngineLogin& login) {
  return login.engine.engine == Engine::docker;
}

std::vector<std::string> environment_in(const SecretScratch& scratch, const EngineLogin& login,
                                        const Account& account) {
  std::vector<std::string> out = child_environment(account);
  if (is_docker(login)) out.push_back("DOCKER_CONFIG=" + scratch.path());
  return out;
}

std::vector<std::string> command(const EngineLogin& login, const std::string& auth_file) {
  std::vector<std::string> argv{login.engine.program, "login", "--username=" + login.username, "--password-stdin"};
  if (!is_docker(login)) {
    argv.push_back("--authfile=" + auth_file);
    if (login.tls_verify) argv.push_back(*login.tls_verify ? "--tls-verify=true" : "--tls-verify=false");
    if (login.cert_dir) argv.push_back("--cert-dir=" + *login.cert_dir);
    argv.push_back(login.registry.name());
  } else if (!login.registry.is_docker_hub()) {
    argv.push_back(login.registry.host);  // Docker Hub is what docker takes when none is named
  }
  return argv;
}

/// A file that has no login yet makes docker look for a helper it could use, and put the login there: this one says
/// that the file itself has it.
std::string without_helper(const EngineLogin& login) {
  return R"({"credHelpers":{")" + auth_key(login.registry, Engine::docker) + R"(":""}})";
}

/// The engine said yes; it must also have kept the login, under the key we will write.
void check_scratch(const SecretScratch& scratch, const std::string& name, const EngineLogin& login) {
  Engine engine = login.engine.engine;
  std::string path = scratch.path() + "/" + name;
  if (access(path.c_str(), F_OK) == 0) {
    AuthFile file = AuthFile::parse(scratch.read(name).view(), path);
    if (file.entry_for(login.registry, engine) == auth_key(login.registry, engine)) return;
  }
  throw nothing_stored(engine, login.registry);
}

std::string presentable_output(std::string_view output, const EngineLogin& login) {
  const SecretBytes both = user_and_password(login.username, login.password);
  return presentable(output, {both.view(), login.password}, kLinesShown);
}

}  // namespace

void verify_login(const EngineLogin& login, const Account& account) {
  NotedSignals signals;
  SecretScratch scratch(SecretScratch::Place::in_memory_or_disk, account.environment);
  std::string name = is_docker(login) ? "config.json" : "auth.json";
  if (is_docker(login)) scratch.write(name, without_helper(login));
  Process process{.argv = command(login, scratch.path() + "/" + name),
                  .standard_input = login.password,
                  .timeout = login.timeout,
                  .output_at_most = kOutputAtMost,
                  .environment = environment_in(scratch, login, account),
                  .own_session = true,
                  .noted_signals = &signals};
  ProcessResult result = run(process);
  if (result.succeeded()) return check_scratch(scratch, name, login);

  SecretBytes output = std::move(result.standard_output);
  output.append("\n");
  output.append(result.standard_error.view());
  std::string shown = presentable_output(output.view(), login), how = how_it_ended(result, process);
  if (result.timed_out) throw no_answer(login.engine.engine, login.registry, std::move(shown), how);
  throw explained(login.engine.engine, login.registry, output.view(), std::move(shown), how);
}

}  // namespace regvault
