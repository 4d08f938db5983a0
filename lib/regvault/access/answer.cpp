#include <regvault/access/answer.hpp>

#include <algorithm>
#include <array>
#include <charconv>

#include <regvault/base/error.hpp>
#include <regvault/base/text.hpp>
#include <regvault/registry/failure_text.hpp>
#include <regvault/registry/presentable.hpp>

namespace regvault::access {
namespace {

// What a status says more precisely than the words, which every refusal has.
constexpr std::array<std::string_view, 5> kVague{"credentials-refused", "no-credentials", "denied-or-missing",
                                                 "name-unknown", "manifest-unknown"};

void append(std::string& out, std::string_view code, std::string_view message) {
  if (code.empty() && message.empty()) return;
  out += out.empty() ? "" : "; ";
  out += code;
  if (!code.empty() && !message.empty()) out += ": ";
  out += message;
}

std::string words_in(const json::Value& root) {
  std::string out;
  if (!root.is_object()) return out;
  const json::Value* errors = root.as_object().if_contains("errors");
  if (errors != nullptr && errors->is_array()) {
    for (const json::Value& error : errors->as_array()) append(out, text_at(error, "code"), text_at(error, "message"));
  }
  if (out.empty()) append(out, {}, text_at(root, "message"));
  if (out.empty()) append(out, {}, text_at(root, "details"));  // Docker Hub's token server
  return out;
}

}  // namespace

std::optional<json::Document> json_of(const net::HttpResponse& response) {
  try {
    return json::Document::parse(response.body.view(), "answer");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string_view text_at(const json::Value& value, std::string_view name) {
  if (!value.is_object()) return {};
  const json::Value* member = value.as_object().if_contains(name);
  if (member == nullptr || !member->is_string()) return {};
  return {member->as_string().data(), member->as_string().size()};
}

std::string words_of(const net::HttpResponse& response, const std::vector<std::string_view>& secrets) {
  std::optional<json::Document> document = json_of(response);
  return document ? presentable(words_in(document->root()), secrets, 1) : std::string();
}

std::string_view plain_cause(const net::HttpResponse& response) {
  const FailureText* known = failure_in(words_of(response, {}));
  if (known != nullptr && std::ranges::find(kVague, known->cause) == kVague.end()) return known->cause;
  if (response.status == 429) return "rate-limit";
  if (response.status >= 500) return "registry-fault";
  return {};
}

std::optional<std::chrono::seconds> retry_after(const net::HttpResponse& response) {
  std::string_view text = stripped(response.header("Retry-After"));
  int seconds = 0;
  auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (fault != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

bool is_web_page(const net::HttpResponse& response) {
  return lowercase(response.header("Content-Type")).starts_with("text/html") ||
         stripped(response.body.view()).starts_with('<');
}

}  // namespace regvault::access
