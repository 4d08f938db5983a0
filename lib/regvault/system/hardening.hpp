/// What a program that handles secrets does to itself, first thing in main().
#pragma once

namespace regvault {

/// Best effort, for good, and it does not fail:
///
///   - no core dump of this process, nor of the programs it runs: neither a file nor through a collector
///     (systemd-coredump, apport);
///   - a standard stream that came in closed stays unusable, but its number is taken: else the next file opened would
///     get it, and a warning would be written into the inventory;
///   - a closed pipe and a file-size limit are write errors with a message, not a silent death by SIGPIPE or SIGXFSZ.
///     (Programs that are run get the default actions back: process.hpp.)
void harden_process() noexcept;

}  // namespace regvault
