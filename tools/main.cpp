#include <string>
#include <vector>

#include <regvault/system/hardening.hpp>
#include <regvault/system/terminal.hpp>

#include "regvault/cli.hpp"

int main(int argc, char** argv) {
  regvault::harden_process();
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
