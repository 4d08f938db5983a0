/// What a Document tells about its values, and layouts that tests/yaml-cases does not hold.
#include <regvault/yaml/document.hpp>

#include <random>

#include <gtest/gtest.h>

#include <regvault/base/error.hpp>

#include "inventory_generator.hpp"

namespace regvault::yaml {
namespace {

constexpr const char* kPayload = "$ANSIBLE_VAULT;1.1;AES256\n6161\n";
const Layout kCreate{.create = Layout::Create::parents};

Document document(const std::string& text) {
  return Document::parse(text, "inventory.yml");
}

std::string edited(const std::string& text, const std::string& key, const Layout& layout = kCreate) {
  return document(text).with_vault(parse_path(key), kPayload, layout);
}

TEST(Document, TellsWhatIsAtAPath) {
  Document inventory = document(
      "größe: {k: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n61\"}\n"
      "users:\n"
      "- &first !vault |\n"
      "    $ANSIBLE_VAULT;1.1;AES256\n"
      "    6161\n"
      "- *first\n"
      "none:\n"
      "text: !!str 'it''s'\n");
  std::optional<Value> value = inventory.find(parse_path("größe.k"));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->kind, Kind::scalar);
  EXPECT_TRUE(value->is_vault);
  EXPECT_EQ(value->tag, "!vault");
  EXPECT_EQ(value->text, "$ANSIBLE_VAULT;1.1;AES256\n61");
  EXPECT_EQ(value->line, 1u);
  EXPECT_EQ(value->column, 12u);  // in characters
  EXPECT_FALSE(value->has_anchor);

  value = inventory.find(parse_path("text"));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->tag, "tag:yaml.org,2002:str");
  EXPECT_EQ(value->text, "it's");
  EXPECT_FALSE(value->is_vault);

  EXPECT_EQ(inventory.find(parse_path("users"))->kind, Kind::sequence);
  EXPECT_EQ(inventory.find(parse_path("größe"))->kind, Kind::mapping);
  EXPECT_EQ(inventory.find(parse_path("none"))->kind, Kind::null);
  EXPECT_EQ(inventory.find(parse_path("none.below")), std::nullopt);
  EXPECT_EQ(inventory.find(parse_path("users[7]")), std::nullopt);
  EXPECT_EQ(inventory.find(parse_path("nope")), std::nullopt);
}

TEST(Document, TellsWhatYamlReadsAsText) {
  Document inventory = document("a: text\nb: 12\nc: '12'\nd: yes\ne: !!str 1\nf:\ng: {}\n");
  std::string texts;
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g"}) {
    if (inventory.find(parse_path(key))->is_text) texts += key;
  }
  EXPECT_EQ(texts, "ace");
}

TEST(Document, PutsVaultsInTheClear) {
  const std::string vault = "!vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n";
  Document inventory = document("a: &x " + vault + "b: " + vault + "c: *x  # c\n");
  EXPECT_EQ(Document::with_plain_values({&inventory, 1}, {"yes", std::nullopt}),
            "a: &x \"yes\"\nb: " + vault + "c: *x  # c\n");
  EXPECT_THROW(Document::with_plain_values({&inventory, 1}, {"\xff", std::nullopt}), Error);
}

TEST(Document, CountsTheAliasesOfAValue) {
  Document inventory = document("a: &x !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\nb: *x\nc: *x\nd: &y 1\n");
  EXPECT_TRUE(inventory.find(parse_path("a"))->has_anchor);
  EXPECT_EQ(inventory.find(parse_path("a"))->alias_uses, 2u);
  EXPECT_EQ(inventory.find(parse_path("d"))->alias_uses, 0u);
}

TEST(Document, ListsVaultsAndPlacesOfAKey) {
  Document inventory = document(
      "pat: 1\n"
      "l:\n"
      "  - a\n"
      "  - pat: !vault |\n"
      "      $ANSIBLE_VAULT;1.1;AES256\n"
      "      6161\n"
      "    [x, y]: {pat: 2}\n"
      "    z: {pat: {pat: 3}}\n"
      "  - !vault-encrypted \"$ANSIBLE_VAULT;1.1;AES256\\n61\"\n");
  std::vector<std::string> vaults, places;
  for (const Place& place : inventory.vaults()) vaults.push_back(to_string(place.path));
  for (const Place& place : inventory.places_of_key("pat")) {
    places.push_back(to_string(place.path) + ":" + std::to_string(place.value.line));
  }
  EXPECT_EQ(vaults, (std::vector<std::string>{"l[1].pat", "l[2]"}));
  EXPECT_EQ(places, (std::vector<std::string>{"pat:1", "l[1].pat:4", "l[1].z.pat:8", "l[1].z.pat.pat:8"}));
}

TEST(Document, ChoosesOneOfSeveralDocuments) {
  const std::string text = "k: 1\n---\nk: 2\n...\n---\nk: 3\n";
  for (std::size_t number = 0; number < 3; ++number) {
    EXPECT_EQ(Document::parse(text, "f", number).find({"k"})->text, std::to_string(number + 1));
  }
}

struct Edited {
  const char* name;
  std::string before, key, after;
};

TEST(Document, WritesNewVaultsInTheMannerOfTheFile) {
  const Edited rows[] = {
      {"indent of the other vaults", "a: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          6161\nb: x\n", "b",
       "a: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          6161\n"
       "b: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          6161\n"},
      {"step of the other mappings", "all:\n    vars:\n", "all.vars.x.pat",
       "all:\n    vars:\n        x:\n            pat: !vault |\n              $ANSIBLE_VAULT;1.1;AES256\n              "
       "6161\n"},
      {"list item", "l:\n- a\n- b\n", "l[1]", "l:\n- a\n- !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6161\n"},
      {"absent list item", "l:\n-\n- b\n", "l[0]", "l:\n- !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6161\n- b\n"},
      {"anchor stays", "k: &a old # why\n", "k", "k: &a !vault | # why\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n"},
      {"tag on a line of its own", "k: !t # why\n  old\n", "k",
       "k: !vault # why\n  |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n"},
      {"value on the next line", "k:\n  old\nz: 1\n", "k",
       "k:\n  !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6161\nz: 1\n"},
      {"a comment would become part of the block", "k: old\n    # note\nz: 1\n", "k",
       "k: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\"\n    # note\nz: 1\n"},
      {"folded vaults, which Ansible cannot open, are written anew",
       "k: !vault >\n  $ANSIBLE_VAULT;1.1;AES256\n  61\nz: 1\n", "k",
       "k: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\nz: 1\n"},
      {"header without lines", "k: !vault |\nz: 1\n", "k", "k: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\nz: 1\n"},
      {"null in a flow mapping", "c: {a: , b}\n", "c.a", "c: {a: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\" , b}\n"},
      {"key without a colon in a flow mapping", "c: {a: , b}\n", "c.b",
       "c: {a: , b: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\"}\n"},
      {"flow list", "l: [a, b]\n", "l[0]", "l: [!vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\", b]\n"},
      {"parents in a flow mapping", "c: {a: 1}\n", "c.b.d",
       "c: {a: 1, b: {d: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\"}}\n"},
      {"JSON's quotes", "{\"a\": 1}\n", "b", "{\"a\": 1, \"b\": !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\"}\n"},
      {"flow mapping, one entry a line", "c: {\n  a: 1  # one\n  }\n", "c.b",
       "c: {\n  a: 1,  # one\n  b: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\"\n  }\n"},
      {"word null, comment stays", "a:\n  b: null  # none\nc: 1\n", "a.b.k",
       "a:\n  b:  # none\n    k: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6161\nc: 1\n"},
      {"file of comments", "# nothing yet\n", "k", "# nothing yet\nk: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n"},
      {"first of two documents is absent", "---\n# one\n", "k",
       "---\n# one\nk: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n"},
      {"behind a block that keeps its blank lines", "a:\n  t: |+\n    x\n\nb: 1\n", "a.k",
       "a:\n  t: |+\n    x\n\n  k: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6161\nb: 1\n"},
      {"explicit keys", "? a\n: 1\n", "k", "? a\n: 1\nk: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n"},
      {"before the end marker", "a: 1\n...\n# after\n", "k",
       "a: 1\nk: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\n...\n# after\n"},
  };
  for (const Edited& row : rows) {
    SCOPED_TRACE(row.name);
    try {
      EXPECT_EQ(edited(row.before, row.key), row.after);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

TEST(Document, IndentCanBeChosen) {
  EXPECT_EQ(edited("k: x\n", "k", {.indent = 10}),
            "k: !vault |\n          $ANSIBLE_VAULT;1.1;AES256\n          6161\n");
}

TEST(Document, WritesPlainValues) {
  auto plain = [](const std::string& before, const std::string& text) {
    return document(before).with_plain({"k"}, text, kCreate);
  };
  EXPECT_EQ(plain("k: &a !vault | # why\n  $ANSIBLE_VAULT;1.1;AES256\n  6161\nz: 1\n", "new"),
            "k: &a new # why\nz: 1\n");
  EXPECT_EQ(plain("k: \"old\"  \n", "new"), "k: \"new\"  \n");
  EXPECT_EQ(plain("k: !unsafe '{{ x }}'\n", "{{ y }}"), "k: !unsafe \"{{ y }}\"\n");
  EXPECT_EQ(plain("k: old", "a\nb\n"), "k: |\n  a\n  b\n");
  EXPECT_EQ(plain("k: old\nz: 1\n", "a\n\n"), "k: |+\n  a\n\nz: 1\n");
  EXPECT_EQ(plain("k: old\n", "a\n\n"), "k: |+\n  a\n\n");
  EXPECT_EQ(plain("k: old", "a\n\n"), "k: |+\n  a\n\n");
  EXPECT_EQ(plain("", "a\nb\n"), "k: |\n  a\n  b\n");
  EXPECT_EQ(plain("# c\n", "a\n\n"), "# c\nk: |+\n  a\n\n");
  EXPECT_EQ(plain("a: 1", "a\nb\n"), "a: 1\nk: |\n  a\n  b\n");
  EXPECT_EQ(plain("k: old\n\nz: 1\n", "a\n\n"), "k: \"a\\n\\n\"\n\nz: 1\n");
  EXPECT_EQ(plain("a: 1\n", "new"), "a: 1\nk: new\n");
  EXPECT_EQ(plain("{a: 1}\n", "x: y"), "{a: 1, k: \"x: y\"}\n");
  EXPECT_EQ(plain("k:\n", "new"), "k: new\n");
}

TEST(Document, RemovesEntries) {
  const Edited rows[] = {
      {"only key below a key", "a:\n  k: 1\nb: 2\n", "a.k", "a: {}\nb: 2\n"},
      {"only key, comments between", "a:  # why\n  # note\n  k: 1\nb: 2\n", "a.k", "a: {}  # why\n  # note\nb: 2\n"},
      {"only item in its key's column", "a:\n- 1\nb: 2\n", "a[0]", "a: []\nb: 2\n"},
      {"first key of an item", "- k: 1\n  n: 2\n", "[0].k", "- n: 2\n"},
      {"first key of an item, comment behind it", "- k: 1\n  # n\n  n: 2\n", "[0].k", "- \n  # n\n  n: 2\n"},
      {"nested list", "- - a\n  - b\n", "[0][0]", "- - b\n"},
      {"mapping", "a:\n  b:\n    c: 1\n  # d\n  d: 2\n", "a.b", "a:\n  # d\n  d: 2\n"},
      {"flow, own lines", "c: {\n  a: 1,  # one\n  b: 2  # two\n  }\n", "c.b", "c: {\n  a: 1,  # one\n  }\n"},
      {"only flow entry", "c: { k: 1 }\n", "c.k", "c: {}\n"},
      {"an anchor nobody uses", "k: &a 1\nb: &c 2\nd: *c\n", "k", "b: &c 2\nd: *c\n"},
  };
  for (const Edited& row : rows) {
    SCOPED_TRACE(row.name);
    EXPECT_EQ(document(row.before).without(parse_path(row.key)), row.after);
  }
}

TEST(Document, ReplacesSomeVaults) {
  const std::string text =
      "a: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n61\"\nb: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n61\"\n";
  EXPECT_EQ(document(text).with_vaults({std::nullopt, kPayload}),
            "a: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n61\"\nb: !vault \"$ANSIBLE_VAULT;1.1;AES256\\n6161\"\n");
  EXPECT_EQ(document(text).with_vaults({}), text);
}

TEST(Document, NothingButAnErrorComesOutOfBrokenFiles) {
  const std::string characters = " \n\n\r:-#'\"|>&*!{}[],?%ax\t\xc3";
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    Inventory inventory = InventoryGenerator(seed, kPayload).generate();
    std::string& bytes = inventory.bytes;
    std::mt19937 random(seed);
    for (unsigned count = 1 + random() % 4; count > 0; --count) {
      const std::size_t at = random() % bytes.size();
      if (random() % 2 == 0) {
        bytes[at] = characters[random() % characters.size()];
      } else {
        bytes.insert(at, 1, characters[random() % characters.size()]);
      }
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    try {
      Document broken = document(bytes);
      broken.vaults();
      for (const Path& path : inventory.values) {
        broken.with_vault(path, kPayload, kCreate);
        broken.without(path);
      }
    } catch (const Error&) {
    }
  }
}

TEST(Document, ManyValuesAreEncryptedInOneStep) {
  Document inventory = document("a: 1  # c\nb: {c: &x two, d: *x}\ne:\n  - three\n");
  std::string edited = inventory.with_vaults_at({{parse_path("e[0]"), kPayload}, {parse_path("a"), kPayload}});
  Document now = document(edited);
  EXPECT_TRUE(now.at(parse_path("a")).is_vault);
  EXPECT_TRUE(now.at(parse_path("e[0]")).is_vault);
  EXPECT_EQ(now.at(parse_path("b.c")).text, "two");
  EXPECT_EQ(edited.find("# c") != std::string::npos, true);
  EXPECT_EQ(inventory.with_vaults_at({}), inventory.bytes());
  EXPECT_THROW((void)inventory.with_vaults_at({{parse_path("a"), kPayload}, {parse_path("z"), kPayload}}), Error);
  EXPECT_THROW((void)inventory.with_vaults_at({{parse_path("b.d"), kPayload}}), Error);
}

}  // namespace
}  // namespace regvault::yaml
