/// What the verbs that change whole files have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "session.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace regvault::tools {

/// FILE..., and --output (returned), which goes with one of them only. So does "-".
CLI::Option* add_files(CLI::App& app, std::vector<std::string>& files, std::string& output);

/// "vars.yml: encrypted (vault id default)" on standard output, unless the bytes themselves may have gone there: `file`
/// or `output` is "-" or a device. `output` is named instead of `file` when it is not empty.
void announce_file(const std::string& file, std::string_view what, const std::string& output, const Session& session);

}  // namespace regvault::tools
