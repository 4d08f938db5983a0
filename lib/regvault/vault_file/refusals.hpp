/// What no single value of a YAML file is: set(), get() and encrypt_values() refuse it in the same words.
#pragma once

#include <string>

#include <regvault/vault_file/vault_file.hpp>

namespace regvault::vault_file {

/// The key, in quotes.
std::string name_of(const Target& target);

Where place(const Target& target, const yaml::Value& value);

/// Error(unsupported, "already-encrypted"): `name` is one vault.
Error already_encrypted(const std::string& name);

/// In the clear, and Ansible makes something else of it.
bool is_template(const yaml::Value& value);

/// A key whose value is a template gets it from elsewhere: that is the place to change. Error(unsupported, "template").
void refuse_template(const Target& target, const yaml::Document& document, const yaml::Value& old, bool may_be_forced);

/// Error(unsupported, "not-a-scalar").
void refuse_collection(const Target& target, const yaml::Value& value);

}  // namespace regvault::vault_file
