#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include <regvault/system/hardening.hpp>
#include <regvault/system/terminal.hpp>

#include "regvault/cli.hpp"

namespace {

/// A standard stream that came in closed stays unusable, but its number is taken: else the next file we open gets it,
/// and a warning would be written into the inventory.
void occupy_closed_streams() {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    int the_wrong_way = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", the_wrong_way) != stream) _exit(1);  // nowhere left to say so
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  regvault::forbid_core_dumps();
  signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): a closed pipe is a write error with a message, not a silent death
  signal(SIGXFSZ, SIG_IGN);  // NOLINT(cert-err33-c): and so is a file-size limit
  int interrupting_signal = 0;
  try {
    regvault::tools::Session session = regvault::tools::process_session();
    return regvault::tools::run({argv + 1, argv + argc}, session);
  } catch (const regvault::Interrupted& interrupted) {
    interrupting_signal = interrupted.signal;
  }
  // Here everything the command held is destroyed, and so wiped: the signal may take its course.
  regvault::die_of(interrupting_signal);
}
