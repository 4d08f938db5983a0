/// Small questions about text that several rooms ask.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace regvault {

/// ASCII white space as Python's bytes.strip() understands it.
inline constexpr std::string_view kWhitespace = " \t\n\r\v\f";

/// `text` without the characters of `unwanted` at both ends.
std::string_view stripped(std::string_view text, std::string_view unwanted = kWhitespace);

/// The parts between separators; always at least one (an empty text has one empty part).
std::vector<std::string_view> split(std::string_view text, char separator);

/// ASCII lower case; other bytes stay.
std::string lowercase(std::string_view text);

/// Well-formed UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

/// `text`, with "?" for every byte beyond ASCII when it is not UTF-8: a file name may be anything, JSON may not.
std::string as_utf8(std::string_view text);

/// The candidate that `text` most likely was meant to be, for "did you mean"; nullopt when none is near
/// (more than a third of its characters would have to change).
std::optional<std::string_view> closest(std::string_view text, std::span<const std::string_view> candidates);

}  // namespace regvault
