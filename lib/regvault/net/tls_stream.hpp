/// TLS over another stream: the peer's certificate and name are verified before a byte of ours is sent.
///
///     TlsStream tls(tcp, *context, parse_url("https://ghcr.io/"), deadline);
///
/// Throws Error(program_failed), the reason one of "tls-unknown-authority", "tls-expired", "tls" and "plain-http" (the
/// peer answered the first message as HTTP), or what the stream below throws. A peer that ends the connection without
/// saying so in TLS has not ended it: what was to come may have been cut off, which is "unreachable".
#pragma once

#include <memory>
#include <string>

#include <regvault/net/stream.hpp>

struct ssl_st;
struct ssl_ctx_st;

namespace regvault::net {

class TlsStream final : public Stream {
 public:
  /// `below` must outlive this. The certificate must be for the peer's host; an address is looked for among addresses.
  TlsStream(Stream& below, ssl_ctx_st& context, const Url& peer, Deadline deadline);
  ~TlsStream() override;
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  void send(std::string_view bytes, Deadline deadline) override;
  std::size_t receive(char* into, std::size_t size, Deadline deadline) override;

 private:
  template <typename Operation>
  int run(Operation operation, Deadline deadline);
  void send_what_is_ready(Deadline deadline);
  void receive_more(Deadline deadline);
  [[noreturn]] void fail() const;

  struct FreeTls {
    void operator()(ssl_st* tls) const noexcept;
  };

  Stream& below_;
  std::string name_;
  std::unique_ptr<ssl_st, FreeTls> tls_;
  bool heard_ = false;
};

}  // namespace regvault::net
