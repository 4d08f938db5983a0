/// What the module answers: never an argument's secret, in the diff neither.
#pragma once

#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/registry/auth_locations.hpp>
#include <regvault/registry/login.hpp>

#include "arguments.hpp"

namespace regvault::login {

void put_result(json::Object& answer, const Arguments& arguments, const Account& account,
                const std::vector<EntryChange>& changes);

}  // namespace regvault::login
