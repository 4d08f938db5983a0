#include <regvault/vault/envelope.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <regvault/base/encoding.hpp>
#include <regvault/base/text.hpp>

namespace regvault::vault {
namespace {

constexpr std::string_view kMark = "$ANSIBLE_VAULT";
constexpr std::string_view kLineEnds = "\r\n";
constexpr std::size_t kBuffer = 64 * 1024;

bool is_not_ascii(char c) {
  return (c & 0x80) != 0;
}

/// Eight bytes at a time: this goes over files of any size.
bool is_ascii(std::string_view bytes) {
  std::uint64_t seen = 0;
  for (; bytes.size() >= sizeof seen; bytes.remove_prefix(sizeof seen)) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), sizeof word);
    seen |= word;
  }
  return (seen & 0x8080808080808080) == 0 && std::none_of(bytes.begin(), bytes.end(), is_not_ascii);
}

/// `visit` gets one piece after the other and says whether to go on.
template <typename Visit>
void for_each_piece(const ReadAt& source, std::uint64_t offset, Visit visit) {
  auto buffer = std::make_unique<char[]>(kBuffer);
  while (std::size_t got = source(offset, buffer.get(), kBuffer)) {
    if (!visit(std::string_view(buffer.get(), got))) return;
    offset += got;
  }
}

[[noreturn]] void throw_no_mark(const ReadAt& source, std::string_view name) {
  std::string begin(kHeaderAtMost, '\0');
  begin.resize(read_fully(source, 0, begin.data(), begin.size()));
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::string_view text = begin;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::string hint;
  if (stripped(text).starts_with(kMark)) {
    hint = "nothing may stand before \"$ANSIBLE_VAULT\": remove the blanks, empty lines or byte order mark there";
  }
  throw Error(ErrorCode::malformed, "this is not vault encrypted data: it does not begin with \"$ANSIBLE_VAULT\"", hint,
              place_in(name), "not-encrypted");
}

/// The first line without its end.
std::string read_header_line(const ReadAt& source, std::string_view name) {
  std::string line(kHeaderAtMost + 1, '\0');
  line.resize(read_fully(source, 0, line.data(), line.size()));
  std::size_t end = line.find_first_of(kLineEnds);
  if (end == std::string::npos && line.size() > kHeaderAtMost) {
    throw Error(ErrorCode::malformed,
                "the vault header is longer than " + std::to_string(kHeaderAtMost) + " characters", {},
                place_in(name, 1), "header");
  }
  line.resize(std::min(end, line.size()));
  return line;
}

Header parse_header(std::string_view line, std::string_view name) {
  std::vector<std::string_view> fields = split(stripped(line), ';');
  if (fields.size() < 3) {
    throw Error(ErrorCode::malformed,
                fields.size() < 2 ? "the vault header has no version and no cipher" : "the vault header has no cipher",
                "it has the form $ANSIBLE_VAULT;1.1;AES256 or $ANSIBLE_VAULT;1.2;AES256;LABEL", place_in(name, 1),
                "header");
  }
  auto field = [&](std::size_t i) { return std::string(i < fields.size() ? stripped(fields[i]) : ""); };
  return {field(1), field(2), field(3)};
}

bool is_printable_ascii(char c) {
  return c >= 0x20 && c < 0x7f;
}

}  // namespace

Where place_in(std::string_view name, std::size_t line) {
  Where where;
  where.file = name;
  where.line = line;
  return where;
}

bool is_encrypted(std::string_view bytes) {
  return bytes.starts_with(kMark) && is_ascii(bytes);
}

bool begins_with_mark(const ReadAt& source) {
  std::array<char, kMark.size()> begin{};
  return read_fully(source, 0, begin.data(), begin.size()) == begin.size() &&
         std::string_view(begin.data(), begin.size()) == kMark;
}

bool is_encrypted(const ReadAt& source) {
  if (!begins_with_mark(source)) return false;
  bool ascii = true;
  for_each_piece(source, 0, [&](std::string_view piece) { return ascii = is_ascii(piece); });
  return ascii;
}

std::optional<Found> find_byte(const ReadAt& source, std::uint64_t offset, std::string_view name,
                               bool (*is_meant)(char)) {
  std::optional<Found> found;
  Where where = place_in(name, 1);
  std::uint64_t at = 0;
  char before = '\0';
  for_each_piece(source, 0, [&](std::string_view piece) {
    for (char c : piece) {
      bool new_line = before == '\n' || (before == '\r' && c != '\n');
      where.line += new_line ? 1 : 0;
      where.column = new_line ? 1 : where.column + 1;
      before = c;
      if (at++ >= offset && is_meant(c)) {
        found = Found{where, c};
        return false;
      }
    }
    return true;
  });
  return found;
}

void check_encrypted(const ReadAt& source, std::string_view name) {
  if (is_encrypted(source)) return;  // the second, slow look finds out where
  if (!begins_with_mark(source)) throw_no_mark(source, name);
  if (auto found = find_byte(source, 0, name, is_not_ascii)) {
    throw Error(ErrorCode::malformed,
                "this is not vault encrypted data: byte 0x" + hex_encode({&found->byte, 1}) + " is not ASCII", {},
                found->where, "not-encrypted");
  }
}

Envelope read_envelope(const ReadAt& source, std::string_view name) {
  if (!begins_with_mark(source)) throw_no_mark(source, name);
  std::string line = read_header_line(source, name);
  if (!is_ascii(line)) check_encrypted(source, name);
  return {parse_header(line, name), line.size()};
}

std::string header_line(std::string_view cipher, std::string_view label) {
  bool labelled = !label.empty() && label != "default";
  std::string line = std::string(kMark) + (labelled ? ";1.2;" : ";1.1;") + std::string(cipher);
  if (labelled) line += ";" + std::string(label);
  bool comes_back = std::all_of(label.begin(), label.end(), is_printable_ascii) && label.find(';') == label.npos &&
                    stripped(label) == label && line.size() <= kHeaderAtMost;
  if (!comes_back) {
    throw Error(ErrorCode::usage, "the vault id label " + in_quotes(label) + " cannot stand in a vault header",
                "a label is ASCII, without \";\", without control characters and without blanks at its ends");
  }
  return line + "\n";
}

TextReader::TextReader(ReadAt source, std::uint64_t offset)
    : source_(std::move(source)), buffer_(std::make_unique_for_overwrite<char[]>(kBuffer)), buffer_offset_(offset) {}

/// Reads on, if that takes it, behind what is left.
bool TextReader::has_ahead(std::size_t size) {
  if (end_ - at_ >= size) return true;
  std::memmove(buffer_.get(), buffer_.get() + at_, end_ - at_);
  buffer_offset_ += at_;
  end_ -= at_;
  at_ = 0;
  while (end_ < size && !is_at_end_) {
    std::size_t got = source_(buffer_offset_ + end_, buffer_.get() + end_, kBuffer - end_);
    is_at_end_ = got == 0;
    end_ += got;
  }
  return end_ >= size;
}

std::string_view TextReader::ahead(std::size_t size) {
  while (has_ahead(1) && is_line_end(buffer_[at_])) ++at_;
  has_ahead(size);
  return {buffer_.get() + at_, end_ - at_};
}

std::size_t TextReader::read(char* into, std::size_t size) {
  constexpr std::size_t kLookAhead = 4 * kColumns;  // bounds what a search costs when lines end with CR only
  std::size_t done = 0;
  while (done < size) {
    if (!has_ahead(1)) break;
    std::string_view ahead(buffer_.get() + at_, std::min({end_ - at_, size - done, kLookAhead}));
    std::string_view run = ahead.substr(0, ahead.find('\n'));
    run = run.substr(0, run.find('\r'));
    std::memcpy(into + done, run.data(), run.size());
    done += run.size();
    at_ += run.size() + (run.size() < ahead.size() ? 1 : 0);
  }
  return done;
}

TextWriter::TextWriter(const Sink& sink) : sink_(sink) {
  buffer_.reserve(kBuffer + kColumns + 1);
}

void TextWriter::header(std::string_view line) {
  buffer_ += line;
}

void TextWriter::write(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, kColumns - column_);
    buffer_ += line;
    column_ += line.size();
    if (column_ == kColumns) {
      buffer_ += '\n';
      column_ = 0;
    }
    text.remove_prefix(line.size());
    if (buffer_.size() >= kBuffer) flush();
  }
}

void TextWriter::finish() {
  if (column_ != 0) buffer_ += '\n';
  column_ = 0;
  flush();
}

void TextWriter::flush() {
  if (!buffer_.empty()) sink_(buffer_);
  buffer_.clear();
}

}  // namespace regvault::vault
