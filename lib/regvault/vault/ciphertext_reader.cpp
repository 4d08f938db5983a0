#include <regvault/vault/ciphertext_reader.hpp>

#include <algorithm>
#include <array>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/vault/aes256.hpp>
#include <regvault/vault/double_hex.hpp>

namespace regvault::vault {
namespace {

constexpr std::size_t kHmacSize = 32;
constexpr std::size_t kLineBytes = kColumns / 4;

bool is_hex_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_hex_digit);
}

bool is_foreign(char c) {
  return !is_hex_digit(c) && c != '\n' && c != '\r';
}

[[noreturn]] void malformed(std::string message, std::string_view reason, const std::string& name,
                            std::string hint = {}) {
  throw Error(ErrorCode::malformed, std::move(message), std::move(hint), place_in(name), reason);
}

/// The source is gone over again to find out where: this is the end of the road anyway.
[[noreturn]] void throw_not_hex(const ReadAt& source, std::uint64_t offset, const std::string& name) {
  auto found = find_byte(source, offset, name, is_foreign);
  if (!found) malformed("the vault body changed while it was being read", "changed", name);
  bool blank = found->byte == ' ' || found->byte == '\t';
  throw Error(ErrorCode::malformed,
              "the vault body holds " + in_quotes({&found->byte, 1}) + ", which is not a hexadecimal digit",
              blank ? "lines of a vault body have no blanks, neither at their beginning nor at their end" : "",
              found->where, "hex-digit");
}

[[noreturn]] void throw_odd(const std::string& name) {
  malformed("the vault body has an odd number of hexadecimal digits: it was cut, or a digit was lost", "odd-length",
            name);
}

/// The bytes of an inner field, e.g. "the vault's salt".
std::string unhexed(std::string digits, const std::string& what, const std::string& name) {
  if (auto fault = hex_decode(digits, digits.data())) {
    if (*fault == HexFault::odd_length) {
      malformed(what + " has an odd number of hexadecimal digits", "odd-length", name);
    }
    malformed(what + " is not hexadecimal", "inner-hex", name);
  }
  digits.resize(digits.size() / 2);
  return digits;
}

/// Reads the text before the ciphertext, which is short, character by character.
class HeadReader {
 public:
  HeadReader(const ReadAt& source, std::uint64_t offset, const std::string& name)
      : source_(source), begin_(offset), name_(name), text_(source, offset) {}

  struct Field {
    std::string digits;
    bool ended;  ///< by a line feed; no: by the end of the body
  };

  Field field(std::size_t bytes_at_most, const std::string& what) {
    Field field{{}, false};
    char c;
    while (next(c)) {
      if (c == '\n') {
        field.ended = true;
        break;
      }
      if (field.digits.size() == 2 * bytes_at_most) {
        malformed(what + " is longer than " + std::to_string(bytes_at_most) + " bytes", "size", name_);
      }
      field.digits += c;
    }
    return field;
  }

  std::uint64_t offset() const { return text_.offset(); }

 private:
  bool next(char& c) {
    std::array<char, 2> pair{};
    std::size_t got = text_.read(pair.data(), pair.size());
    if (got == 0) return false;
    if (!is_hex({pair.data(), got})) throw_not_hex(source_, begin_, name_);
    if (got == 1) throw_odd(name_);
    hex_decode({pair.data(), got}, &c);
    return true;
  }

  const ReadAt& source_;
  std::uint64_t begin_;
  const std::string& name_;
  TextReader text_;
};

}  // namespace

BodyHead read_body_head(const ReadAt& source, std::uint64_t offset, const std::string& name) {
  HeadReader reader(source, offset, name);
  HeadReader::Field salt = reader.field(kSaltAtMost, "the vault's salt");
  if (salt.digits.empty() && !salt.ended) malformed("the vault has a header and no body", "no-hmac", name);
  if (!salt.ended) malformed("the vault ends within its salt: it was cut", "no-hmac", name);
  HeadReader::Field hmac = reader.field(kHmacSize, "the vault's HMAC");
  if (!hmac.ended) malformed("the vault ends within its HMAC: it was cut", "no-ciphertext", name);

  BodyHead head{unhexed(std::move(salt.digits), "the vault's salt", name),
                unhexed(std::move(hmac.digits), "the vault's HMAC", name), reader.offset()};
  if (head.hmac.size() != kHmacSize) {
    malformed("the vault's HMAC has " + std::to_string(head.hmac.size()) + " bytes in place of 32", "size", name);
  }
  return head;
}

CiphertextReader::CiphertextReader(const ReadAt& source, std::uint64_t offset, const std::string& name)
    : source_(source),
      name_(name),
      begin_(offset),
      text_(source, offset),
      part_(std::make_unique_for_overwrite<char[]>(kPart)) {}

std::string_view CiphertextReader::next() {
  std::size_t size = 0;
  while (size < kPart) {
    size += decode_lines(part_.get() + size, kPart - size);
    std::size_t more = decode_some(part_.get() + size, kPart - size);
    if (more == 0) break;
    size += more;
  }
  return {part_.get(), size};
}

/// Nearly all text is lines of 80 characters, which are decoded where they lie. Nobody looks for the line's end first:
/// a line end among the 80 characters cannot be decoded. Whatever the reason is, decode_some() finds out.
std::size_t CiphertextReader::decode_lines(char* out, std::size_t at_most) {
  const std::string_view ahead = text_.ahead(kColumns);
  std::string_view text = ahead;
  std::size_t done = 0;
  while (text.size() >= kColumns && at_most - done >= kLineBytes &&
         double_hex_decode(text.substr(0, kColumns), out + done)) {
    done += kLineBytes;
    text.remove_prefix(kColumns);
    while (!text.empty() && is_line_end(text.front())) text.remove_prefix(1);
  }
  text_.skip(ahead.size() - text.size());
  return done;
}

/// Up to a line's worth of bytes; 0 only at the end. Where possible it stops at the end of a line, so that the lines
/// after it can be decoded as such.
std::size_t CiphertextReader::decode_some(char* out, std::size_t at_most) {
  std::string_view line = text_.ahead(kColumns).substr(0, kColumns);
  auto size = static_cast<std::size_t>(std::find_if(line.begin(), line.end(), is_line_end) - line.begin());
  if (size % 4 != 0) size = kColumns;
  std::array<char, kColumns> buffer;
  std::string_view text(buffer.data(), text_.read(buffer.data(), std::min(size, 4 * at_most)));
  std::string_view rest = text.substr(text.size() / 4 * 4);  // not empty: this is the end
  text.remove_suffix(rest.size());

  if (!double_hex_decode(text, out) || !is_hex(rest)) {
    if (find_byte(source_, begin_, name_, is_foreign)) throw_not_hex(source_, begin_, name_);
    malformed("the vault's ciphertext is not hexadecimal", "inner-hex", name_);
  }
  if (rest.size() % 2 != 0) throw_odd(name_);
  if (!rest.empty()) malformed("the vault's ciphertext has an odd number of hexadecimal digits", "odd-length", name_);
  return text.size() / 4;
}

}  // namespace regvault::vault
