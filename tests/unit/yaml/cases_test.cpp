/// Runs every case of tests/yaml-cases: the operation of op.txt on in.yml gives the bytes of expected.yml, or is
/// refused with the reason given there.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::yaml {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(REGVAULT_TESTS_DIR) / "yaml-cases";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// op.txt: lines of NAME=JSON.
class Operation {
 public:
  explicit Operation(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::size_t equals = line.find('=');
      values_[line.substr(0, equals)] = line.substr(equals + 1);
    }
  }

  bool has(const std::string& name) const { return values_.contains(name); }
  std::string json(const std::string& name) const { return has(name) ? values_.at(name) : ""; }

  /// A JSON string is what the path reader reads as the only element of an array.
  std::string text(const std::string& name) const {
    return has(name) ? parse_path("[" + json(name) + "]").at(0).key : "";
  }

 private:
  std::map<std::string, std::string> values_;
};

std::string run(const Operation& op, const std::string& input) {
  std::optional<std::size_t> number;
  if (op.has("doc")) number = std::stoul(op.json("doc"));
  Document document = Document::parse(input, "in.yml", number);
  Path path = parse_path(op.json("path"));
  Layout layout;
  if (op.json("create") == "true") layout.create = Layout::Create::parents;
  if (op.has("indent_delta")) layout.indent = std::stoul(op.json("indent_delta"));
  std::string payload = op.has("payload") ? read(kCases / (op.text("payload") + ".vault")) : "";

  const std::string name = op.text("op");
  if (name == "noop") return document.bytes();
  if (name == "set-vault") return document.with_vault(path, payload, layout);
  if (name == "remove") return document.without(path);
  if (name == "set-plain") return document.with_plain(path, op.text("value"), layout);
  if (name == "append-item") {
    return Document::with_items({&document, 1}, {{.list = path, .key = op.text("key"), .text = op.text("value")}});
  }
  if (name == "replace-vault") {
    document.vault_at(path);
    return document.with_vault(path, payload, layout);
  }
  if (name == "rekey-all") {
    const std::size_t count = document.vaults().size();
    EXPECT_EQ(std::to_string(count), op.json("count"));
    return document.with_vaults(std::vector<std::optional<std::string>>(count, payload));
  }
  throw Error(ErrorCode::failed, name + " is not an operation of the library", {}, {}, "not-built");
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases)) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Cases : public ::testing::TestWithParam<std::string> {};

TEST_P(Cases, BytesOrReasonAsTheCaseSays) {
  const fs::path folder = kCases / GetParam();
  Operation op(read(folder / "op.txt"));
  const std::string input = read(folder / "in.yml"), expected = read(folder / "expected.yml");

  std::string result, reason;
  try {
    result = run(op, input);
  } catch (const Error& error) {
    reason = error.reason;
    SCOPED_TRACE(error.what());
  }
  EXPECT_EQ(reason, op.text("error"));
  if (op.text("expect") == "ok") {
    EXPECT_EQ(result, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Yaml, Cases, ::testing::ValuesIn(case_names()), [](const auto& instance) {
  std::string name = instance.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

TEST(CaseFiles, AreAllThere) {
  EXPECT_GE(case_names().size(), 115u);
}

}  // namespace
}  // namespace regvault::yaml
