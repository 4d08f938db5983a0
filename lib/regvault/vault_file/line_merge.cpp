#include <regvault/vault_file/line_merge.hpp>

#include <charconv>

#include <regvault/base/text.hpp>
#include <regvault/system/process.hpp>
#include <regvault/system/scratch_directory.hpp>

namespace regvault::vault_file {
namespace {

using Kind = MergedLine::Kind;

constexpr std::size_t kOutputAtMost = std::size_t{1} << 30;

std::string git_merge_file(const std::array<std::vector<std::size_t>, 3>& versions, const Environment& environment) {
  std::optional<std::string> git = find_program("git", environment);
  if (!git) throw Error(ErrorCode::program_failed, "git is not on PATH", {}, {}, "ENOENT");

  constexpr std::array kNames = {"base", "ours", "theirs"};
  SecretScratch scratch(SecretScratch::Place::in_memory_or_disk, environment);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    std::string lines;
    for (std::size_t number : versions.at(i)) lines += std::to_string(number) + "\n";
    scratch.write(kNames.at(i), lines);
  }
  std::string folder = scratch.path() + "/";
  Process process{.argv = {*git, "-c", "merge.conflictStyle=merge", "merge-file", "-p", "-q", folder + "ours",
                           folder + "base", folder + "theirs"},
                  .output_at_most = kOutputAtMost};
  ProcessResult result = run(process);
  bool merged = result.exit_code && *result.exit_code < 128;  // else the number of conflicts
  if (!merged) throw Error(ErrorCode::program_failed, "git merge-file: " + how_it_ended(result, process));
  return std::string(result.standard_output.view());
}

}  // namespace

std::vector<MergedLine> merge_lines(const std::array<std::vector<std::size_t>, 3>& base_ours_theirs,
                                    const Environment& environment) {
  std::string output = git_merge_file(base_ours_theirs, environment);
  std::vector<MergedLine> lines;
  Kind within = Kind::both;
  for (std::string_view text : split(output, '\n')) {
    if (text.empty()) continue;  // behind the last line
    MergedLine line{.kind = within};
    if (text[0] == '<') {
      line.kind = Kind::marker_ours;
      within = Kind::ours;
    } else if (text[0] == '=') {
      line.kind = Kind::marker_middle;
      within = Kind::theirs;
    } else if (text[0] == '>') {
      line.kind = Kind::marker_theirs;
      within = Kind::both;
    } else {
      std::from_chars(text.data(), text.data() + text.size(), line.number);
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace regvault::vault_file
