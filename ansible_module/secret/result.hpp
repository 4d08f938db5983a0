/// The answer of a task that has worked. No value is part of it.
#pragma once

#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/vault_file/vault_file.hpp>

#include "arguments.hpp"

namespace regvault::secret_module {

/// `written` in the order of arguments.changes.
void put_result(json::Object& answer, const Arguments& arguments, const std::vector<vault_file::Written>& written);

}  // namespace regvault::secret_module
