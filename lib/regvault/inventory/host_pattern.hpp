/// Names of hosts in an inventory: `web[01:10].example.org`, `db[a:c]:2222`, `[2001:db8::1]:22`.
///
///     Hosts hosts = expand_hosts("db[a:c]:2222");     // names {"dba", "dbb", "dbc"}, port 2222
///
/// As Ansible does it: a range is begin:end or begin:end:step, of numbers or of single letters; a leading zero keeps
/// the width; what is no host name at all is taken as it is, its port included.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace regvault::inventory {

struct Hosts {
  std::vector<std::string> names;
  std::optional<std::string> port;  ///< its digits
};

/// Throws Error(malformed) for a range that Ansible refuses, and for more than a million hosts.
Hosts expand_hosts(std::string_view pattern);

/// For an element of a host list ("a,b:22"), which has no ranges.
Hosts listed_host(std::string_view text);

}  // namespace regvault::inventory
