/// Environment variables and the user database, as parameters, so that a test can give its own.
///
///     Environment environment = process_environment();
///     std::string path = expanded_path("~/keys/$TEAM.txt", environment);
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace regvault {

/// Looks a variable up; nullopt when it is not set (set to nothing is "").
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

Environment process_environment();

/// One line of the user database.
struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::string home;
};

/// From /etc/passwd, else from `getent passwd` (which knows LDAP and its like). A static program cannot ask the name
/// service itself: glibc would load libraries of another version into it.
std::optional<User> find_user(uid_t uid);
std::optional<User> find_user(std::string_view name);

/// `~`, `~user`, `$NAME` and `${NAME}` replaced as Python's expanduser and expandvars do: what is not known stays.
/// `~` alone is $HOME, else the user database's home.
std::string expanded_path(std::string_view path, const Environment& environment);

}  // namespace regvault
