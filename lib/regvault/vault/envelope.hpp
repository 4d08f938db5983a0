/// The outside of a vault payload: a header line, then text wrapped at 80 columns.
///
///     $ANSIBLE_VAULT;1.2;AES256;dev
///     33363131366439…
///
///     is_encrypted(bytes)                                     // is it one at all?
///     Envelope envelope = read_envelope(source, "vault.yml"); // envelope.header.label == "dev"
///     TextReader body(source, envelope.body);                 // its characters, without the line ends
///
/// There is no published specification: the rules are what ansible-core does (observed with 2.14 to 2.21, and run
/// against in the tests). Version, cipher and label stand between semicolons; blanks around them do not count; neither
/// do further fields; the version is any text, and the label does not depend on it. Lines end with LF, CR LF or CR, and
/// may have any length. What is not allowed is anything before the "$", and a byte that is not ASCII anywhere.
///
/// Throws Error(malformed), with the reason "not-encrypted" or "header"; `where` counts lines from the header line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <regvault/base/error.hpp>
#include <regvault/vault/source.hpp>

namespace regvault::vault {

struct Header {
  std::string version;
  std::string cipher;
  std::string label;  ///< the vault id label; empty: none, which Ansible calls "default"
};

/// Starts with "$ANSIBLE_VAULT" and is ASCII to the end: what Ansible takes for encrypted (and refuses to encrypt).
bool is_encrypted(std::string_view bytes);
bool is_encrypted(const ReadAt& source);

/// Only the first half of that, for who goes over all of it anyway.
bool begins_with_mark(const ReadAt& source);

struct Envelope {
  Header header;
  std::uint64_t body;  ///< where the first line after the header begins
};

/// Looks at the header line only. `name` is the file in error messages.
Envelope read_envelope(const ReadAt& source, std::string_view name);

/// Throws unless the source `is_encrypted`: goes over all of it. Who has read a body knows already that it is ASCII,
/// because hexadecimal is; who could not asks here first what is wrong.
void check_encrypted(const ReadAt& source, std::string_view name);

/// Longer header lines are refused, both ways. Ansible has no limit; the memory for one is ours to bound.
inline constexpr std::size_t kHeaderAtMost = 4096;

/// The first line, with its line end: format 1.2 with a label, 1.1 when it is empty or "default".
///
/// Throws Error(usage) for a label that would not come back the same when the header is read: with ";", control
/// characters, bytes that are not ASCII (Ansible writes such a header, and then does not recognise it), blanks at its
/// ends.
std::string header_line(std::string_view cipher, std::string_view label);

/// What is written has lines of 80 characters; what is read may have any.
inline constexpr std::size_t kColumns = 80;

inline bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

/// The characters of a body from `offset` on, without line ends.
class TextReader {
 public:
  TextReader(ReadAt source, std::uint64_t offset);

  /// Fewer than `size` only at the end.
  std::size_t read(char* into, std::size_t size);

  /// What is in memory from the next character on, line ends included: `size` bytes or more, fewer only at the end of
  /// the source. `size` is a few lines at most. Valid until the next call.
  std::string_view ahead(std::size_t size);

  /// Goes on behind the first `size` bytes of what is ahead.
  void skip(std::size_t size) noexcept { at_ += size; }

  /// Where in the source the next character, or the line end before it, is.
  std::uint64_t offset() const noexcept { return buffer_offset_ + at_; }

 private:
  bool has_ahead(std::size_t size);

  ReadAt source_;
  std::unique_ptr<char[]> buffer_;
  std::uint64_t buffer_offset_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool is_at_end_ = false;  // the source, behind what is in the buffer
};

/// Writes text in lines of kColumns characters, each ended by a line feed, the last one too. The sink must outlive it.
class TextWriter {
 public:
  explicit TextWriter(const Sink& sink);
  void header(std::string_view line);
  void write(std::string_view text);
  void finish();

 private:
  void flush();

  const Sink& sink_;
  std::string buffer_;
  std::size_t column_ = 0;
};

/// For errors: somewhere in `name`, in a line from 1 on if it is known.
Where place_in(std::string_view name, std::size_t line = 0);

/// The place of the first byte from `offset` on that `is_meant` says yes to, and the byte.
struct Found {
  Where where;
  char byte;
};
std::optional<Found> find_byte(const ReadAt& source, std::uint64_t offset, std::string_view name,
                               bool (*is_meant)(char));

}  // namespace regvault::vault
