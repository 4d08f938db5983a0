#include <regvault/json/document.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <new>
#include <vector>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>

namespace regvault::json {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::string_view kDuplicateKey = "the key is set twice in this object";

// ------------------------------------------------------------------------------------------------------------ memory

class WipingMemory final : public boost::json::memory_resource {
  // Without the alignment: Boost names another one when it frees a key than when it allocated it (1.81). No value needs
  // more than operator new gives.
  static_assert(alignof(Value) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
  void* do_allocate(std::size_t bytes, std::size_t) override { return ::operator new(bytes); }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t) override {
    wipe(memory, bytes);
    ::operator delete(memory);
  }
  bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

/// Without state, so one for all; never destroyed, as documents may outlive statics.
WipingMemory& wiping_memory() {
  static WipingMemory* memory = new WipingMemory;
  return *memory;
}

/// The parser assembles strings that hold escapes on the stack. Called after it returned, from the same depth.
[[gnu::noinline]] void wipe_used_stack() {
  char used[16 * 1024];
  wipe(used, sizeof(used));
}

// ----------------------------------------------------------------------------------------------------------- parsing

/// Boost.JSON's own handler lets the last of several equal keys win; and its numbers may be off in the last digit.
class Handler {
 public:
  static constexpr std::size_t max_object_size = Object::max_size();
  static constexpr std::size_t max_array_size = Array::max_size();
  static constexpr std::size_t max_key_size = String::max_size();
  static constexpr std::size_t max_string_size = String::max_size();

  bool on_document_begin(boost::json::error_code&) {
    values_.reset(&wiping_memory());
    return true;
  }
  bool on_document_end(boost::json::error_code&) { return true; }
  bool on_object_begin(boost::json::error_code&) {
    keys_.emplace_back(&wiping_memory());
    return true;
  }
  bool on_object_end(std::size_t count, boost::json::error_code&) {
    keys_.pop_back();
    values_.push_object(count);
    return true;
  }
  bool on_array_begin(boost::json::error_code&) { return true; }
  bool on_array_end(std::size_t count, boost::json::error_code&) {
    values_.push_array(count);
    return true;
  }
  bool on_key_part(std::string_view part, std::size_t, boost::json::error_code&) {
    key_.append(part);
    values_.push_chars(part);
    return true;
  }
  bool on_key(std::string_view part, std::size_t, boost::json::error_code& error) {
    key_.append(part);
    bool added = keys_.back().emplace(key_, nullptr).second;
    key_.clear();
    if (!added) return fail(kDuplicateKey, error);
    values_.push_key(part);
    return true;
  }
  bool on_string_part(std::string_view part, std::size_t, boost::json::error_code&) {
    values_.push_chars(part);
    return true;
  }
  bool on_string(std::string_view part, std::size_t, boost::json::error_code&) {
    values_.push_string(part);
    return true;
  }
  bool on_number_part(std::string_view, boost::json::error_code&) { return true; }
  bool on_int64(std::int64_t number, std::string_view, boost::json::error_code&) {
    values_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, std::string_view, boost::json::error_code&) {
    values_.push_uint64(number);
    return true;
  }
  bool on_double(double about, std::string_view text, boost::json::error_code& error) {
    double number = 0;  // stays so for what is too small
    auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault == std::errc::result_out_of_range && std::abs(about) > 1) return fail("the number is too large", error);
    values_.push_double(number);
    return true;
  }
  bool on_bool(bool value, boost::json::error_code&) {
    values_.push_bool(value);
    return true;
  }
  bool on_null(boost::json::error_code&) {
    values_.push_null();
    return true;
  }
  bool on_comment_part(std::string_view, boost::json::error_code&) { return true; }
  bool on_comment(std::string_view, boost::json::error_code&) { return true; }

  Value release() { return values_.release(); }
  std::string_view reason() const { return reason_; }  ///< empty: the parser's own error

 private:
  bool fail(std::string_view reason, boost::json::error_code& error) {
    reason_ = reason;
    error = boost::json::error::syntax;
    return false;
  }

  boost::json::value_stack values_{&wiping_memory()};
  std::vector<Object> keys_;  // of the objects that are open
  String key_{&wiping_memory()};
  std::string_view reason_;
};

struct Reason {
  boost::json::error error;
  std::string_view text;
};

constexpr std::array kReasons{
    Reason{boost::json::error::incomplete, "it ends too early"},
    Reason{boost::json::error::extra_data, "there is more after the end"},
    Reason{boost::json::error::too_deep, "it is nested more than 64 deep"},
    Reason{boost::json::error::exponent_overflow, "the number is too large"},
    Reason{boost::json::error::illegal_leading_surrogate, "half a surrogate pair"},
    Reason{boost::json::error::illegal_trailing_surrogate, "half a surrogate pair"},
    Reason{boost::json::error::expected_hex_digit, "not a hexadecimal digit"},
    Reason{boost::json::error::expected_utf16_escape, "half a surrogate pair"},
};

std::string_view reason_of(const boost::json::error_code& error) {
  for (const Reason& reason : kReasons) {
    if (error == reason.error) return reason.text;
  }
  return "unexpected character";
}

/// Where the key begins whose closing quote is at `end`.
std::size_t start_of_key(std::string_view text, std::size_t end) {
  for (std::size_t at = end; at-- > 0;) {
    if (text[at] != '"') continue;
    std::size_t backslashes = 0;
    while (backslashes < at && text[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
  }
  return end;
}

Where place(std::string_view text, std::size_t offset, std::string_view name) {
  std::string_view before = text.substr(0, offset);
  std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 == 0
  auto is_character = [](char c) { return (c & 0xc0) != 0x80; };
  Where where;
  where.file = name;
  where.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
  where.column = 1 + static_cast<std::size_t>(std::ranges::count_if(before.substr(line_start), is_character));
  return where;
}

[[noreturn]] void fail(std::string_view text, std::size_t offset, std::string_view name, std::string_view reason) {
  bool duplicate = reason == kDuplicateKey;
  if (duplicate) offset = start_of_key(text, offset);
  throw Error(ErrorCode::malformed, "not valid JSON: " + std::string(reason), {}, place(text, offset, name),
              duplicate ? "duplicate-key" : "json");
}

[[gnu::noinline]] Value parsed(std::string_view text, std::string_view name) {
  boost::json::parse_options options;
  options.max_depth = kDeepest;
  boost::json::basic_parser<Handler> parser(options);
  boost::json::error_code error;
  std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = boost::json::error::extra_data;
  if (error) {
    std::string_view reason = parser.handler().reason();
    fail(text, used, name, reason.empty() ? reason_of(error) : reason);
  }
  return parser.handler().release();
}

// ----------------------------------------------------------------------------------------------------------- writing

class Writer {
 public:
  explicit Writer(bool indented) : indented_(indented) {}

  void value(const Value& value) {
    switch (value.kind()) {
      case boost::json::kind::null:
        return out_.append("null");
      case boost::json::kind::bool_:
        return out_.append(value.get_bool() ? "true" : "false");
      case boost::json::kind::int64:
        return number(value.get_int64());
      case boost::json::kind::uint64:
        return number(value.get_uint64());
      case boost::json::kind::double_:
        return number(value.get_double());
      case boost::json::kind::string:
        return string(value.get_string());
      case boost::json::kind::array:
        return array(value.get_array());
      case boost::json::kind::object:
        return object(value.get_object());
    }
  }

  SecretBytes taken() { return std::move(out_); }

 private:
  void array(const Array& values) {
    out_.append("[");
    ++depth_;
    bool first = true;
    for (const Value& element : values) {
      begin_member(first);
      value(element);
    }
    --depth_;
    end_members(first);
    out_.append("]");
  }

  void object(const Object& members) {
    out_.append("{");
    ++depth_;
    bool first = true;
    for (const auto& member : members) {
      begin_member(first);
      string(member.key());
      out_.append(indented_ ? ": " : ":");
      value(member.value());
    }
    --depth_;
    end_members(first);
    out_.append("}");
  }

  void begin_member(bool& first) {
    if (!first) out_.append(",");
    first = false;
    new_line();
  }

  void end_members(bool none) {
    if (!none) new_line();
  }

  void new_line() {
    if (!indented_) return;
    out_.append("\n");
    for (std::size_t i = 0; i < depth_; ++i) out_.append("\t");
  }

  void string(std::string_view text) {
    out_.append("\"");
    std::size_t plain = 0;  // where what is not yet written begins
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (!needs_escape(text[i])) continue;
      out_.append(text.substr(plain, i - plain));
      escape(text[i]);
      plain = i + 1;
    }
    out_.append(text.substr(plain));
    out_.append("\"");
  }

  static bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

  void escape(char c) {
    static constexpr std::string_view kShort = "\"\"\\\\\bb\ff\nn\rr\tt";  // pairs: what, its letter
    out_.append("\\");
    for (std::size_t i = 0; i < kShort.size(); i += 2) {
      if (kShort[i] == c) return out_.append(kShort.substr(i + 1, 1));
    }
    out_.append("u00");
    out_.append(hex_encode(std::string_view(&c, 1)));
  }

  template <typename Number>
  void number(Number number) {
    char digits[32];
    out_.append({digits, std::to_chars(digits, std::end(digits), number).ptr});
  }

  SecretBytes out_;
  bool indented_;
  std::size_t depth_ = 0;
};

SecretBytes written_by(Writer writer, const Value& value) {
  writer.value(value);
  return writer.taken();
}

}  // namespace

void Document::Delete::operator()(Value* value) const noexcept {
  value->~Value();
  wiping_memory().deallocate(value, sizeof(Value), alignof(Value));
}

Document::Document() : Document(Value(Object(&wiping_memory()))) {}

Document::Document(Value&& root)
    : root_(new (wiping_memory().allocate(sizeof(Value), alignof(Value))) Value(std::move(root))) {}

Document Document::parse(std::string_view text, std::string_view name) {
  struct WipeAtEnd {
    ~WipeAtEnd() { wipe_used_stack(); }
  } at_end;
  return Document(parsed(text, name));
}

SecretBytes Document::written() const {
  return written_by(Writer(true), *root_);
}

SecretBytes Document::written_compact() const {
  return written_by(Writer(false), *root_);
}

std::string_view kind_name(const Value& value) {
  static constexpr std::array<std::string_view, 8> kNames{"null",     "a boolean", "a number", "a number",
                                                          "a number", "a string",  "an array", "an object"};
  return kNames[static_cast<std::size_t>(value.kind())];
}

}  // namespace regvault::json
