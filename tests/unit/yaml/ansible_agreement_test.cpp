/// Random edits of random inventories, judged by Ansible's own loader: only the target may have changed, and to what
/// was asked for. One Python process judges all of them.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/yaml/document.hpp>

#include "inventory_generator.hpp"

namespace regvault::yaml {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOld = "$ANSIBLE_VAULT;1.1;AES256\n6161\n6262\n";
constexpr const char* kNew = "$ANSIBLE_VAULT;1.2;AES256;dev\n636363\n64\n";
const std::vector<std::string> kTexts = {
    "hunter2", "yes",  "0755",  "2024-01-01", "1e3",    "12:30:45", "{{ x }}", "",        "~",    " lead",
    "a: b",    "a #b", "- x",   "l1\nl2\n",   "l1\nl2", "l1\n\n\n", "\n",      "tab\tx",  "\x07", "\"q\" \\",
    "käse",    "'",    "1_000", "0x1f",       ".inf",   "a\n b\n",  " a\nb",   "x\n \ny", "=",    "null",
    "[a]",     "{a}",  "a,b",   "*x",         "!x",     "%x",       "@x",      "a:",      "? x",  "\xc2\x85"};

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string json(const Path& path) {
  std::string out = "[";
  for (const Step& step : path) {
    if (out.size() > 1) out += ",";
    out += step.index ? std::to_string(*step.index) : json_quoted(step.key);
  }
  return out + "]";
}

std::string edited_by(const std::string& operation, const Document& document, const Path& path,
                      const std::string& text) {
  const Layout layout{.create = Layout::Create::parents};
  if (operation == "remove") return document.without(path);
  return operation == "vault" ? document.with_vault(path, text, layout) : document.with_plain(path, text, layout);
}

/// How many of the comments there are that the generator writes, where they cannot be part of a value.
std::size_t comments_in(const std::string& text) {
  std::size_t count = 0;
  for (const char* word : {"# about", "# the end", "# rotated", "# first", "# last", "# why", "# k: v"}) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++count;
  }
  return count;
}

TEST(AnsibleAgreement, RandomEditsChangeTheirTargetOnly) {
  char folder_name[] = "/tmp/regvault-yaml-XXXXXX";
  ASSERT_NE(mkdtemp(folder_name), nullptr);
  const fs::path folder = folder_name;

  const char* from_environment = std::getenv("REGVAULT_TEST_EDITS");
  const unsigned edits = from_environment ? static_cast<unsigned>(std::stoul(from_environment)) : 600;
  std::map<std::string, int> refusals;
  unsigned written = 0;
  for (unsigned seed = 1; seed <= edits; ++seed) {
    Inventory inventory = InventoryGenerator(seed, kOld).generate();
    std::mt19937 random(seed);
    const std::string operation = std::vector<std::string>{"vault", "plain", "remove"}[random() % 3];
    const bool add = inventory.values.empty() || (operation != "remove" && random() % 3 == 0);
    const std::vector<Path>& targets = add ? inventory.mappings : inventory.values;
    Path path = targets[random() % targets.size()];
    if (add) path.push_back("new");
    if (add && random() % 3 == 0) path.push_back("yes");
    if (operation == "remove" && path.size() > 1 && random() % 3 == 0) path.pop_back();
    const std::string text = operation == "vault" ? kNew : kTexts[random() % kTexts.size()];
    const fs::path base = folder / std::to_string(seed);
    try {
      Document document = Document::parse(inventory.bytes, "inventory.yml");
      if (operation == "remove" && !document.find(path)) continue;
      const std::string edited = edited_by(operation, document, path, text);
      ++written;
      if (operation != "remove") {
        EXPECT_EQ(comments_in(edited), comments_in(inventory.bytes)) << "seed " << seed;
      }
      if (std::optional<Value> old = document.find(path); old && old->alias_uses > 0) continue;  // changes there, too
      write(base.string() + ".in.yml", inventory.bytes);
      write(base.string() + ".out.yml", edited);
      write(base.string() + ".json", "{\"operation\": " + json_quoted(operation) + ", \"path\": " + json(path) +
                                         ", \"text\": " + json_quoted(text) + "}");
    } catch (const Error& error) {
      ++refusals[error.reason];
    }
  }
  for (const auto& [reason, count] : refusals) std::printf("refused, %s: %d\n", reason.c_str(), count);
  EXPECT_EQ(refusals["parse-error"], 0);
  EXPECT_LE(refusals["unprovable"], static_cast<int>(edits / 100));
  EXPECT_GE(written, edits * 8 / 10);

  const std::string judge = std::string("/usr/bin/python3 '") +
                            REGVAULT_TESTS_DIR "/unit/yaml/ansible_agreement.py' '" + folder.string() + "'";
  EXPECT_EQ(std::system(judge.c_str()), 0) << "kept for a look: " << folder;
  if (!HasFailure()) fs::remove_all(folder);
}

}  // namespace
}  // namespace regvault::yaml
