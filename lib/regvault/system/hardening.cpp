#include <regvault/system/hardening.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace regvault {
namespace {

// core(5): a limit of 0 stops files only, a collector at the end of a pipe still gets the dump; the kernel takes the
// limit 1 to mean "not even a pipe" (fs/coredump.c), and no file fits into one byte. (PR_SET_DUMPABLE would do too,
// but takes /proc/self/fd away from an unprivileged process, which replacing a file needs.)
void forbid_core_dumps() noexcept {
  rlimit limit{1, 1};
  if (setrlimit(RLIMIT_CORE, &limit) == 0) return;
  limit.rlim_cur = 0;  // the hard limit is 0 already, and only root may raise it
  limit.rlim_max = 0;
  (void)setrlimit(RLIMIT_CORE, &limit);
}

void occupy_closed_streams() noexcept {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) != -1) continue;
    int the_wrong_way = stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", the_wrong_way) != stream) _exit(1);  // nowhere left to say so
  }
}

}  // namespace

void harden_process() noexcept {
  occupy_closed_streams();
  forbid_core_dumps();
  for (int number : {SIGPIPE, SIGXFSZ}) (void)signal(number, SIG_IGN);
}

}  // namespace regvault
