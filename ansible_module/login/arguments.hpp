/// The task's arguments: what Ansible hands over as JSON becomes logins, or an error that names every mistake.
///
///     Task task = parse_arguments(document.root());
///     for (Arguments& login : task.logins) …       // one, or as many as `registries` has
///
/// Ansible passes what YAML made of the task: `tls_verify=no` is the string "no", a port a number. So a text may come
/// as a number, a boolean as one of YAML's words, a list as "podman,docker". null is "not given". Keys that begin with
/// `_ansible_` are Ansible's own; the ones we do not know are left alone. Every other unknown key is an error.
///
/// Throws Error(usage) with all mistakes in one message, and never the value of a user name or password.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/registry/engine.hpp>
#include <regvault/registry/login.hpp>
#include <regvault/secret/secret_bytes.hpp>

namespace regvault::login {

/// One login. Of an item of `registries`: what it does not say itself, the task says.
struct Arguments {
  RegistryReference registry;
  std::string username;
  SecretBytes password;
  std::vector<Engine> engines;  ///< empty: every one the host has
  bool absent = false;
  Keeping keeping;
  std::optional<bool> tls_verify;
  std::optional<std::string> cert_dir;
  Validate validate = Validate::changed;
  std::chrono::seconds timeout{60};
  std::optional<std::string> executable;
};

struct Task {
  std::vector<Arguments> logins;
  bool is_list = false;  ///< `registries` was given
  bool check_mode = false;
  bool diff = false;
};

Task parse_arguments(const json::Value& given);

}  // namespace regvault::login
