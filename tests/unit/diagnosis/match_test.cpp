/// Outputs of real programs (tests/vectors/diagnose): each file's name begins with the cause that is expected, or
/// "nothing".
#include <gtest/gtest.h>
#include <regvault/diagnosis/match.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <regvault/base/encoding.hpp>
#include <regvault/registry/cause.hpp>

namespace regvault::diagnosis {
namespace {

/// No token is in the files: where one stood, it is put in here.
const std::string kToken = std::string("ghp_") + "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA1bC3";

std::string read(const std::filesystem::path& path) {
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  std::string text = bytes.str();
  for (std::size_t at = text.find("@TOKEN@"); at != text.npos; at = text.find("@TOKEN@")) text.replace(at, 7, kToken);
  return text;
}

std::string cause_of(std::string_view text, std::string_view registry = {}) {
  std::vector<Match> found = match(text, registry);
  return found.empty() ? "nothing" : std::string(found.front().text->cause);
}

std::size_t check_folder(const std::string& name) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(REGVAULT_TESTS_DIR "/vectors/diagnose/" + name)) {
    SCOPED_TRACE(file.path().filename().string());
    const std::string text = read(file.path()), expected = file.path().filename().string();
    EXPECT_EQ(cause_of(text), expected.substr(0, expected.find('.')));
    EXPECT_EQ(cause_of("noise before\n" + text + "\nnoise after"), expected.substr(0, expected.find('.')));
    for (const Match& match : match(text)) {
      EXPECT_EQ(match.evidence.find(kToken.substr(4, 12)), std::string::npos);
      EXPECT_NE(find_cause(match.text->cause), nullptr);
      EXPECT_GT(match.line, 0u);
    }
    ++count;
  }
  return count;
}

TEST(Match, RecordedTexts) {
  EXPECT_GE(check_folder("seen"), 45u);
}

TEST(Match, NearMisses) {
  EXPECT_GE(check_folder("near"), 20u);
}

TEST(Match, EveryCauseOfATextIsRecorded) {
  std::set<std::string> recorded;
  for (const auto& file : std::filesystem::directory_iterator(REGVAULT_TESTS_DIR "/vectors/diagnose/seen")) {
    std::string name = file.path().filename().string();
    recorded.insert(name.substr(0, name.find('.')));
  }
  for (const FailureText& row : failure_texts()) {
    EXPECT_TRUE(recorded.contains(std::string(row.cause))) << "no recorded text has the cause " << row.cause;
  }
}

TEST(Match, TheMostSpecificFirstAndTheOthersToo) {
  std::vector<Match> found = match(read(REGVAULT_TESTS_DIR "/vectors/diagnose/seen/pull-secret-missing.kubelet.txt"));
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].text->cause, "pull-secret-missing");
  EXPECT_EQ(found[0].line, 1u);
  EXPECT_EQ(found[1].text->cause, "no-credentials");
  EXPECT_EQ(found[1].line, 2u);
  EXPECT_EQ(found[1].image, "ghcr.io/acme/api:1.4");
  EXPECT_EQ(found[2].text->cause, "image-pull");
}

TEST(Match, AnotherRegistry) {
  const std::string text =
      "Error: reading manifest 1 in docker.io/octo/app: toomanyrequests: slow down "
      "https://registry-1.docker.io/v2/octo\n"
      "Error: initializing source docker://ghcr.io/octo/app:1: manifest unknown\n";
  EXPECT_EQ(cause_of(text), "rate-limit");
  EXPECT_EQ(cause_of(text, "ghcr.io"), "manifest-unknown");
  EXPECT_EQ(cause_of("proxy up\ndial tcp: lookup reg.acme.local: no such host\n"), "nothing");
  EXPECT_EQ(cause_of("proxy up\ndial tcp: lookup reg.acme.local: no such host\n", "reg.acme.local"), "unreachable");
}

TEST(Match, NothingButTheTextIsPasted) {
  for (std::string_view text :
       {"no such host", "Error: connection refused", "x509: certificate signed by unknown authority", "403 Forbidden",
        "error: illegal base64 data at input byte 4"}) {
    EXPECT_NE(cause_of(text), "nothing") << text;
  }
}

TEST(Match, NamesInLines) {
  const struct {
    std::string_view line, image, registry;
  } rows[] = {
      {"Failed to pull image \"ghcr.io/acme/api:1.4\": rpc error", "ghcr.io/acme/api:1.4", "ghcr.io"},
      {"pull access denied for acme/api, repository does not exist", "acme/api", "docker.io"},
      {"manifest for localhost:5000/app:1 not found: manifest unknown", "localhost:5000/app:1", "localhost:5000"},
      {"failed to push ghcr.io/acme/api:main: denied", "ghcr.io/acme/api:main", "ghcr.io"},
      {"Head \"https://ghcr.io/v2/octo/app/manifests/latest\": denied", "ghcr.io/octo/app:latest", "ghcr.io"},
      {"GET https://x.io:5000/v2/a/b/manifests/sha256:ab12: DENIED", "x.io:5000/a/b@sha256:ab12", "x.io:5000"},
      {"POST request to https://ghcr.io/v2/acme/api/blobs/uploads/: 403", "ghcr.io/acme/api", "ghcr.io"},
      {"Get \"https://registry-1.docker.io/v2/\": EOF", "", "docker.io"},
      {"logging into \"quay.io\": invalid username/password", "", "quay.io"},
      {"dial tcp: lookup ghcr.io on 10.0.0.2:53: no such host", "", "ghcr.io"},
      {"failed to pull image \"$(rm -rf /)\" of ours", "", ""},
      {"nothing here", "", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.line);
    Named named = named_in(row.line);
    EXPECT_EQ(named.image, row.image);
    EXPECT_EQ(named.registry, row.registry);
  }
}

/// Hostile texts take no longer than others: a second would be a hundred times what they take.
TEST(Match, LargeTexts) {
  for (std::string_view piece :
       {"no such host ", "dial tcp: connection refused\n", "\\\"\\n\\u003c", "docker-credential-",
        "failed to fetch oauth token https://ghcr.io/", "x", "a\n", "\x1b[", "://:"}) {
    SCOPED_TRACE(piece);
    std::string text;
    while (text.size() < (std::size_t{4} << 20)) text += piece;
    auto begin = std::chrono::steady_clock::now();
    (void)match(text);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  }
  std::string beyond(kTextAtMost, ' ');
  EXPECT_EQ(cause_of(beyond + "\nmanifest unknown\n"), "nothing");
  beyond.resize(kTextAtMost - 40);
  EXPECT_EQ(cause_of(beyond + "\nmanifest unknown\n"), "manifest-unknown");
}

}  // namespace
}  // namespace regvault::diagnosis
