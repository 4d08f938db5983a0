// check_a_login IMAGE: whether the token on standard input pulls it from ghcr.io, and what to do if not.
//
//     gh auth token | check_a_login ghcr.io/octo/app:1
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <regvault/access/check.hpp>
#include <regvault/base/text.hpp>
#include <regvault/keys/key_source.hpp>
#include <regvault/net/http_client.hpp>
#include <regvault/registry/image_reference.hpp>
#include <regvault/system/environment.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/hardening.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();
  if (argc != 2) {
    std::fputs("usage: check_a_login IMAGE < TOKEN\n", stderr);
    return 2;
  }
  const ImageReference image = parse_image(argv[1]);
  access::Credentials credentials{.username = "token"};  // GitHub's registry does not look at it
  credentials.password = read_all(STDIN_FILENO, "standard input");
  keys::strip(credentials.password, keys::kLineEnds);

  // HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE; the token goes to the registry and to GitHub's API, and nowhere else.
  net::HttpClient client(net::http_options(process_environment()));
  access::CheckRequest request{.registry = image.registry, .images = {image}, .credentials = &credentials};
  request.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const access::CheckResult result =
      access::check(request, [&](const net::HttpRequest& one) { return client.send(one); });

  for (const access::Finding& finding : result.findings) {
    const std::string outcome(name_of(finding.outcome));  // ok, failed, warning or skipped
    std::printf("%s: %s: %s\n", finding.step.c_str(), outcome.c_str(), escaped(finding.detail).c_str());
    if (!finding.advice.empty()) std::printf("  %s\n", escaped(finding.advice).c_str());
  }
  return result.passed() ? 0 : 1;
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  if (!error.hint.empty()) std::fprintf(stderr, "%s\n", error.hint.c_str());
  return 1;
}
