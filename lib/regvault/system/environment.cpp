#include <regvault/system/environment.hpp>

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <vector>

#include <regvault/base/text.hpp>
#include <regvault/system/process.hpp>

namespace regvault {
namespace {

constexpr std::chrono::seconds kGetentTimeout{10};

std::optional<uid_t> number(std::string_view digits) {
  if (digits.empty() || digits.size() > 10) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (value > std::numeric_limits<uid_t>::max()) return std::nullopt;
  return static_cast<uid_t>(value);
}

template <typename Wanted>
std::optional<User> find_in_file(const Wanted& wanted) {
  struct Close {
    void operator()(FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<FILE, Close> file(std::fopen("/etc/passwd", "re"));
  if (!file) return std::nullopt;
  std::vector<char> text(64 * 1024);
  passwd line{};
  passwd* found = nullptr;
  while (fgetpwent_r(file.get(), &line, text.data(), text.size(), &found) == 0) {
    if (wanted(line)) return User{line.pw_name, line.pw_uid, line.pw_gid, line.pw_dir};
  }
  return std::nullopt;
}

/// What the name service knows beyond /etc/passwd; `key` is a name or a number.
std::optional<User> ask_name_service(std::string_view key) {
  std::optional<std::string> getent = find_program("getent", process_environment());
  if (!getent) return std::nullopt;
  ProcessResult answer = run({.argv = {*getent, "passwd", "--", std::string(key)}, .timeout = kGetentTimeout});
  if (!answer.succeeded()) return std::nullopt;
  std::vector<std::string_view> fields = split(stripped(answer.standard_output.view(), "\n"), ':');
  if (fields.size() != 7) return std::nullopt;
  std::optional<uid_t> uid = number(fields[2]), gid = number(fields[3]);
  if (!uid || !gid) return std::nullopt;
  return User{std::string(fields[0]), *uid, *gid, std::string(fields[5])};
}

bool is_word(char c) {  // Python's \w with re.ASCII
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// What follows a `$`: how long it is, and the variable it names; length 0: it names none.
struct Reference {
  std::size_t length = 0;
  std::string_view name;
};

Reference reference_at(std::string_view text) {
  if (text.starts_with('{')) {
    std::size_t end = text.find('}');
    if (end == std::string_view::npos) return {};
    return {end + 1, text.substr(1, end - 1)};
  }
  std::size_t length = 0;
  while (length < text.size() && is_word(text[length])) ++length;
  return {length, text.substr(0, length)};
}

std::string with_variables(std::string_view path, const Environment& environment) {
  std::string out;
  while (!path.empty()) {
    std::size_t dollar = path.find('$');
    out += path.substr(0, dollar);
    if (dollar == std::string_view::npos) break;
    Reference reference = reference_at(path.substr(dollar + 1));
    std::optional<std::string> value;
    if (reference.length != 0) value = environment(std::string(reference.name));
    out += value ? std::string_view(*value) : path.substr(dollar, reference.length + 1);
    path.remove_prefix(dollar + 1 + reference.length);
  }
  return out;
}

std::optional<std::string> home_of(std::string_view name, const Environment& environment) {
  if (name.empty()) {
    if (std::optional<std::string> home = environment("HOME")) return home;
  }
  std::optional<User> user = name.empty() ? find_user(getuid()) : find_user(name);
  if (!user) return std::nullopt;
  return user->home;
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::optional<User> find_user(uid_t uid) {
  std::optional<User> user = find_in_file([&](const passwd& line) { return line.pw_uid == uid; });
  return user ? user : ask_name_service(std::to_string(uid));
}

std::optional<User> find_user(std::string_view name) {
  if (name.empty()) return std::nullopt;
  std::optional<User> user = find_in_file([&](const passwd& line) { return line.pw_name == name; });
  if (user) return user;
  user = ask_name_service(name);
  if (user && user->name != name) return std::nullopt;  // getent takes a number for a uid
  return user;
}

std::string expanded_path(std::string_view path, const Environment& environment) {
  std::string text = with_variables(path, environment);  // variables first, as Ansible's unfrackpath has it
  if (!text.starts_with('~')) return text;
  std::size_t end = std::min(text.find('/', 1), text.size());
  std::optional<std::string> home = home_of(std::string_view(text).substr(1, end - 1), environment);
  if (!home) return text;
  while (home->ends_with('/')) home->pop_back();
  std::string expanded = *home + text.substr(end);
  return expanded.empty() ? "/" : expanded;
}

}  // namespace regvault
