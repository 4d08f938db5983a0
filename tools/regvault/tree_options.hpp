/// What the verbs that go over files and directories have in common.
#pragma once

#include <string>
#include <vector>

#include <regvault/base/error.hpp>
#include <regvault/workspace/walk.hpp>

#include "regvault/progress_bar.hpp"
#include "session.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace regvault::tools {

struct TreeOptions {
  std::vector<std::string> paths;
  bool with_ignored = false;
  bool verbose = false;
};

/// PATH... (returned), --no-ignore, -v.
CLI::Option* add_tree_options(CLI::App& app, TreeOptions& options);

/// The files, and what becomes of those that are left out: told with -v, and kept where they could not be read.
class Tree {
 public:
  /// `session` and `bar` must outlive it.
  Tree(const TreeOptions& options, const Session& session, ProgressBar& bar);

  const std::vector<workspace::FoundFile>& files() const { return files_; }
  workspace::SkipSink skipped();
  const std::vector<Error>& unreadable() const { return unreadable_; }

 private:
  bool verbose_;
  const Session& session_;
  ProgressBar& bar_;
  std::vector<Error> unreadable_;
  std::vector<workspace::FoundFile> files_;
};

}  // namespace regvault::tools
