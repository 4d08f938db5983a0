/// The actions of ansible-vault. Each throws Failure, or Error where no file is concerned.
#pragma once

#include "ansible_vault/context.hpp"

namespace regvault::ansible_vault {

void encrypt(const Context& context);
void decrypt(const Context& context);
void rekey(const Context& context);
void view(const Context& context);
void create(const Context& context);
void edit(const Context& context);
void encrypt_string(const Context& context);

}  // namespace regvault::ansible_vault
