/// What the module answers: never an argument's secret, in the diff neither.
#pragma once

#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/registry/auth_locations.hpp>

#include "arguments.hpp"
#include "outcome.hpp"

namespace regvault::login {

void put_result(json::Object& answer, const Task& task, const Account& account, const std::vector<Outcome>& outcomes);

}  // namespace regvault::login
