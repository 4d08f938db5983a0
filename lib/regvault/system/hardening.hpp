/// What a program that handles secrets forbids itself, first thing in main().
#pragma once

namespace regvault {

/// No core dump of this process, nor of the programs it runs: neither a file nor through a collector
/// (systemd-coredump, apport). For good. Best effort: it does not fail.
void forbid_core_dumps() noexcept;

}  // namespace regvault
