#include <regvault/system/pager.hpp>

#include <regvault/system/process.hpp>

namespace regvault {

std::string find_pager(const Environment& environment, const std::string& configured) {
  for (const char* name : {"PAGER", "ANSIBLE_PAGER"}) {
    std::string command = environment(name).value_or("");
    if (!command.empty()) return command;
  }
  return configured.empty() ? "less" : configured;
}

void page(std::string_view text, const std::string& command, const Environment& environment) {
  bool is_missing = command == "less" && !find_program(command, environment);
  std::string prefix = command.find("less") != std::string::npos ? "export LESS=FRSX; " : "";
  Process process{.argv = {"/bin/sh", "-c", is_missing ? "cat" : prefix + command},
                  .standard_input = text,
                  .timeout = kNoTimeout,
                  .pass_standard_output = true,
                  .pass_standard_error = true,
                  .foreground = true};
  run(process);
}

}  // namespace regvault
