#include "variations.hpp"

#include <functional>

#include <regvault/base/encoding.hpp>
#include <regvault/crypto/cipher.hpp>
#include <regvault/crypto/key_derivation.hpp>

#include "vectors.hpp"

namespace regvault::vault {
namespace {

using namespace std::string_literals;

const std::string kHeader = "$ANSIBLE_VAULT;1.1;AES256";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size()) text.replace(at, what.size(), by);
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

/// Header and body around inner text that need not be right.
std::string around(const std::string& inner, const std::string& header = kHeader) {
  std::string text = hex_encode(inner), payload = header + "\n";
  for (std::size_t at = 0; at < text.size(); at += 80) payload += text.substr(at, 80) + "\n";
  return payload;
}

/// With a right HMAC, whatever the padding.
std::string sealed_as_is(const std::string& padded, const std::string& salt = "salty") {
  std::string keys(96, '\0');
  std::vector<crypto::BlockRequest> batch;
  for (std::uint32_t i = 1; i <= 3; ++i) batch.push_back({"secret", salt, 10'000, i, keys.data() + 32 * (i - 1)});
  crypto::derive_blocks(batch);
  std::string ciphertext(padded.size(), '\0');
  crypto::Aes256Ctr(keys.substr(0, 32), keys.substr(64, 16)).apply(padded, ciphertext.data());
  crypto::HmacSha256 hmac(keys.substr(32, 32));
  hmac.update(ciphertext);
  auto code = hmac.finish();
  return around(hex_encode(salt) + "\n" + hex_encode({code.data(), code.size()}) + "\n" + hex_encode(ciphertext));
}

struct Parts {
  std::string salt, hmac, ciphertext;  ///< each as hexadecimal

  Parts() {
    std::string text = replaced(vector_named("fixed_short_salt").payload.substr(kHeader.size()), "\n", "");
    std::string inner(text.size() / 2, '\0');
    hex_decode(text, inner.data());
    std::size_t first = inner.find('\n'), second = inner.find('\n', first + 1);
    salt = inner.substr(0, first);
    hmac = inner.substr(first + 1, second - first - 1);
    ciphertext = inner.substr(second + 1);
  }
};

std::vector<Variation> of_lines(const std::string& good) {
  const std::string body = good.substr(kHeader.size() + 1), flat = replaced(body, "\n", "");
  std::string one_a_line;
  for (char c : flat) one_a_line += std::string(1, c) + "\n";
  auto foreign = [](const std::string& place, const std::string& what) {
    return "f:" + place + ": the vault body holds \"" + what + "\", which is not a hexadecimal digit";
  };
  const std::string odd = "f: the vault body has an odd number of hexadecimal digits: it was cut, or a digit was lost";
  return {
      {"as made", good, true, ""},
      {"CR LF", replaced(good, "\n", "\r\n"), true, ""},
      {"CR", replaced(good, "\n", "\r"), true, ""},
      {"LF CR", replaced(good, "\n", "\n\r"), true, ""},
      {"no line end at the end", good.substr(0, good.size() - 1), true, ""},
      {"empty lines at the end", good + "\n\r\n\n", true, ""},
      {"empty lines in between", replaced(good, "\n", "\n\n"), true, ""},
      {"one line", kHeader + "\n" + flat, true, ""},
      {"one digit a line", kHeader + "\n" + one_a_line, true, ""},
      {"outer hex in upper case", kHeader + "\n" + upper(body), true, ""},
      {"blank before a body line", kHeader + "\n " + body, false, foreign("2:1", " ")},
      {"blanks after a body line", replaced(good, "\n", "  \n"), false, foreign("2:81", " ")},
      {"tab at the end", flat.empty() ? "" : kHeader + "\n" + flat + "\t\n", false,
       foreign("2:" + std::to_string(flat.size() + 1), "\\x09")},
      {"form feed in between", kHeader + "\n" + flat.substr(0, 40) + "\f\f" + flat.substr(40), false,
       foreign("2:41", "\\x0c")},
      {"NUL at the end", good + "\0\0"s, false, foreign("5:1", "\\x00")},
      {"conflict marker", kHeader + "\n<<<<<<< HEAD\n" + body, false, foreign("2:1", "<")},
      {"not ASCII at the end", good + "\x80", false, "f:5:1: this is not vault encrypted data: byte 0x80 is not ASCII"},
      {"a digit lost", good.substr(0, good.size() - 2), false, odd},
      {"header only", kHeader, false, "f: the vault has a header and no body"},
      {"header line only", kHeader + "\n", false, "f: the vault has a header and no body"},
  };
}

std::vector<Variation> of_headers(const std::string& inner) {
  auto with = [&](const std::string& header) { return around(inner, header); };
  const std::string none = "f: this is not vault encrypted data: it does not begin with \"$ANSIBLE_VAULT\"";
  return {
      {"blanks in the header", with("$ANSIBLE_VAULT ; 1.1 ; AES256 "), true, ""},
      {"blanks after the header", with(kHeader + "\t\v\f"), true, ""},
      {"version 9.9", with("$ANSIBLE_VAULT;9.9;AES256"), true, ""},
      {"no version", with("$ANSIBLE_VAULT;;AES256"), true, ""},
      {"1.1 with a label", with("$ANSIBLE_VAULT;1.1;AES256;dev"), true, ""},
      {"1.2 without a label", with("$ANSIBLE_VAULT;1.2;AES256"), true, ""},
      {"1.2 with an empty label", with("$ANSIBLE_VAULT;1.2;AES256;"), true, ""},
      {"more fields", with("$ANSIBLE_VAULT;1.2;AES256;a;b;c"), true, ""},
      {"more after the mark", with("$ANSIBLE_VAULTfoo;1.1;AES256"), true, ""},
      {"cipher in lower case", with("$ANSIBLE_VAULT;1.1;aes256"), false, "f:1: cipher \"aes256\" is not known"},
      {"cipher of format 1.0", with("$ANSIBLE_VAULT;1.0;AES"), false, "f:1: cipher \"AES\" is not known"},
      {"unknown cipher", with("$ANSIBLE_VAULT;1.1;ROT13"), false, "f:1: cipher \"ROT13\" is not known"},
      {"empty cipher", with("$ANSIBLE_VAULT;1.1;"), false, "f:1: cipher \"\" is not known"},
      {"cipher ends in a file separator", with(kHeader + "\x1c"), false, "f:1: cipher \"AES256\\x1c\" is not known"},
      {"no cipher", with("$ANSIBLE_VAULT;1.1"), false, "f:1: the vault header has no cipher"},
      {"mark only", with("$ANSIBLE_VAULT"), false, "f:1: the vault header has no version and no cipher"},
      {"blank before the mark", " " + with(kHeader), false, none},
      {"empty line before the mark", "\n" + with(kHeader), false, none},
      {"byte order mark", "\xef\xbb\xbf" + with(kHeader), false, none},
      {"mark in lower case", with("$ansible_vault;1.1;AES256"), false, none},
      {"label that is not ASCII", with("$ANSIBLE_VAULT;1.2;AES256;\xc3\xa4"), false,
       "f:1:27: this is not vault encrypted data: byte 0xc3 is not ASCII"},
      {"empty file", "", false, none},
  };
}

std::vector<Variation> of_inner_text(const Parts& p) {
  auto with = [](const std::string& salt, const std::string& hmac, const std::string& ciphertext) {
    return around(salt + "\n" + hmac + "\n" + ciphertext);
  };
  const std::string cut = p.ciphertext.substr(0, p.ciphertext.size() - 2);
  return {
      {"all of it in upper case", around(upper(p.salt + "\n" + p.hmac + "\n" + p.ciphertext)), true, ""},
      {"salt in upper case", with(upper(p.salt), p.hmac, p.ciphertext), true, ""},
      {"HMAC in upper case", with(p.salt, upper(p.hmac), p.ciphertext), true, ""},
      {"ciphertext in upper case", with(p.salt, p.hmac, upper(p.ciphertext)), true, ""},
      {"ends within the salt", around(p.salt), false, "f: the vault ends within its salt: it was cut"},
      {"ends after the salt", around(p.salt + "\n"), false, "f: the vault ends within its HMAC: it was cut"},
      {"ends within the HMAC", around(p.salt + "\n" + p.hmac), false, "f: the vault ends within its HMAC: it was cut"},
      {"ends after the HMAC", with(p.salt, p.hmac, ""), false, "f: the vault has no ciphertext"},
      {"salt with a digit lost", with(p.salt.substr(1), p.hmac, p.ciphertext), false,
       "f: the vault's salt has an odd number of hexadecimal digits"},
      {"salt not hex", with("zz" + p.salt, p.hmac, p.ciphertext), false, "f: the vault's salt is not hexadecimal"},
      {"salt with a blank", with("  " + p.salt, p.hmac, p.ciphertext), false, "f: the vault's salt is not hexadecimal"},
      {"inner CR LF", around(p.salt + "\r\n" + p.hmac + "\r\n" + p.ciphertext), false,
       "f: the vault's HMAC is longer than 32 bytes"},
      {"HMAC with a digit lost", with(p.salt, p.hmac.substr(1), p.ciphertext), false,
       "f: the vault's HMAC has an odd number of hexadecimal digits"},
      {"HMAC too short", with(p.salt, p.hmac.substr(2), p.ciphertext), false,
       "f: the vault's HMAC has 31 bytes in place of 32"},
      {"HMAC too long", with(p.salt, p.hmac + "00", p.ciphertext), false,
       "f: the vault's HMAC is longer than 32 bytes"},
      {"no HMAC", with(p.salt, "", p.ciphertext), false, "f: the vault's HMAC has 0 bytes in place of 32"},
      {"HMAC not hex", with(p.salt, "zz" + p.hmac.substr(2), p.ciphertext), false,
       "f: the vault's HMAC is not hexadecimal"},
      {"HMAC wrong", with(p.salt, (p.hmac[0] == '0' ? "1" : "0") + p.hmac.substr(1), p.ciphertext), false, ""},
      {"ciphertext not hex", with(p.salt, p.hmac, "zz" + p.ciphertext.substr(2)), false,
       "f: the vault's ciphertext is not hexadecimal"},
      {"ciphertext with a line feed", with(p.salt, p.hmac, cut + "\n" + p.ciphertext.substr(30)), false,
       "f: the vault's ciphertext is not hexadecimal"},
      {"ciphertext with a digit lost", with(p.salt, p.hmac, p.ciphertext.substr(1)), false,
       "f: the vault's ciphertext has an odd number of hexadecimal digits"},
      {"ciphertext cut", with(p.salt, p.hmac, cut), false,
       "f: the vault's ciphertext has 15 bytes, which are not whole blocks of 16: it was cut"},
      {"ciphertext changed", with(p.salt, p.hmac, (p.ciphertext[0] == '0' ? "1" : "0") + p.ciphertext.substr(1)), false,
       ""},
      {"another block appended", with(p.salt, p.hmac, p.ciphertext + std::string(32, '0')), false, ""},
  };
}

std::vector<Variation> of_padding() {
  const std::string x13(13, 'x'), x15(15, 'x');
  const std::string bad =
      "f: the vault's key is right, but its plaintext does not end in valid padding: whatever wrote it is broken";
  return {
      {"padding of a whole block", sealed_as_is(std::string(16, '\x10')), true, "", ""},
      {"padding of one", sealed_as_is(x15 + "\1"), true, "", x15},
      {"empty salt", sealed_as_is(x15 + "\1", ""), true, "", x15},
      {"salt of 1,000 bytes", sealed_as_is(x15 + "\1", std::string(1000, 's')), true, "", x15},
      {"right HMAC, no ciphertext", sealed_as_is(""), false, "f: the vault has no ciphertext"},
      {"right HMAC, 15 bytes", sealed_as_is(x13 + "\2\2"), false,
       "f: the vault's ciphertext has 15 bytes, which are not whole blocks of 16: it was cut"},
      {"right HMAC, padding 0", sealed_as_is(x15 + "\0"s), false, bad},
      {"right HMAC, padding 17", sealed_as_is(std::string(16, '\x11') + std::string(16, '\x11')), false, bad},
      {"right HMAC, padding 255", sealed_as_is(x15 + "\xff"), false, bad},
      {"right HMAC, first padding byte wrong", sealed_as_is(x13 + "\2\3\3"), false, bad},
      {"right HMAC, middle padding byte wrong", sealed_as_is(x13 + "\3\2\3"), false, bad},
      {"right HMAC, first of 16 wrong", sealed_as_is("x" + std::string(15, '\x10')), false, bad},
  };
}

}  // namespace

std::vector<Variation> variations() {
  const Parts parts;
  std::vector<Variation> all = of_lines(vector_named("fixed_short_salt").payload);
  for (auto more :
       {of_headers(parts.salt + "\n" + parts.hmac + "\n" + parts.ciphertext), of_inner_text(parts), of_padding()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace regvault::vault
