#include <regvault/system/hardening.hpp>

#include <sys/resource.h>

namespace regvault {

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

}  // namespace regvault
