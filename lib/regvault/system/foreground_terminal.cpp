#include <regvault/system/foreground_terminal.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

namespace regvault {

ForegroundTerminal::ForegroundTerminal(bool wanted) {
  if (!wanted) return;
  FileDescriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.is_open() || tcgetpgrp(terminal.get()) != getpgrp()) return;
  if (tcgetattr(terminal.get(), &settings_) == 0) terminal_ = std::move(terminal);
}

void ForegroundTerminal::give_to(pid_t group) const {
  tcsetpgrp(terminal_.get(), group);
}

void ForegroundTerminal::take_back() const {
  if (is_ours() && !in_background_) tcsetpgrp(terminal_.get(), getpgrp());
}

void ForegroundTerminal::restore_settings() const {
  if (is_ours() && !in_background_) tcsetattr(terminal_.get(), TCSADRAIN, &settings_);
}

void ForegroundTerminal::stop_with(pid_t group) {
  take_back();
  kill(0, SIGTSTP);
  in_background_ = tcgetpgrp(terminal_.get()) != getpgrp();
  if (!in_background_) give_to(group);
  killpg(group, SIGCONT);
}

}  // namespace regvault
