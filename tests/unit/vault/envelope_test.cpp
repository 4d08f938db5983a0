#include <regvault/vault/envelope.hpp>

#include <gtest/gtest.h>

#include <string>

namespace regvault::vault {
namespace {

using namespace std::string_literals;

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(IsEncrypted, AsAnsibleSeesIt) {
  struct Row {
    std::string bytes;
    bool expected;
  };
  const Row rows[] = {
      {"$ANSIBLE_VAULT;1.1;AES256\n", true},
      {"$ANSIBLE_VAULT", true},
      {"$ANSIBLE_VAULTfoo", true},
      {"$ANSIBLE_VAULT\x7f\0"s, true},
      {"$ANSIBLE_VAULT" + std::string(100'000, '\n'), true},
      {"", false},
      {"$ANSIBLE_VAUL", false},
      {" $ANSIBLE_VAULT", false},
      {"\n$ANSIBLE_VAULT", false},
      {"\xef\xbb\xbf$ANSIBLE_VAULT", false},
      {"$ansible_vault", false},
      {"$ANSIBLE_VAULT\x80", false},
      {"$ANSIBLE_VAULT;1.2;AES256;\xc3\xa4\n", false},
      {"$ANSIBLE_VAULT" + std::string(100'000, '\n') + "\xff", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(is_encrypted(row.bytes), row.expected) << row.bytes.substr(0, 40);
    EXPECT_EQ(is_encrypted(reading(row.bytes)), row.expected) << row.bytes.substr(0, 40);
  }
}

TEST(Envelope, HeaderFields) {
  struct Row {
    std::string line, version, cipher, label;
  };
  const Row rows[] = {
      {"$ANSIBLE_VAULT;1.1;AES256", "1.1", "AES256", ""},
      {"$ANSIBLE_VAULT;1.2;AES256;dev", "1.2", "AES256", "dev"},
      {"$ANSIBLE_VAULT;1.1;AES256;dev", "1.1", "AES256", "dev"},
      {"$ANSIBLE_VAULT;1.2;AES256", "1.2", "AES256", ""},
      {"$ANSIBLE_VAULT;1.2;AES256;", "1.2", "AES256", ""},
      {"$ANSIBLE_VAULT;9.9;AES256", "9.9", "AES256", ""},
      {"$ANSIBLE_VAULT;;AES256", "", "AES256", ""},
      {"$ANSIBLE_VAULT ; 1.2\t;  AES256 ; a b \v\f", "1.2", "AES256", "a b"},
      {"$ANSIBLE_VAULT;1.2;AES256;dev;more;and more", "1.2", "AES256", "dev"},
      {"$ANSIBLE_VAULTfoo;1.1;AES256", "1.1", "AES256", ""},
      {"$ANSIBLE_VAULT;1.1;ROT13", "1.1", "ROT13", ""},
  };
  for (const Row& row : rows) {
    for (std::string end : {"", "\n", "\r\n", "\r", "\n3131\n"}) {
      SCOPED_TRACE(row.line + end);
      std::string text = row.line + end;
      Envelope envelope = read_envelope(reading(text), "f");
      EXPECT_EQ(envelope.header.version, row.version);
      EXPECT_EQ(envelope.header.cipher, row.cipher);
      EXPECT_EQ(envelope.header.label, row.label);
      EXPECT_EQ(envelope.body, row.line.size());
    }
  }
}

TEST(Envelope, Rejections) {
  struct Row {
    std::string text, message, hint;
  };
  const std::string no_mark = "f: this is not vault encrypted data: it does not begin with \"$ANSIBLE_VAULT\"";
  const std::string mark_hint =
      "nothing may stand before \"$ANSIBLE_VAULT\": remove the blanks, empty lines or byte order mark there";
  const std::string form = "it has the form $ANSIBLE_VAULT;1.1;AES256 or $ANSIBLE_VAULT;1.2;AES256;LABEL";
  const Row rows[] = {
      {"", no_mark, ""},
      {"key: value\n", no_mark, ""},
      {"\n$ANSIBLE_VAULT;1.1;AES256\n", no_mark, mark_hint},
      {"\xef\xbb\xbf$ANSIBLE_VAULT;1.1;AES256\n", no_mark, mark_hint},
      {"$ANSIBLE_VAULT;1.2;AES256;\xc3\xa4\n", "f:1:27: this is not vault encrypted data: byte 0xc3 is not ASCII", ""},
      {"$ANSIBLE_VAULT", "f:1: the vault header has no version and no cipher", form},
      {"$ANSIBLE_VAULT;1.1\n3131\n", "f:1: the vault header has no cipher", form},
      {"$ANSIBLE_VAULT;1.2;AES256;" + std::string(kHeaderAtMost, 'x'),
       "f:1: the vault header is longer than 4096 characters", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.text.substr(0, 60));
    EXPECT_EQ(message_of([&] { read_envelope(reading(row.text), "f"); }), row.message);
    try {
      read_envelope(reading(row.text), "f");
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ErrorCode::malformed);
      EXPECT_EQ(error.hint, row.hint);
    }
  }
}

TEST(Envelope, CheckEncryptedLooksAtAllOfTheSource) {
  const std::string good = "$ANSIBLE_VAULT;1.1;AES256\r\n33\r\n3";
  EXPECT_NO_THROW(check_encrypted(reading(good), "f"));
  std::string bad = good + "\xa0";
  EXPECT_EQ(message_of([&] { check_encrypted(reading(bad), "f"); }),
            "f:3:2: this is not vault encrypted data: byte 0xa0 is not ASCII");
  EXPECT_EQ(message_of([] { check_encrypted(reading("key: value"), "f"); }),
            "f: this is not vault encrypted data: it does not begin with \"$ANSIBLE_VAULT\"");
}

TEST(Envelope, AHeaderOfTheLargestSizeIsRead) {
  std::string text = "$ANSIBLE_VAULT;1.2;AES256;";
  text.resize(kHeaderAtMost, 'x');
  EXPECT_EQ(read_envelope(reading(text + "\n"), "f").header.label, std::string(kHeaderAtMost - 26, 'x'));
}

TEST(HeaderLine, Formats) {
  EXPECT_EQ(header_line("AES256", ""), "$ANSIBLE_VAULT;1.1;AES256\n");
  EXPECT_EQ(header_line("AES256", "default"), "$ANSIBLE_VAULT;1.1;AES256\n");
  EXPECT_EQ(header_line("AES256", "dev"), "$ANSIBLE_VAULT;1.2;AES256;dev\n");
  EXPECT_EQ(header_line("AES256", "prod eu"), "$ANSIBLE_VAULT;1.2;AES256;prod eu\n");
}

TEST(HeaderLine, RefusesLabelsThatWouldNotComeBack) {
  for (std::string label : {"a;b"s, "a\nb"s, "a\r"s, "a\0b"s, "\xc3\xa4"s, " a"s, "a "s, "\t"s, "\x7f"s}) {
    SCOPED_TRACE(label);
    EXPECT_EQ(message_of([&] { header_line("AES256", label); }),
              "the vault id label " + in_quotes(label) + " cannot stand in a vault header");
  }
  EXPECT_NE(message_of([&] { header_line("AES256", std::string(kHeaderAtMost, 'x')); }), "no error");
}

TEST(TextReader, LeavesOutLineEndsWhereverTheyAre) {
  struct Row {
    std::string source, text;
  };
  const Row rows[] = {
      {"", ""},         {"\n\n\r\r\n", ""},       {"abc", "abc"},
      {"abc\n", "abc"}, {"a\nb\r\nc\rd", "abcd"}, {"\n\na\n\n\nb\n\r\n\rc\n\n", "abc"},
  };
  for (const Row& row : rows) {
    for (std::size_t size : {1, 2, 3, 100}) {
      SCOPED_TRACE(row.source + " " + std::to_string(size));
      TextReader reader(reading(row.source), 0);
      std::string text, piece(size, '\0');
      while (std::size_t got = reader.read(piece.data(), size)) {
        text.append(piece, 0, got);
        if (got < size) break;
      }
      EXPECT_EQ(text, row.text);
      EXPECT_LE(reader.offset(), row.source.size());
    }
  }
}

TEST(TextReader, WhatIsAheadBeginsWithACharacter) {
  TextReader reader(reading("\n\rab\ncd\n\n"), 0);
  EXPECT_EQ(reader.ahead(3), "ab\ncd\n\n");
  reader.skip(2);
  EXPECT_EQ(reader.ahead(3), "cd\n\n");
  char c;
  ASSERT_EQ(reader.read(&c, 1), 1u);
  EXPECT_EQ(c, 'c');
  EXPECT_EQ(reader.offset(), 6u);
  EXPECT_EQ(reader.ahead(100), "d\n\n");
  reader.skip(1);
  EXPECT_EQ(reader.ahead(100), "");
  EXPECT_EQ(reader.ahead(1), "");
}

TEST(TextReader, AsMuchIsAheadAsWasAskedForAcrossItsBuffer) {
  std::string source;
  for (int i = 0; source.size() < 300'000; ++i) source += std::to_string(i);
  TextReader reader(reading(source), 0);
  std::string text;
  while (true) {
    std::string_view ahead = reader.ahead(1000);
    ASSERT_GE(ahead.size(), std::min<std::size_t>(1000, source.size() - text.size()));
    if (ahead.empty()) break;
    ahead = ahead.substr(0, 777);
    text += ahead;
    reader.skip(ahead.size());
  }
  EXPECT_EQ(text, source);
}

TEST(TextReader, ItsOffsetIsWhereReadingGoesOn) {
  const std::string source = "ab\ncd\r\nef";
  TextReader reader(reading(source), 1);
  char three[3];
  ASSERT_EQ(reader.read(three, 3), 3u);
  EXPECT_EQ(std::string(three, 3), "bcd");
  TextReader rest(reading(source), reader.offset());
  ASSERT_EQ(rest.read(three, 3), 2u);
  EXPECT_EQ(std::string(three, 2), "ef");
}

TEST(TextReader, SourcesMayGiveLessThanAskedFor) {
  std::string source;
  for (int i = 0; i < 1000; ++i) source += std::to_string(i) + "\r\n";
  ReadAt slowly = [&](std::uint64_t offset, char* into, std::size_t size) {
    return reading(source)(offset, into, std::min<std::size_t>(size, 1 + offset % 7));
  };
  std::string text(source.size(), '\0'), expected;
  for (int i = 0; i < 1000; ++i) expected += std::to_string(i);
  text.resize(TextReader(slowly, 0).read(text.data(), text.size()));
  EXPECT_EQ(text, expected);
}

TEST(TextWriter, WrapsAt80) {
  for (std::size_t size : {0, 1, 79, 80, 81, 160, 100'000}) {
    for (std::size_t piece : {1, 7, 80, 81, 100'000}) {
      std::string written;
      Sink sink = [&](std::string_view bytes) {
        EXPECT_FALSE(bytes.empty());
        written += bytes;
      };
      TextWriter writer(sink);
      const std::string text(size, 'x');
      for (std::size_t at = 0; at < size; at += piece) writer.write(std::string_view(text).substr(at, piece));
      writer.finish();
      std::string expected;
      for (std::size_t at = 0; at < size; at += 80) expected += text.substr(at, 80) + "\n";
      EXPECT_EQ(written, expected) << size << " " << piece;
    }
  }
}

}  // namespace
}  // namespace regvault::vault
