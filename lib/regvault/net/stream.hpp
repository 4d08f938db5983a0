/// Bytes to a peer and back, each step until a deadline: TCP, and TLS over it (tls_stream.hpp).
///
///     TcpStream tcp(parse_url("https://ghcr.io/"), deadline);
///     tcp.send(request, deadline);
///     std::size_t count = tcp.receive(buffer, sizeof(buffer), deadline);    // 0: the peer has ended its side
///
/// Throws Error(program_failed): "ghcr.io cannot be reached (connection refused)", the reason "unreachable" or
/// "timeout".
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <regvault/net/url.hpp>

namespace regvault::net {

using Deadline = std::chrono::steady_clock::time_point;

class Stream {
 public:
  virtual ~Stream() = default;
  virtual void send(std::string_view bytes, Deadline deadline) = 0;
  virtual std::size_t receive(char* into, std::size_t size, Deadline deadline) = 0;
};

class TcpStream final : public Stream {
 public:
  /// Every address of the host is tried, until one answers or the time is over.
  TcpStream(const Url& peer, Deadline deadline);
  ~TcpStream() override;
  TcpStream(const TcpStream&) = delete;
  TcpStream& operator=(const TcpStream&) = delete;

  void send(std::string_view bytes, Deadline deadline) override;
  std::size_t receive(char* into, std::size_t size, Deadline deadline) override;

 private:
  std::string name_;
  int socket_ = -1;
};

[[noreturn]] void fail_as_unreachable(const std::string& peer, std::string_view why);
[[noreturn]] void fail_for_time(const std::string& peer);

}  // namespace regvault::net
