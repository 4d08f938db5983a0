// The pieces of the merge of three versions; whole merges are tests/cli's git_test.py and merge_property_test.py.
#include <regvault/vault_file/merge.hpp>

#include <gtest/gtest.h>

#include <regvault/base/text.hpp>
#include <regvault/vault/payload.hpp>
#include <regvault/vault_file/known_secrets.hpp>
#include <regvault/vault_file/merge_check.hpp>
#include <regvault/vault_file/merge_secrets.hpp>
#include <regvault/vault_file/merge_units.hpp>

namespace regvault::vault_file {
namespace {

class Merges : public testing::Test {
 protected:
  Merges() {
    ring_.add({"default", SecretBytes::copy_of("one password")});
    ring_.add({"dev", SecretBytes::copy_of("dev password")});
  }

  static std::string sealed(std::string_view text) { return vault::seal(text, "one password"); }
  static std::string for_dev(std::string_view text) { return vault::seal(text, "dev password", {.label = "dev"}); }
  static std::string for_nobody(std::string_view text) { return vault::seal(text, "another password"); }

  static std::string entry(const std::string& key, const std::string& payload) {
    std::string out = key + ": !vault |\n";
    for (std::string_view line : split(stripped(payload), '\n')) out += "  " + std::string(line) + "\n";
    return out;
  }

  static MergeTexts texts(const std::string& base, const std::string& ours, const std::string& theirs) {
    return {MergeText(base, "v.yml"), MergeText(ours, "v.yml"), MergeText(theirs, "v.yml")};
  }

  keys::Keyring ring_;
  KnownSecrets secrets_{"v.yml", ring_};
};

TEST_F(Merges, SecretsAreTheirTexts) {
  std::string one = sealed("x"), again = sealed("x"), dev = for_dev("x"), other = sealed("y"), shut = for_nobody("x");
  EXPECT_EQ(secrets_.number_of(one), secrets_.number_of(again));
  EXPECT_EQ(secrets_.number_of(one), secrets_.number_of(dev));
  EXPECT_NE(secrets_.number_of(one), secrets_.number_of(other));
  EXPECT_NE(secrets_.number_of(one), secrets_.number_of(shut));
  EXPECT_EQ(secrets_.number_of(shut), secrets_.number_of(shut));
  EXPECT_NE(secrets_.number_of(shut), secrets_.number_of(for_nobody("x")));
  EXPECT_TRUE(secrets_.was_rekeyed(one, dev));
  EXPECT_FALSE(secrets_.was_rekeyed(one, again));
  EXPECT_FALSE(secrets_.was_rekeyed(one, shut));
}

TEST_F(Merges, OfSecretsAtTheSameKey) {
  std::string base = sealed("x"), anew = sealed("x"), dev = for_dev("x"), ours = sealed("ours"),
              theirs = sealed("theirs"), ours_anew = sealed("ours");
  const struct {
    const char* name;
    std::string ours, theirs, wanted;
    bool is_conflict = false;
  } rows[] = {
      {"nobody", base, base, base},
      {"ours changed", ours, base, ours},
      {"theirs changed", base, theirs, theirs},
      {"theirs changed, ours sealed anew", anew, theirs, theirs},
      {"both changed to the same", ours, ours_anew, ours},
      {"theirs sealed anew", base, anew, anew},
      {"theirs rekeyed, ours sealed anew", anew, dev, dev},
      {"ours rekeyed, theirs sealed anew", dev, anew, dev},
      {"both changed", ours, theirs, ours, true},
  };
  for (const auto& row : rows) {
    MergeTexts versions = texts(entry("a", base), entry("a", row.ours) + "b: 1\n", "c: 1\n" + entry("a", row.theirs));
    std::vector<std::string> conflicts = merge_secrets(versions, "v.yml", secrets_);
    EXPECT_EQ(versions[Side::base].bytes.view(), entry("a", row.wanted)) << row.name;
    EXPECT_EQ(versions[Side::ours].bytes.view(), entry("a", row.wanted) + "b: 1\n") << row.name;
    EXPECT_EQ(versions[Side::theirs].bytes.view(), "c: 1\n" + entry("a", row.wanted)) << row.name;
    EXPECT_EQ(conflicts, row.is_conflict ? std::vector<std::string>{"a was changed on both sides: ours stays"}
                                         : std::vector<std::string>{})
        << row.name;
  }
}

TEST_F(Merges, OfSecretsOnlyInYaml) {
  std::string base = entry("a", sealed("x")), theirs = entry("a", sealed("y"));
  MergeTexts versions = texts(base, base + "[\n", theirs);
  EXPECT_TRUE(merge_secrets(versions, "v.yml", secrets_).empty());
  EXPECT_EQ(versions[Side::ours].bytes.view(), base + "[\n");
}

TEST_F(Merges, OfLinesDoNotTearVaults) {
  std::string base = entry("a", sealed("x")), ours = entry("a", sealed("ours")), theirs = entry("a", sealed("theirs"));
  MergedText marked = merge_units(texts(base, ours, theirs), secrets_, Conflicts::marked, process_environment());
  EXPECT_TRUE(marked.lines_conflict);
  EXPECT_EQ(marked.text.view(), "<<<<<<< ours\n" + ours + "=======\n" + theirs + ">>>>>>> theirs\n");
  MergedText ours_stay = merge_units(texts(base, ours, theirs), secrets_, Conflicts::ours, process_environment());
  EXPECT_TRUE(ours_stay.lines_conflict);
  EXPECT_EQ(ours_stay.text.view(), ours);
}

TEST_F(Merges, OfLinesTakeTheCiphertextThatIsNew) {
  std::string base = entry("a", sealed("x")), anew = entry("a", sealed("x"));
  MergedText merged =
      merge_units(texts(base, base + "# ours\n", anew), secrets_, Conflicts::marked, process_environment());
  EXPECT_FALSE(merged.lines_conflict);
  EXPECT_EQ(merged.text.view(), anew + "# ours\n");
}

TEST_F(Merges, AreLookedAt) {
  std::string twice = entry("a", sealed("x")) + entry("a", sealed("y"));
  EXPECT_FALSE(reason_it_is_broken("a: 1\n", "v.yml"));
  EXPECT_FALSE(reason_it_is_broken("a: 1\na: 2\n", "v.yml"));
  EXPECT_EQ(reason_it_is_broken("a: 1\na: 2\n", "v.yml", Checked::all_scalars)->reason, "duplicate-key");
  EXPECT_EQ(reason_it_is_broken(twice, "v.yml")->reason, "duplicate-key");
  EXPECT_EQ(reason_it_is_broken("a: [\n", "v.yml")->reason, "parse-error");

  std::vector<std::string> changes = untaken_changes({"a: 1\nb: 1\nc: 1\n", "a: 2\nb: 1\nc: 1\n", "a: 3\nb: 2\nc: 2\n"},
                                                     "a: 2\nb: 1\nc: 2\n", "v.yml");
  EXPECT_EQ(changes, (std::vector<std::string>{"a was changed on both sides: ours stays",
                                               "b was changed by them, beside a change of ours: ours stays"}));
}

TEST_F(Merges, OfWholeFiles) {
  std::string base = sealed("a: 1\n\n\n\nb: 1\n"), ours = sealed("a: 2\n\n\n\nb: 1\n"),
              theirs = for_dev("a: 1\n\n\n\nb: 2\n");
  Merge merge = merge_versions({base, ours, theirs}, "v.yml", ring_, process_environment());
  EXPECT_TRUE(merge.conflicts.empty());
  EXPECT_TRUE(merge.bytes.starts_with("$ANSIBLE_VAULT;1.2;AES256;dev\n"));  // they changed the secret, we did not
  EXPECT_EQ(ring_.open(merge.bytes, "v.yml")->plaintext.view(), "a: 2\n\n\n\nb: 2\n");

  merge = merge_versions({base, "a: 1\n", theirs}, "v.yml", ring_, process_environment());
  EXPECT_EQ(merge.bytes, "a: 1\n");
  EXPECT_EQ(merge.conflicts, std::vector<std::string>{"one side is a vault as a whole, the other is not: ours stays"});
}

}  // namespace
}  // namespace regvault::vault_file
