#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/inventory/host_pattern.hpp>

namespace regvault::inventory {
namespace {

using testing::ElementsAreArray;

struct Row {
  const char* pattern;
  std::vector<std::string> names;
  std::optional<std::string> port = std::nullopt;
};

TEST(HostPattern, IsExpandedAsByAnsible) {
  const Row rows[] = {
      {"web01", {"web01"}},
      {"web01.example.org:2222", {"web01.example.org"}, "2222"},
      {"web[01:03]", {"web01", "web02", "web03"}},
      {"web[1:10:4]", {"web1", "web5", "web9"}},
      {"web[:2]", {"web0", "web1", "web2"}},
      {"db[a:c].example.org", {"dba.example.org", "dbb.example.org", "dbc.example.org"}},
      {"x[08:11]", {"x08", "x09", "x10", "x11"}},
      {"r[1:2]-[a:b]", {"r1-a", "r1-b", "r2-a", "r2-b"}},
      {"q[1:2]:99", {"q1", "q2"}, "99"},
      {"[x[1:2]]:99", {"x1", "x2"}, "99"},
      {"10.0.0.[1:2]", {"10.0.0.1", "10.0.0.2"}},
      {"10.0.0.7:22", {"10.0.0.7"}, "22"},
      {"::1", {"::1"}},
      {"[2001:db8::1]:22", {"2001:db8::1"}, "22"},
      {"2001:db8::2", {"2001:db8::2"}},
      {"under_score-", {"under_score-"}},
      {"under_score-:22", {"under_score-:22"}},  // no host name, so no port either
      {"b@d:22", {"b@d:22"}},
      {"[2:1]", {}},
  };
  for (const Row& row : rows) {
    Hosts hosts = expand_hosts(row.pattern);
    EXPECT_THAT(hosts.names, ElementsAreArray(row.names)) << row.pattern;
    EXPECT_EQ(hosts.port, row.port) << row.pattern;
  }
}

TEST(HostPattern, RefusesWhatAnsibleRefuses) {
  struct Refused {
    const char* pattern;
    const char* message;
  };
  const Refused rows[] = {
      {"w[1]", "the host range in \"w[1]\" must be begin:end or begin:end:step"},
      {"w[1:]", "the host range in \"w[1:]\" has no end"},
      {"w[01:100]", "the host range in \"w[01:100]\" must have a begin and an end of equal length"},
      {"w[c:a]", "the host range in \"w[c:a]\" must begin before it ends"},
      {"w[1:x]", "the host range in \"w[1:x]\" is neither of numbers nor letters"},
      {"w[1:3:0]", "the host range in \"w[1:3:0]\" needs a step above 0"},
      {"w[1:3", "the host range in \"w[1:3\" has no end"},
      {"w[1:9999999]", "the host range in \"w[1:9999999]\" has more than a million hosts"},
  };
  for (const Refused& row : rows) {
    try {
      expand_hosts(row.pattern);
      ADD_FAILURE() << row.pattern;
    } catch (const Error& error) {
      EXPECT_EQ(error.message, row.message);
    }
  }
}

TEST(HostPattern, ListsHaveNoRanges) {
  EXPECT_THAT(listed_host("a:22").names, testing::ElementsAre("a"));
  EXPECT_EQ(listed_host("a:22").port, "22");
  EXPECT_THAT(listed_host("a[1:2]").names, testing::ElementsAre("a[1:2]"));
}

}  // namespace
}  // namespace regvault::inventory
