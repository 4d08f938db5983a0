// A program of someone who found the library: seal a text, open it again, find it in a YAML file.
#include <array>
#include <cstdio>
#include <string_view>

#include <regvault/vault/payload.hpp>
#include <regvault/yaml/document.hpp>
#include <regvault/yaml/path.hpp>

int main() {
  using namespace regvault;
  std::string payload = vault::seal("hello", "vault password");
  yaml::Document document = yaml::Document::parse("pat:\n", "vars.yml");
  std::string edited = document.with_vault(yaml::parse_path("pat"), payload);
  std::string stored = yaml::Document::parse(edited, "vars.yml").find(yaml::parse_path("pat"))->text;

  std::array<std::string_view, 2> passwords{"another", "vault password"};
  std::optional<vault::Opened> opened = vault::open(stored, passwords, "vars.yml");
  if (!opened || opened->plaintext.view() != "hello") return 1;
  std::puts("the token comes back");
}
