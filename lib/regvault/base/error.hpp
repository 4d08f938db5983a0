/// The one exception type of the library, and how a warning reaches the caller.
///
/// The library never prints. What cannot be done is thrown as `Error`; what is no error (a key that does not open a
/// payload, a value that is not there) is a `std::optional`. Exceptions of third-party libraries end in the file that
/// wraps the library. Callers that know more add it on the way out and rethrow.
///
///     throw Error(ErrorCode::not_found, in_quotes(key) + " is not in " + in_quotes(file), "regvault list " + file);
///
/// Style of the texts: lower case, no full stop, names quoted, values (secrets) never. A hint is one line, where
/// possible a command that can be pasted.
#pragma once

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace regvault {

/// What kind of failure it is. The command line maps each to its exit code (docs/exit-codes.md).
enum class ErrorCode {
  failed,          ///< anything without a code of its own
  usage,           ///< the caller asked for something that has no single meaning
  declined,        ///< the user said no
  not_found,       ///< a key, a value, a document that is not there
  malformed,       ///< input that does not parse: YAML, JSON, encoding, a duplicate key
  no_key,          ///< no vault secret at hand opens the payload
  file_access,     ///< a file that cannot be read, locked or replaced
  unsupported,     ///< valid, but not something we change: an alias, a merge key
  program_failed,  ///< a program we ran failed, hung or is missing
  refused,         ///< a registry or service refused the credentials
};

/// A place in a file. `line` and `column` count from 1 (columns in characters, as editors do); 0 is "unknown".
struct Where {
  std::string file = {};
  std::size_t line = 0;
  std::size_t column = 0;
  std::string excerpt = {};  ///< the source line, only when it can hold no secret
  std::string note = {};     ///< printed beside the caret under the excerpt
};

class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, std::string hint = {}, Where where = {}, std::string_view reason = {});

  ErrorCode code;
  std::string message;
  std::string hint;    ///< empty: none
  Where where;         ///< `where.file` empty: no place
  std::string reason;  ///< a stable word for programs, e.g. "duplicate-key"; empty: none

  /// "FILE:LINE:COLUMN: message", as much of it as is known.
  const char* what() const noexcept override;

 private:
  std::string what_;
};

/// Where a function that can go on, but should say something, says it. One line, in the style of an error's text. An
/// empty one tells nobody.
///
///     WarningSink warn = [](std::string_view text) { std::fprintf(stderr, "%.*s\n", int(text.size()), text.data()); };
class WarningSink {
 public:
  WarningSink() = default;
  template <std::invocable<std::string_view> Tell>
  requires(!std::same_as<std::remove_cvref_t<Tell>, WarningSink>) WarningSink(Tell&& tell)
      : tell_(std::forward<Tell>(tell)) {}  // NOLINT: a function is a sink

  void operator()(std::string_view text) const {
    if (tell_) tell_(text);
  }

 private:
  std::function<void(std::string_view)> tell_;
};

/// A file name as it may stand in a line of output, in front of ":14:9": control characters escaped.
std::string escaped(std::string_view name);

/// A file name, or anything else from outside, as it may stand in a message: quoted, control characters escaped.
std::string in_quotes(std::string_view name);

}  // namespace regvault
