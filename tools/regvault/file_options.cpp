#include "regvault/file_options.hpp"

#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>

namespace regvault::tools {

CLI::Option* add_files(CLI::App& app, std::vector<std::string>& files, std::string& output) {
  app.add_option("FILE", files, "Files; \"-\": standard input, to standard output")->required()->type_name("");
  auto* option = app.add_option("--output", output, "Write to this file instead (\"-\": standard output)");
  option->type_name("FILE");
  app.callback([&files, &output] {
    if (files.size() < 2) return;
    if (!output.empty()) throw Error(ErrorCode::usage, "--output goes with one FILE only");
    if (std::ranges::count(files, "-") != 0) {
      throw Error(ErrorCode::usage, "\"-\" (standard input) goes with no other FILE");
    }
  });
  return option;
}

void announce_file(const std::string& file, std::string_view what, const std::string& output, const Session& session) {
  const std::string& written = output.empty() ? file : output;
  std::error_code none;
  if (written == "-" || !std::filesystem::is_regular_file(written, none)) return;
  session.announce(escaped(written) + ": " + std::string(what) + "\n");
}

}  // namespace regvault::tools
