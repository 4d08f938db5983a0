// seal_and_open PASSWORD_FILE: a vault payload in memory, without files and without configuration.
//
//     seal_and_open pw.txt < token.txt > token.vault        what is no payload is sealed, under the vault id "dev"
//     seal_and_open pw.txt < token.vault                    what is one is opened
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/keys/key_source.hpp>
#include <regvault/secret/secret_bytes.hpp>
#include <regvault/system/file.hpp>
#include <regvault/system/hardening.hpp>
#include <regvault/vault/payload.hpp>

int main(int argc, char** argv) try {
  using namespace regvault;
  harden_process();  // no core dump, among others: this process holds secrets
  if (argc != 2) {
    std::fputs("usage: seal_and_open PASSWORD_FILE\n", stderr);
    return 2;
  }
  const SecretBytes password =
      keys::read_password_file(argv[1]);  // without the white space around it, as Ansible reads it
  const SecretBytes input = read_all(STDIN_FILENO, "standard input");

  if (!vault::is_encrypted(input.view())) {
    const std::string payload = vault::seal(input.view(), password.view(), {.label = "dev"});
    write_all(STDOUT_FILENO, payload, "standard output");
    return 0;
  }
  const std::string_view passwords[] = {password.view()};  // all that may fit; the first that does is opened->index
  const std::optional<vault::Opened> opened = vault::open(input.view(), passwords, "standard input");
  if (!opened) {
    std::fputs("the password does not open it\n", stderr);
    return 1;
  }
  write_all(STDOUT_FILENO, opened->plaintext.view(), "standard output");
} catch (const regvault::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
