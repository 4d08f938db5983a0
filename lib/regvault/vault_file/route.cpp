#include <regvault/vault_file/route.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace regvault::vault_file {
namespace {

constexpr std::string_view kStream = "-";
constexpr mode_t kPrivate = 0600;

/// A pipe or a device takes bytes as they come; a directory is FileUpdate's to refuse.
bool is_stream(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

}  // namespace

Input open_source(const std::string& path, const Streams& streams) {
  if (path != kStream) return Input::open(path);
  if (!streams.open_input) throw Error(ErrorCode::usage, "standard input cannot be changed in place");
  return streams.open_input();
}

vault::ReadAt reading(const Input& input) {
  return [&input](std::uint64_t offset, char* into, std::size_t size) { return input.read_at(offset, into, size); };
}

std::string shown_source(const std::string& path) {
  return path == kStream ? "standard input" : path;
}

Output::Output(const Route& route, const Streams& streams, const Input& input) : name_(in_quotes(route.destination)) {
  bool in_place = route.destination.empty();
  if ((in_place ? route.source : route.destination) == kStream) {
    stream_ = streams.output;
  } else if (in_place) {
    update_ = FileUpdate::begin(route.source);
    update_->must_still_be(input);
  } else if (is_stream(route.destination)) {
    device_ = FileDescriptor(open(route.destination.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (!device_.is_open()) fail_with_errno("write", name_, errno);
  } else {
    update_ = FileUpdate::begin_or_create(route.destination, kPrivate);
  }
  if (update_ && route.afresh) update_->start_afresh(kPrivate);
}

void Output::write(std::string_view piece) {
  if (update_) {
    update_->write(piece);
  } else if (device_.is_open()) {
    write_all(device_.get(), piece, name_);
  } else {
    stream_(piece);
  }
}

void Output::wipe_old_bytes() {
  if (update_) update_->wipe_old_bytes();
}

void Output::commit(const WarningSink& warn) {
  if (update_) update_->commit(warn);
}

}  // namespace regvault::vault_file
