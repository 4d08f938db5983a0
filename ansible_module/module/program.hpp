/// What every binary module does around its work: read the task's arguments, answer, fail in Ansible's form.
///
///     int main(int argc, char** argv) { return module::run(argc, argv, "login", log_in_or_out); }
///
/// The arguments are a JSON object on standard input, or in the file that the one argument names; after
/// `--remove-arguments` that file is removed as soon as it is read, long before the work is done. The answer is one
/// JSON object on one line of standard output, always valid UTF-8 (ansible-core fails a task over anything else), with
/// exit code 0, or 1 when it failed: `failed`, `msg` and, where there are any, `hint` and `reason`. `--version` is
/// understood.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/json/document.hpp>

namespace regvault::module {

/// Fills the answer; what it throws is the failure, beside what was put into the answer before.
using Work = std::function<void(const json::Value& arguments, json::Object& answer, const WarningSink& warn)>;

int run(int argc, char** argv, std::string_view name, const Work& work);

/// Text into an answer. A path may be any bytes: those that are not UTF-8 become "?".
void put(json::Object& object, std::string_view key, std::string_view text);
void put(json::Object& object, std::string_view key, const std::vector<std::string>& texts);

}  // namespace regvault::module
