#include "regvault/tree_options.hpp"

#include <CLI/CLI.hpp>

namespace regvault::tools {

CLI::Option* add_tree_options(CLI::App& app, TreeOptions& options) {
  CLI::Option* paths = app.add_option("PATH", options.paths, "Files and directories")->type_name("");
  app.add_flag("--no-ignore", options.with_ignored, "Below directories, take what git ignores, too");
  app.add_flag("-v,--verbose", options.verbose, "Say which files are skipped, and why");
  return paths;
}

Tree::Tree(const TreeOptions& options, const Session& session, ProgressBar& bar)
    : verbose_(options.verbose), session_(session), bar_(bar) {
  std::vector<std::string> paths = options.paths;
  if (paths.empty()) paths = {"."};
  files_ = workspace::walk(paths, {options.with_ignored, session.environment}, skipped());
}

workspace::SkipSink Tree::skipped() {
  return [this](const workspace::Skip& skip) {
    if (skip.failure) unreadable_.push_back(*skip.failure);
    if (!verbose_ || skip.failure) return;
    bar_.above([&] { session_.say("skipped " + in_quotes(skip.path) + ": " + skip.why); });
  };
}

}  // namespace regvault::tools
