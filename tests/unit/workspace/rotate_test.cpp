#include <regvault/workspace/rotate.hpp>

#include <gmock/gmock.h>

#include <map>
#include <stdexcept>

#include "trees.hpp"

namespace regvault::workspace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "old" is a.yml's a (dev, no label) and b (prod), a value of sub/whole.yml (dev), a vault in it (prod), and the whole
/// of token (dev); dark.yml holds it under a password that nobody has.
class Rotates : public Trees {
 protected:
  Rotates() {
    write("a.yml", "# top\n" + inline_vault("a", sealed("old", dev_)) + "c: old  # stays\n" +
                       inline_vault("b", sealed("old", prod_, "prod")) + inline_vault("d", sealed("else", dev_)));
    write("sub/whole.yml",
          sealed("x: old # why\ny: [old2, 'old']\n" + inline_vault("z", sealed("old", prod_, "prod")), dev_, "dev"));
    write("token", sealed("old", dev_));
    write("dark.yml", inline_vault("k", sealed("old", {"x", SecretBytes::copy_of("nobody's")}, "qa")));
    for (const keys::Key* key : {&dev_, &prod_}) {
      ring_.add({key->label, SecretBytes::copy_of(key->password.view())});
    }
  }

  RotateReport run(const std::string& key, std::vector<FoundFile> files, const std::string& value = "new",
                   bool dry_run = false, const Progress& progress = {}) {
    asked_ = 0;
    RotateRequest request{.target = {path("a.yml"), yaml::parse_path(key), std::nullopt}, .files = std::move(files)};
    request.new_value = [&] {
      ++asked_;
      return SecretBytes::copy_of(value);
    };
    request.dry_run = dry_run;
    return rotate(request, ring_, {}, progress, {});
  }

  std::string failure(const std::string& key) {
    try {
      run(key, all());
    } catch (const Error& error) {
      return std::string(error.reason) + ": " + error.message;
    }
    return "";
  }

  std::vector<std::string> places(const RotateReport& report) const {
    std::vector<std::string> out;
    for (const RotatedPlace& place : report.places) {
      out.push_back(relative(place.where.file) + ":" + std::to_string(place.where.line) + " " +
                    yaml::to_string(place.key) + " " + std::string(name_of(place.kind)) +
                    (place.label.empty() ? "" : " " + place.label) + (place.written ? " written" : ""));
    }
    return out;
  }

  std::string opened(const std::string& payload) const {
    const std::string_view passwords[] = {dev_.password.view(), prod_.password.view()};
    auto opened = vault::open(payload, passwords, "x");
    if (!opened) return "?";
    return std::string(opened->plaintext.view()) + " " + (opened->index == 0 ? "dev" : "prod") +
           (opened->header.label.empty() ? "" : "/" + opened->header.label);
  }

  /// "a=old dev, b=old prod/prod, …"
  std::string values(const std::string& bytes) const {
    std::string out;
    vault_file::SecretFile file = vault_file::SecretFile::parse(bytes, "x");
    for (const vault_file::Secret& secret : file.secrets()) {
      out += (out.empty() ? "" : ", ") + yaml::to_string(secret.key) + "=" + opened(secret.payload);
    }
    return out;
  }

  std::map<std::string, std::string> state() const {
    std::map<std::string, std::string> files;
    for (const char* name : {"a.yml", "sub/whole.yml", "token", "dark.yml"}) files[name] = read(name);
    return files;
  }

  keys::Key dev_{"dev", SecretBytes::copy_of("dev password")}, prod_{"prod", SecretBytes::copy_of("prod password")};
  keys::Keyring ring_;
  int asked_ = 0;
};

TEST_F(Rotates, EveryPlaceKeepsItsKeyAndItsLabel) {
  std::string dark = read("dark.yml");
  RotateReport report = run("a", all());
  EXPECT_THAT(report.failures, IsEmpty());
  EXPECT_THAT(places(report),
              ElementsAre("sub/whole.yml:1 x inside dev written", "sub/whole.yml:2 y[1] inside dev written",
                          "sub/whole.yml:3 z inside prod written", "token:1 [] whole file written",
                          "a.yml:2 a value written", "a.yml:10 b value prod written"));
  EXPECT_EQ(report.files(), 3U);
  ASSERT_EQ(report.closed.size(), 1U);
  EXPECT_EQ(report.closed[0].label, "qa");
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(values(read("a.yml")), "a=new dev, b=new prod/prod, d=else dev");
  EXPECT_TRUE(read("a.yml").starts_with("# top\na: !vault |\n"));
  EXPECT_NE(read("a.yml").find("\nc: old  # stays\n"), std::string::npos);
  std::string whole = opened(read("sub/whole.yml"));
  EXPECT_TRUE(whole.starts_with("x: new # why\ny: [old2, new]\nz: !vault |\n")) << whole;
  EXPECT_TRUE(whole.ends_with(" dev/dev")) << whole;
  EXPECT_EQ(values(whole.substr(0, whole.rfind(' '))), "z=new prod/prod");
  EXPECT_EQ(opened(read("token")), "new dev");
  EXPECT_EQ(read("dark.yml"), dark);
}

TEST_F(Rotates, WithoutFilesOnlyTheTarget) {
  RotateReport report = run("a", {});
  EXPECT_THAT(places(report), ElementsAre("a.yml:2 a value written"));
  EXPECT_THAT(report.closed, IsEmpty());
  EXPECT_EQ(values(read("a.yml")), "a=new dev, b=old prod/prod, d=else dev");
}

TEST_F(Rotates, ADryRunAsksForNothing) {
  auto before = state();
  RotateReport report = run("b", all(), "new", true);
  EXPECT_EQ(report.places.size(), 6U);
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(state(), before);
}

TEST_F(Rotates, TheSameValueChangesNothing) {
  auto before = state();
  EXPECT_TRUE(run("a", all(), "old").unchanged);
  EXPECT_EQ(state(), before);
}

TEST_F(Rotates, AnInterruptedRunIsRunAgain) {
  Progress stop = [&](std::string_view what, std::size_t, std::size_t) {
    if (what == "replacing files") throw std::runtime_error("killed");
  };
  for (const char* changed : {"sub/whole.yml", "token"}) {
    auto before = state();
    EXPECT_THROW(run("a", all(), "new", false, stop), std::runtime_error);
    for (const auto& [name, bytes] : state()) EXPECT_EQ(bytes != before[name], name == changed) << name;
  }
  EXPECT_EQ(run("a", all()).places.size(), 2U);
  EXPECT_EQ(values(read("a.yml")), "a=new dev, b=new prod/prod, d=else dev");
  EXPECT_EQ(opened(read("token")), "new dev");
}

TEST_F(Rotates, AFailureBeforeTheFirstFileChangesNothing) {
  write("broken.yml", "a: [\nb: !vault x\n");
  auto before = state();
  RotateReport report = run("a", all());
  EXPECT_EQ(report.failures.size(), 1U);
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(state(), before);
}

TEST_F(Rotates, WhatNoValueInsideOfAVaultCanBeIsFoundBeforeTheFirstFile) {
  auto before = state();
  RotateReport report = run("a", all(), "\xff");
  EXPECT_EQ(report.failures.size(), 1U);
  EXPECT_EQ(state(), before);
}

TEST_F(Rotates, RefusesWhatTellsNothing) {
  write("a.yml", "p: plain\nt: '{{ p }}'\nm: {}\n" + inline_vault("e", sealed("", dev_)) +
                     inline_vault("k", sealed("x", {"x", SecretBytes::copy_of("nobody's")})));
  EXPECT_EQ(failure("p"), "not-a-vault: \"p\" is not encrypted");
  EXPECT_EQ(failure("e"), "empty: \"e\" is empty, and other empty secrets need not be the same one");
  EXPECT_TRUE(failure("t").starts_with("template: "));
  EXPECT_TRUE(failure("m").starts_with("not-a-scalar: "));
  EXPECT_TRUE(failure("k").starts_with("no-key: "));
  EXPECT_TRUE(failure("nope").starts_with("not-found: "));
  EXPECT_EQ(asked_, 0);
}

}  // namespace
}  // namespace regvault::workspace
