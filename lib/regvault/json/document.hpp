/// JSON that may hold secrets: everything parsed lives in memory that is wiped when it is freed.
///
///     json::Document document = json::Document::parse(bytes, "auth.json");
///     json::Object& auths = document.root()["auths"].as_object();
///     SecretBytes text = document.written();          // indented with tabs, as docker and podman write
///
/// The only user of Boost.JSON: its value types are used by other rooms under the names given here. Key order is kept.
/// Strictly RFC 8259; nesting up to 64; a duplicate key in an object is an error (which one counts differs from reader
/// to reader). Throws Error(malformed) with line and column, "NAME:3:7: not valid JSON: REASON"; the text is never
/// quoted. `reason` is "duplicate-key" or "json".
///
/// What is put into a document is copied into its memory; what holds a secret on the way there is the caller's to wipe
/// (`json::String text(bytes, document.root().storage())` is in wiped memory as well).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include <regvault/secret/secret_bytes.hpp>

namespace regvault::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using String = boost::json::string;

class Document {
 public:
  Document();  ///< an empty object
  static Document parse(std::string_view text, std::string_view name);

  Value& root() noexcept { return *root_; }
  const Value& root() const noexcept { return *root_; }

  /// Pretty: one member a line, indented with tabs, no final newline; compact: no white space at all.
  SecretBytes written() const;
  SecretBytes written_compact() const;

 private:
  struct Delete {
    void operator()(Value* value) const noexcept;
  };
  explicit Document(Value&& root);

  std::unique_ptr<Value, Delete> root_;  // in wiped memory too: a short string lies in the value itself
};

/// What kind of value it is, for a message: "a string", "an object", "null" …
std::string_view kind_name(const Value& value);

}  // namespace regvault::json
