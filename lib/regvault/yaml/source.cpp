#include <regvault/yaml/source.hpp>

#include <algorithm>
#include <limits>

#include <regvault/base/text.hpp>

namespace regvault::yaml {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Why a character cannot stand in a file; nullptr: it can. After PyYAML's and libyaml's readers.
struct Fault {
  std::string_view reason, message, hint;
};
constexpr Fault kUnsafe{"unsafe-bytes", "a control character, which Ansible does not read", "remove it"};
constexpr Fault kLoneCr{"lone-cr", "a carriage return that ends no line", "end lines with LF or CR LF"};
constexpr Fault kExotic{"exotic-line-break", "a Unicode line break, which YAML readers disagree about",
                        "write it as an escape in double quotes, or remove it"};

bool starts_with_at(std::string_view text, std::size_t at, std::string_view what) {
  return text.substr(at, what.size()) == what;
}

const Fault* fault_at(std::string_view text, std::size_t at) {
  auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x20) {
    if (byte == '\r') return starts_with_at(text, at + 1, "\n") ? nullptr : &kLoneCr;
    return byte == '\t' || byte == '\n' ? nullptr : &kUnsafe;
  }
  if (byte < 0x7f) return nullptr;
  if (byte == 0x7f) return &kUnsafe;
  if (byte == 0xc2) {  // U+0080 … U+00BF: the second control block ends at U+009F
    auto second = static_cast<unsigned char>(text[at + 1]);
    return second == 0x85 ? &kExotic : second < 0xa0 ? &kUnsafe : nullptr;
  }
  if (starts_with_at(text, at, "\xe2\x80\xa8") || starts_with_at(text, at, "\xe2\x80\xa9")) return &kExotic;
  if (starts_with_at(text, at, kByteOrderMark)) return &kUnsafe;
  if (starts_with_at(text, at, "\xef\xbf\xbe") || starts_with_at(text, at, "\xef\xbf\xbf")) return &kUnsafe;
  return nullptr;
}

}  // namespace

Source::Source(std::string bytes, std::string name) : bytes_(std::move(bytes)), name_(std::move(name)) {
  if (bytes_.starts_with(kByteOrderMark)) text_begin_ = kByteOrderMark.size();
  line_begins_.push_back(0);
  for (std::size_t at = 0; (at = bytes_.find('\n', at)) != std::string::npos;) line_begins_.push_back(++at);
  for (std::size_t at = 0; at < bytes_.size(); ++at) {
    if ((bytes_[at] & 0xc0) == 0x80) continuations_.push_back(at);
  }
  check();
}

void Source::check() const {
  if (bytes_.size() > std::numeric_limits<int>::max() / 2) {  // yaml-cpp counts in int
    throw Error(ErrorCode::unsupported, "too large to edit", {}, whole(), "too-large");
  }
  if (!is_utf8(bytes_)) {
    throw Error(ErrorCode::malformed, "not UTF-8 text", "iconv -f LATIN1 -t UTF-8 converts it", whole(), "not-utf8");
  }
  std::string_view text = bytes_;
  for (std::size_t at = text_begin_; at < text.size(); ++at) {
    if (const Fault* fault = fault_at(text, at)) {
      throw Error(ErrorCode::malformed, std::string(fault->message), std::string(fault->hint), where(at),
                  fault->reason);
    }
  }
  if (starts_with_at(text, text_begin_, "$ANSIBLE_VAULT;")) {
    throw Error(ErrorCode::unsupported, "the whole file is a vault, not YAML with vaults in it", {}, where(text_begin_),
                "whole-file-vault");
  }
}

std::size_t Source::line_index(std::size_t at) const {
  auto after = std::upper_bound(line_begins_.begin(), line_begins_.end(), at);
  return static_cast<std::size_t>(after - line_begins_.begin()) - 1;
}

std::size_t Source::line_begin(std::size_t at) const {
  return std::max(line_begins_[line_index(at)], text_begin_);
}

std::size_t Source::next_line(std::size_t at) const {
  std::size_t line = line_index(at) + 1;
  return line < line_begins_.size() ? line_begins_[line] : bytes_.size();
}

std::size_t Source::line_end(std::size_t at) const {
  std::size_t end = next_line(at), begin = line_begin(at);
  if (end > begin && bytes_[end - 1] == '\n') --end;
  if (end > begin && bytes_[end - 1] == '\r') --end;
  return end;
}

std::size_t Source::column(std::size_t at) const {
  return at - line_begin(at);
}

bool Source::starts_its_line(std::size_t at) const {
  std::string_view before = slice(line_begin(at), at);
  return before.find_first_not_of(" \t") == std::string_view::npos;
}

std::string_view Source::line_break(std::size_t at) const {
  std::size_t line = line_index(at);
  if (line + 1 >= line_begins_.size()) {
    if (line == 0) return "\n";
    --line;
  }
  std::size_t end = line_begins_[line + 1];
  return end >= 2 && bytes_[end - 2] == '\r' ? "\r\n" : "\n";
}

Where Source::whole() const {
  return {name_, 0, 0, {}, {}};
}

Where Source::where(std::size_t at, std::size_t shown_until) const {
  std::size_t begin = line_begin(at);
  Where where{name_, line_index(at) + 1, 1, {}, {}};
  auto first = std::lower_bound(continuations_.begin(), continuations_.end(), begin);
  auto last = std::lower_bound(first, continuations_.end(), at);
  where.column += at - begin - static_cast<std::size_t>(last - first);
  if (shown_until > begin) where.excerpt = slice(begin, std::min(shown_until, line_end(at)));
  return where;
}

}  // namespace regvault::yaml
