#include <regvault/system/terminal.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

constexpr std::string_view kName = "the terminal";
constexpr std::size_t kLongestLine = 64 * 1024;

[[noreturn]] void fail(std::string_view what, int error) {
  throw Error(ErrorCode::file_access, "cannot " + std::string(what) + " the terminal: " + std::strerror(error));
}

/// No echo, and every key at once, but Ctrl-C and Ctrl-Z still make signals.
class HiddenInput {
 public:
  explicit HiddenInput(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal, &before_) != 0) fail("read", errno);
    termios hidden = before_;
    hidden.c_lflag &= ~tcflag_t{ECHO | ECHONL | ICANON};
    hidden.c_lflag |= ISIG;
    hidden.c_iflag |= ICRNL;
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    if (tcsetattr(terminal, TCSADRAIN, &hidden) != 0) fail("hide the input of", errno);
  }
  ~HiddenInput() { tcsetattr(terminal_, TCSADRAIN, &before_); }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;

  bool is(char c, std::size_t key) const {
    return before_.c_cc[key] != _POSIX_VDISABLE && static_cast<cc_t>(c) == before_.c_cc[key];
  }

 private:
  int terminal_;
  termios before_{};
};

// ------------------------------------------------------------------------------------------------------------ answers

struct Answer {
  int signal = 0;  ///< that ended the question
  std::optional<SecretBytes> line;
};

void erase_character(SecretBytes& line) {
  std::size_t size = line.size();
  while (size > 0 && (line.view()[size - 1] & 0xc0) == 0x80) --size;  // UTF-8: the bytes that continue it
  line.resize(size > 0 ? size - 1 : 0);
}

/// One byte at a time: what is typed after the line's end is the next question's.
ssize_t read_byte(int terminal, char& c) {
  ssize_t count;
  while ((count = read(terminal, &c, 1)) == -1 && errno == EINTR) {
  }
  if (count == -1) fail("read", errno);
  return count;
}

Answer read_hidden_line(int terminal, const NotedSignals& signals, const HiddenInput& input) {
  constexpr char kBackspace = '\b', kDelete = '\x7f';
  SecretBytes line;
  while (true) {
    if (int signal = signals.wait_for_input(terminal)) return {signal, std::nullopt};
    char c;
    if (read_byte(terminal, c) == 0) return {};
    if (c == '\n' || c == '\r') return {0, std::move(line)};
    if (input.is(c, VEOF)) {
      if (line.empty()) return {};
    } else if (c == kBackspace || c == kDelete || input.is(c, VERASE)) {
      erase_character(line);
    } else if (input.is(c, VKILL)) {
      line.clear();
    } else {
      if (line.size() == kLongestLine) throw Error(ErrorCode::file_access, "the line typed is longer than 64 KiB");
      line.append({&c, 1});
    }
  }
}

Answer read_shown_line(int terminal, const NotedSignals& signals) {
  SecretBytes line;
  while (true) {
    if (int signal = signals.wait_for_input(terminal)) return {signal, std::nullopt};
    char c;
    if (read_byte(terminal, c) == 0) return line.empty() ? Answer{} : Answer{0, std::move(line)};
    if (c == '\n') return {0, std::move(line)};
    line.append({&c, 1});
  }
}

/// Asks until there is an answer; after Ctrl-Z and `fg` once more. `question` has put everything back when it returns.
template <typename Question>
std::optional<SecretBytes> ask(const Terminal& terminal, Question question) {
  while (true) {
    Answer answer = question();
    if (answer.signal == 0) return std::move(answer.line);
    terminal.write("\n");
    if (answer.signal != SIGTSTP) throw Interrupted(answer.signal);
    raise(SIGTSTP);
  }
}

}  // namespace

std::optional<Terminal> Terminal::open() {
  FileDescriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.is_open()) return std::nullopt;
  return Terminal(std::move(terminal));
}

std::optional<SecretBytes> Terminal::read_hidden(std::string_view prompt) const {
  std::optional<SecretBytes> line = ask(*this, [&] {
    NotedSignals signals(NotedSignals::Stop::is_noted);
    HiddenInput input(descriptor_.get());
    write(prompt);  // after the echo is off: whoever answers the prompt is never seen
    return read_hidden_line(descriptor_.get(), signals, input);
  });
  write("\n");
  return line;
}

std::optional<std::string> Terminal::read_line(std::string_view prompt) const {
  std::optional<SecretBytes> line = ask(*this, [&] {
    NotedSignals signals(NotedSignals::Stop::is_noted);
    write(prompt);
    return read_shown_line(descriptor_.get(), signals);
  });
  if (!line) return std::nullopt;
  return std::string(line->view());
}

void Terminal::write(std::string_view text) const {
  write_all(descriptor_.get(), text, kName);
}

void leave_terminal() {
  if (getsid(0) == getpid()) return;
  FileDescriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.is_open()) ioctl(terminal.get(), TIOCNOTTY);
}

bool is_terminal(int descriptor) {
  return isatty(descriptor) == 1;
}

}  // namespace regvault
