/// How an answer is read: its JSON, the registry's own words in it, and which cause they are. A part of this room.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <regvault/json/document.hpp>
#include <regvault/net/http_message.hpp>

namespace regvault::access {

/// The body as JSON; nullopt: it is none.
std::optional<json::Document> json_of(const net::HttpResponse& response);

/// The text of an object's member; empty: there is none, or it is no text.
std::string_view text_at(const json::Value& value, std::string_view name);

/// What the server says is wrong, presentable: "DENIED: denied" of {"errors":[…]}, GitHub's "message", or nothing.
std::string words_of(const net::HttpResponse& response, const std::vector<std::string_view>& secrets);

/// The cause by the words alone, where they name one ("permission_denied: read_package"), or by a status that leaves
/// no doubt (429, 5xx); empty: neither.
std::string_view plain_cause(const net::HttpResponse& response);

/// Retry-After in seconds; nullopt: none, or a date.
std::optional<std::chrono::seconds> retry_after(const net::HttpResponse& response);

bool is_web_page(const net::HttpResponse& response);

}  // namespace regvault::access
