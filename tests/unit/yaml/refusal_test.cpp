/// Every refusal, whole: code, reason, message, hint, and what is shown of the file.
#include <gtest/gtest.h>

#include <regvault/base/error.hpp>
#include <regvault/yaml/document.hpp>

namespace regvault::yaml {
namespace {

constexpr const char* kPayload = "$ANSIBLE_VAULT;1.1;AES256\n6161\n";
#define VAULT "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n"

enum class Operation { set, get_vault, remove };

struct Refusal {
  std::string text, key;
  Operation operation;
  ErrorCode code;
  std::string reason;
  std::string what;  // with file, line and column
  std::string hint;
  std::string excerpt;
  std::string note = {};
};

void run(const Refusal& row) {
  Document document = Document::parse(row.text, "f.yml");
  Path path = parse_path(row.key);
  switch (row.operation) {
    case Operation::set:
      document.with_vault(path, kPayload, {.create = Layout::Create::last_key});
      break;
    case Operation::get_vault:
      document.vault_at(path);
      break;
    case Operation::remove:
      document.without(path);
      break;
  }
}

const std::vector<Refusal>& refusals() {
  using enum Operation;
  using enum ErrorCode;
  static const std::vector<Refusal> rows = {
      // the bytes
      {"k: \xe9\n", "k", set, malformed, "not-utf8", "f.yml: not UTF-8 text", "iconv -f LATIN1 -t UTF-8 converts it",
       ""},
      {"k: x\nz: \x01\n", "k", set, malformed, "unsafe-bytes",
       "f.yml:2:4: a control character, which Ansible does not read", "remove it", ""},
      {"k: x\rz: 1\n", "k", set, malformed, "lone-cr", "f.yml:1:5: a carriage return that ends no line",
       "end lines with LF or CR LF", ""},
      {"k: 1 # x\xe2\x80\xa8k: 2\n", "k", set, malformed, "exotic-line-break",
       "f.yml:1:9: a Unicode line break, which YAML readers disagree about",
       "write it as an escape in double quotes, or remove it", ""},
      {kPayload, "k", set, unsupported, "whole-file-vault",
       "f.yml:1:1: the whole file is a vault, not YAML with vaults in it", "", ""},

      // the document
      {"a:\n  b: 1\n c: 2\n", "a", set, malformed, "parse-error",
       "f.yml:3:2: this line does not belong to the mapping it stands in (is it indented right?)", "", ""},
      {"a: [1, 2\nb: 1\n", "a", set, malformed, "parse-error",
       "f.yml:2:2: a \"[\" is not closed, or a \",\" is missing", "", ""},
      {"k: \"unterminated\n", "k", set, malformed, "parse-error", "f.yml:1:4: this quote is not closed", "", ""},
      {"k: *nope\n", "k", set, malformed, "parse-error", "f.yml:1:4: an alias whose anchor is not defined before it",
       "", ""},
      {"a: 1\n---\n,\n", "a", set, malformed, "parse-error", "f.yml:3:1: a \",\" where no value can be", "", ""},
      {"a: " + std::string(600, '[') + "\n", "a", set, malformed, "too-deep", "f.yml:1:253: nested too deeply", "", ""},
      {"k: 1\n---\nk: 2\n", "k", set, usage, "multiple-documents", "f.yml:3:1: there are 2 documents in this file",
       "say which one, counted from 0; Ansible itself reads no variables from such a file", ""},
      {"[all]\ngpu-01 ansible_host=gpu-01.example.org\n", "k", set, malformed, "parse-error",
       "f.yml:2:1: a value behind the end of the document",
       "an INI inventory is not YAML: ansible-inventory --list --yaml converts it", ""},
      {"a: {b, c}\n", "a.b", set, unsupported, "unprovable",
       "f.yml:1:7: with this change the file would not be YAML, so nothing was changed",
       "a very long key, deep nesting or a layout that regvault cannot edit", ""},
      {"a: 1\n", std::string(1100, 'k'), set, unsupported, "unprovable",
       "f.yml:1:5: with this change the file would not be YAML, so nothing was changed",
       "a very long key, deep nesting or a layout that regvault cannot edit", ""},
      {"l:\n- &a !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n", "l[0]", set, unsupported, "shallow-block",
       "f.yml:2:3: the lines of this block must stand deeper than its anchor to be edited",
       "indent them by two more columns, then run the command again", ""},

      // the path
      {"a:\n  ghcr_pat: 1\n", "a.ghcr_pta", get_vault, not_found, "not-found",
       "f.yml:1:1: \"ghcr_pta\" is not in \"a\"", "did you mean \"ghcr_pat\"?", "a:"},
      {"a:\n  token: 1\n", "a.x.y", set, not_found, "not-found", "f.yml:1:1: \"x\" is not in \"a\"", "", "a:"},
      {"l:\n- 1\n", "l[1]", set, not_found, "not-found", "f.yml:1:1: item 1 is not in \"l\"", "", "l:"},
      {"", "k", get_vault, not_found, "empty", "f.yml: the file is empty", "", ""},
      {"x: 1\na:\n  k: 1\ny: 2\n\na:\n  k: 1\n", "a.k", set, malformed, "duplicate-key",
       "f.yml:6:1: \"a\" is set twice in this mapping",
       "Ansible uses the last one; remove the first, then run the command again", "a:", "first set here: line 2"},
      {"k: secret\nk: secret # secret\n", "k", set, malformed, "duplicate-key",
       "f.yml:2:1: \"k\" is set twice in this mapping",
       "Ansible uses the last one; remove the first, then run the command again", "", "first set here: line 1"},
      {"k: 1\nk: " VAULT, "k", set, malformed, "duplicate-key", "f.yml:2:1: \"k\" is set twice in this mapping",
       "Ansible uses the last one; remove the first, then run the command again", "k: !vault |",
       "first set here: line 1"},
      {"&k a: 1\n*k : 2\n", "a", set, malformed, "duplicate-key", "f.yml:2:1: \"a\" is set twice in this mapping",
       "Ansible uses the last one; remove the first, then run the command again", "", "first set here: line 1"},
      {"a: &x " VAULT "b: *x\n", "b", set, unsupported, "is-alias",
       "f.yml:4:1: \"b\" is an alias: its value belongs to another key, too", "change the value it stands for: line 1",
       "b: *x"},
      {"a: &x\n  k: 1\nb: *x\n", "b.k", set, unsupported, "path-through-alias",
       "f.yml:3:1: \"b\" is an alias: what is below belongs to another key, too",
       "change the value it stands for: line 1", "b: *x"},
      {"a: &x {<<: {k: 1}}\nb:\n  <<: [*x]\n", "b.k", set, unsupported, "from-merge-key",
       "f.yml:2:1: \"k\" comes into \"b\" through a merge key (<<)",
       "change it where it is written, or write it out here", "b:"},
      {"a: {\"__ansible_vault\": \"x\"}\n", "a", set, unsupported, "json-vault",
       "f.yml:1:1: \"a\" is a vault in JSON's spelling (\"__ansible_vault\")",
       "write it as a YAML value tagged !vault, then run the command again", ""},
      {"a:\n  b: secret\n", "a.b.c", set, unsupported, "not-a-mapping",
       "f.yml:2:3: \"a.b\" is a single value, not a mapping", "", ""},
      {"a:\n- 1\n", "a.b", set, unsupported, "not-a-mapping", "f.yml:1:1: \"a\" is a list: \"b\" is no item's number",
       "items are counted from 0, as in users[0]", "a:"},
      {"a:\n  b: 1\n", "a[0]", set, unsupported, "not-a-list", "f.yml:1:1: \"a\" is a mapping, not a list", "", "a:"},

      // the value
      {"a:\n  b: 1\n", "a", set, unsupported, "not-a-scalar", "f.yml:1:1: this is a mapping, not a single value", "",
       "a:"},
      {"a: [secret]\n", "a", set, unsupported, "not-a-scalar", "f.yml:1:1: this is a list, not a single value", "", ""},
      {"secret\n", "[]", set, unsupported, "not-a-mapping", "f.yml:1:1: the document is a single value, not a mapping",
       "", ""},
      {"k: secret\n", "k", get_vault, unsupported, "not-a-vault", "f.yml:1:1: \"k\" is not a vault", "", ""},
      {"k: |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n", "k", get_vault, unsupported, "not-a-vault",
       "f.yml:1:1: \"k\" is not a vault", "its tag !vault is missing", "k: |"},
      {"? a\n? b\n", "a", set, unsupported, "complex-key", "f.yml:1:4: this key has no \":\"", "write one behind it",
       ""},
      {"[a: 1]\n", "[0].b", set, unsupported, "complex-key", "f.yml:1:2: this mapping has no braces",
       "write { } around it", ""},
      {"k: |\n  secret", "z", set, unsupported, "open-end",
       "f.yml:1:4: the block of text that ends the file has no final newline, and would get one",
       "end the file with a newline first", ""},
      {"k: &a 1\nb: *a\n", "k", remove, unsupported, "anchor-in-use",
       "f.yml:1:1: an alias elsewhere stands for this value", "remove the aliases first", ""},
      {"a: |+\n  x\nk: 1\n\n", "k", remove, failed, "unprovable",
       "f.yml:3:1: this change would alter more than one value, so nothing was changed",
       "edit the file by hand around this place, or report this layout as a bug", ""},
  };
  return rows;
}

TEST(Refusals, SayWhatAndWhereAndShowNoSecret) {
  for (const Refusal& row : refusals()) {
    SCOPED_TRACE(row.reason + ": " + row.text);
    try {
      run(row);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, row.code);
      EXPECT_EQ(error.reason, row.reason);
      EXPECT_STREQ(error.what(), row.what.c_str());
      EXPECT_EQ(error.hint, row.hint);
      EXPECT_EQ(error.where.excerpt, row.excerpt);
      EXPECT_EQ(error.where.note, row.note);
    }
  }
}

TEST(Refusals, OfDocumentNumbersAndValues) {
  try {
    Document::parse("k: 1\n", "f.yml", 3);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "f.yml: there is no document 3 in this file");
    EXPECT_EQ(error.reason, "no-such-document");
  }
  for (const char* payload : {"", "text", "$ANSIBLE_VAULT;1.1;AES256\n61 61\n", "$ANSIBLE_VAULT;1.1;AES256\n\n61\n"}) {
    try {
      Document::parse("k: 1\n", "f.yml").with_vault({"k"}, payload);
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "this is no Ansible Vault payload");
    }
  }
}

}  // namespace
}  // namespace regvault::yaml
