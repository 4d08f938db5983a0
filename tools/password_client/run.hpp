/// The name "regvault-client": a client script for vault passwords, as Ansible and regvault run them.
/// docs/password-client.md is its specification.
///
///     ansible-playbook --vault-id prod@/usr/bin/regvault-client site.yml
///     regvault get --vault-id prod@regvault-client inventory.yml all.vars.ghcr_pat
///
/// The password of a label comes from the variable REGVAULT_PASSWORD_<LABEL>, else from a keyring that `secret-tool` or
/// `pass` reads. Exit code 2 says that there is none for the label: Ansible's protocol. Nothing but the password is
/// ever printed on standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "session.hpp"

namespace regvault::password_client {

/// `words` are those after the program's name.
int run(const std::vector<std::string>& words, tools::Session& session);

/// "REGVAULT_PASSWORD_PROD_EU" for "prod-eu".
std::string variable_of(std::string_view label);

}  // namespace regvault::password_client
