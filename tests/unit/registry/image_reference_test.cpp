#include <regvault/registry/image_reference.hpp>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

namespace regvault {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(ImageReference, Parses) {
  struct Row {
    std::string text, registry, repository, tag, digest;
  };
  const Row rows[] = {
      {"ghcr.io/octo/app:1.2", "ghcr.io", "octo/app", "1.2", ""},
      {"ghcr.io/octo/app", "ghcr.io", "octo/app", "latest", ""},
      {"GHCR.io/octo/app", "ghcr.io", "octo/app", "latest", ""},
      {"ghcr.io/octo/team/app-x__y.z", "ghcr.io", "octo/team/app-x__y.z", "latest", ""},
      {"ghcr.io/octo/app@" + kDigest, "ghcr.io", "octo/app", "", kDigest},
      {"ghcr.io/octo/app:1@" + kDigest, "ghcr.io", "octo/app", "1", kDigest},
      {"localhost/app", "localhost", "app", "latest", ""},
      {"localhost:5000/app:v1_x", "localhost:5000", "app", "v1_x", ""},
      {"octo/app", "docker.io", "octo/app", "latest", ""},
      {"debian", "docker.io", "library/debian", "latest", ""},
      {"debian:12", "docker.io", "library/debian", "12", ""},
      {"docker.io/debian", "docker.io", "library/debian", "latest", ""},
      {"index.docker.io/octo/app", "docker.io", "octo/app", "latest", ""},
      {"127.0.0.1:5000/a/b/c", "127.0.0.1:5000", "a/b/c", "latest", ""},
      {"a--b/c", "docker.io", "a--b/c", "latest", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    ImageReference image = parse_image(row.text);
    EXPECT_EQ(image.registry, row.registry);
    EXPECT_EQ(image.repository, row.repository);
    EXPECT_EQ(image.tag, row.tag);
    EXPECT_EQ(image.digest, row.digest);
  }
}

TEST(ImageReference, Parts) {
  EXPECT_EQ(parse_image("octo/app").text(), "docker.io/octo/app:latest");
  EXPECT_EQ(parse_image("ghcr.io/octo/app:1@" + kDigest).text(), "ghcr.io/octo/app:1@" + kDigest);
  EXPECT_EQ(parse_image("ghcr.io/octo/app:1@" + kDigest).reference(), kDigest);
  EXPECT_EQ(parse_image("ghcr.io/octo/team/app").owner(), "octo");
  EXPECT_EQ(parse_image("ghcr.io/octo/team/app").package(), "team/app");
  EXPECT_EQ(parse_image("localhost/app").package(), "");
}

TEST(ImageReference, Refuses) {
  struct Row {
    std::string text, message, hint;
  };
  const Row rows[] = {
      {"", "\"\" is no image's name: it is empty", ""},
      {"ghcr.io/Octo/App", "\"ghcr.io/Octo/App\" is no image's name: it must be lower case", "ghcr.io/octo/app"},
      {"Octo/app:1", "\"Octo/app:1\" is no image's name: it must be lower case", "docker.io/octo/app"},
      {"https://ghcr.io/octo/app", "\"https://ghcr.io/octo/app\" is no image's name: it begins with a scheme",
       "leave out https://"},
      {"docker://ghcr.io/octo/app", "\"docker://ghcr.io/octo/app\" is no image's name: it begins with a scheme",
       "leave out docker://"},
      {"user:geheim@ghcr.io/octo/app", "an image's name has something other than a digest after \"@\"",
       "as in ghcr.io/octo/app@sha256:…"},
      {"ghcr.io/octo/app@sha256:abc", "an image's name has something other than a digest after \"@\"",
       "as in ghcr.io/octo/app@sha256:…"},
      {"ghcr.io/octo/app:", "\"ghcr.io/octo/app:\" is no image's name: its tag is not valid", ""},
      {"ghcr.io/octo/app:a b", "\"ghcr.io/octo/app:a b\" is no image's name: its tag is not valid", ""},
      {"ghcr.io/octo/app:" + std::string(129, 'x'),
       "\"ghcr.io/octo/app:" + std::string(129, 'x') + "\" is no image's name: its tag is not valid", ""},
      {"ghcr.io/", "\"ghcr.io/\" is no image's name: its path is not valid", ""},
      {"ghcr.io//app", "\"ghcr.io//app\" is no image's name: its path is not valid", ""},
      {"ghcr.io/octo/app/", "\"ghcr.io/octo/app/\" is no image's name: its path is not valid", ""},
      {"ghcr.io/octo/a___b", "\"ghcr.io/octo/a___b\" is no image's name: its path is not valid", ""},
      {"ghcr.io/octo/a..b", "\"ghcr.io/octo/a..b\" is no image's name: its path is not valid", ""},
      {"ghcr.io/octo/-a", "\"ghcr.io/octo/-a\" is no image's name: its path is not valid", ""},
      {"ghcr.io/octo/a/../b", "\"ghcr.io/octo/a/../b\" is no image's name: its path is not valid", ""},
      {"ghcr.io:99999/octo/app", "\"ghcr.io:99999/octo/app\" is no image's name: it has no valid host", ""},
      {"ghcr.io/octo/app\nx", "\"ghcr.io/octo/app\\x0ax\" is no image's name: its path is not valid", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text);
    try {
      parse_image(row.text);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.message, row.message);
      EXPECT_EQ(error.hint, row.hint);
      EXPECT_EQ(error.reason, "bad-reference");
      EXPECT_EQ(error.code, ErrorCode::usage);
    }
  }
}

}  // namespace
}  // namespace regvault
