#include <regvault/workspace/replacing.hpp>

namespace regvault::workspace {

Error changed_meanwhile(const std::string& path) {
  return {ErrorCode::file_access,
          in_quotes(path) + " was changed by another program since it was read",
          "run the command again",
          {},
          "changed"};
}

FileUpdate begin_unchanged(const std::string& path, std::string_view bytes) {
  FileUpdate update = FileUpdate::begin(path);
  if (update.bytes() != bytes) throw changed_meanwhile(path);
  return update;
}

void check(std::span<Replacement> files) {
  for (Replacement& file : files) {
    try {
      (void)file.begin();
    } catch (const Error& error) {
      file.error = error;
    }
  }
}

bool replace(std::span<Replacement> files, bool keep_going, const Progress& progress) {
  Count count(progress, "replacing files", files.size());
  for (Replacement& file : files) {
    if (file.error) continue;
    try {
      FileUpdate update = file.begin();
      file.finish(update);
      file.is_written = true;
    } catch (const Error& error) {
      file.error = error;
      if (!keep_going) return false;
    }
    count.one_more();
  }
  return true;
}

}  // namespace regvault::workspace
