/// One HTTP/1 response, from bytes as they come. The only user of Boost.Beast.
///
///     ResponseParser parser(to_head, 4 << 20);
///     while (!parser.is_done()) parser.put(bytes);      // parser.end() when the peer has ended
///     HttpResponse response = parser.take();
///
/// Interim responses (100 …) are skipped. Throws Error(program_failed): "not-a-registry" for what is no
/// HTTP, or larger than allowed; "unreachable" for what was cut off.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <regvault/net/http_message.hpp>

namespace regvault::net {

class ResponseParser {
 public:
  /// `host` stands in messages. `without_body`: to HEAD and CONNECT, whatever the headers say.
  ResponseParser(std::string host, bool without_body, std::size_t max_body);
  ~ResponseParser();

  void put(std::string_view bytes);
  void end();
  bool is_done() const;
  HttpResponse take();

 private:
  class Parser;
  void skip_interim();

  std::string host_;
  bool without_body_;
  std::size_t max_body_;
  int interim_ = 0;
  std::unique_ptr<Parser> parser_;
  SecretBytes pending_;  // what the parser wants to see again, with more behind it
};

}  // namespace regvault::net
