#include <regvault/registry/auth_file_access.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <regvault/base/text.hpp>

namespace regvault {
namespace {

constexpr std::size_t kAuthFileAtMost = 16 << 20;
constexpr mode_t kForOthers = 0077;

bool exists(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0) return true;
  return errno != ENOENT && errno != ENOTDIR;  // anything else is for the reader to say
}

/// To open a named pipe would be to wait for its writer.
void refuse_pipe(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  throw Error(ErrorCode::file_access, "cannot read " + in_quotes(path) + ": it is a named pipe", {}, {}, "not-a-file");
}

[[noreturn]] void fail_for_directory(const std::string& what) {
  throw Error(ErrorCode::file_access, what + ": " + std::strerror(errno), {}, {}, "directory");
}

/// The directories a file needs, for us alone.
void make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    std::string directory = path.substr(0, slash);
    if (mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST || exists(directory)) continue;
    fail_for_directory("cannot make the directory " + in_quotes(directory));
  }
}

FileUpdate begin_with_parents(const std::string& path) {
  make_parents(path);
  return FileUpdate::begin_or_create(path, 0600);
}

}  // namespace

std::optional<AuthFile> read_auth_file(const AuthLocation& location) {
  if (!exists(location.path)) return std::nullopt;
  refuse_pipe(location.path);
  return AuthFile::parse(read_secret_file(location.path, kAuthFileAtMost).view(), location.path, location.format);
}

void refuse_unwritable(const std::string& path, const Account& account) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) {
    (void)FileUpdate::begin_or_create(path, 0600);
    return;
  }
  const std::string& home = account.user.home;
  if (path.starts_with(home + "/") && !exists(home)) {
    throw Error(ErrorCode::not_found,
                "the home directory of " + account.user.name + " is not there: " + in_quotes(home),
                "make it, name a file elsewhere (auth_file), or keep the login until the next reboot (persist: false)",
                {}, "home");
  }
  std::string directory = path.starts_with('/') ? path : "./" + path;  // the nearest there is
  do {
    directory.resize(std::max<std::size_t>(directory.rfind('/'), 1));
  } while (!exists(directory));
  if (faccessat(AT_FDCWD, (directory + "/").c_str(), W_OK | X_OK, AT_EACCESS) == 0) return;
  fail_for_directory("cannot create " + in_quotes(path) + ": " + in_quotes(directory));
}

void refuse_foreign_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || status.st_uid == geteuid()) return;
  throw Error(ErrorCode::file_access,
              in_quotes(path) + " belongs to another user (" + std::to_string(status.st_uid) + "), not to the task's",
              "if that is meant, name it: auth_file; else see XDG_RUNTIME_DIR, REGISTRY_AUTH_FILE and DOCKER_CONFIG",
              {}, "foreign-file");
}

void warn_of_access(const std::string& path, const WarningSink& warn) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && (status.st_mode & kForOthers) != 0) {
    warn(in_quotes(path) + " can be read or written by others; repair it with: chmod 600 " + path);
  }
}

AuthFileUpdate::AuthFileUpdate(const std::string& path, const WarningSink& warn)
    : warn_(warn), update_(begin_with_parents(path)), file_(AuthFile::parse(update_.bytes(), path)) {
  if (update_.exists() && stripped(update_.bytes()).empty()) {
    warn(in_quotes(path) + " was empty, which engines take for an error");
  }
}

void AuthFileUpdate::commit() {
  if (update_.exists() && (update_.mode() & kForOthers) != 0) {
    warn_(in_quotes(update_.path()) + " could be read or written by others; it is 0600 now");
    update_.set_mode(0600);
  }
  update_.commit(file_.written().view(), warn_);
}

}  // namespace regvault
