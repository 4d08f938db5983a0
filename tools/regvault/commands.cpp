#include "regvault/commands.hpp"

#include <algorithm>
#include <array>

namespace regvault::tools {
namespace {

constexpr std::array kCommands{
    Command{"set", "Encrypt a value into a YAML file, leaving every other byte", configure_set},
    Command{"get", "Print the value of a key in a YAML file, decrypted", configure_get},
    Command{"unset", "Take a key out of a YAML file, leaving every other byte", configure_unset},
    Command{"encrypt_string", "Encrypt text and print it as a YAML value", configure_encrypt_string},
    Command{"decrypt_string", "Decrypt a YAML value or a payload from standard input", configure_decrypt_string},
    Command{"encrypt", "Encrypt whole files, or single values of YAML files", configure_encrypt},
    Command{"decrypt", "Decrypt files that are vaults, or the vaults inside of YAML files", configure_decrypt},
    Command{"view", "Show a file that is a vault, or that has vaults in it", configure_view},
    Command{"edit", "Change a file that is a vault, or that has vaults in it, in an editor", configure_edit},
    Command{"create", "Make a vault in an editor", configure_create},
    Command{"list", "List the secrets in files and directories", configure_list},
    Command{"rekey", "Put files and directories under another vault secret", configure_rekey},
    Command{"scan", "Find tokens in the clear, broken vaults and exposed vault passwords", configure_scan},
    Command{"rotate", "Give a secret a new value, in all places that hold the old one", configure_rotate},
    Command{"explain", "Show which value a host sees, and from which file and line", configure_explain},
    Command{"check", "Find out whether a login will work: to pull, to push, and for how long", configure_check},
    Command{"diagnose", "Find out why a registry says no: from a text, an image, stored logins, a workflow",
            configure_diagnose},
    Command{"token", "Make a GitHub token's page, or revoke one", configure_token},
    Command{"login", "Log this machine's engines in to a registry", configure_login},
    Command{"logout", "Log this machine's engines out of a registry", configure_logout},
    Command{"status", "Show which registries you are logged in to, and which login counts", configure_status},
    Command{"k8s", "Make pull secrets for Kubernetes, look at them, attach and test them", configure_k8s},
    Command{"credential-helper", "Let engines take a login out of an encrypted file", configure_credential_helper},
    Command{"github", "Set a secret of GitHub Actions, through gh", configure_github},
    Command{"git", "Let git diff and merge files with vaults", configure_git},
    Command{"textconv", "Show a file with a fingerprint for each vault, for git diff", configure_textconv},
    Command{"merge-driver", "Merge three versions of a file with vaults, for git merge", configure_merge_driver},
    Command{"shim", "Give regvault the name ansible-vault, or take it back", configure_shim},
};

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

const Command* find_command(std::string_view name) {
  const auto* row = std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& c) { return c.name == name; });
  return row == kCommands.end() ? nullptr : row;
}

}  // namespace regvault::tools
