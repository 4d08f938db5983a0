/// Servers on this machine that say what a test tells them to, one connection after the other.
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "certificates.hpp"

namespace regvault::net {

/// One accepted connection, in the clear or in TLS.
struct Peer {
  int socket = -1;
  SSL* tls = nullptr;

  std::size_t read(char* into, std::size_t size) const {
    ssize_t count = tls != nullptr ? SSL_read(tls, into, static_cast<int>(size)) : ::read(socket, into, size);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  bool write(std::string_view bytes) const {
    if (tls != nullptr) return SSL_write(tls, bytes.data(), static_cast<int>(bytes.size())) > 0;
    return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0;
  }
  /// Up to the blank line, and as much of a body as Content-Length says.
  std::string read_request() const {
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n") && read(&byte, 1) == 1) request += byte;
    std::size_t at = request.find("Content-Length: ");
    std::size_t left = at == std::string::npos ? 0 : std::stoul(request.substr(at + 16));
    while (left-- > 0 && read(&byte, 1) == 1) request += byte;
    return request;
  }
};

class Server {
 public:
  using Serve = std::function<void(const Peer&)>;

  /// `identity`: speak TLS with this certificate.
  explicit Server(Serve serve, const Identity* identity = nullptr) : serve_(std::move(serve)) {
    if (identity != nullptr) {
      context_ = SSL_CTX_new(TLS_server_method());
      SSL_CTX_use_certificate(context_, identity->certificate.get());
      SSL_CTX_use_PrivateKey(context_, identity->key.get());
    }
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    listen(listener_, 8);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }

  /// Answers every request with this.
  static Serve answering(std::string response) {
    return [response](const Peer& peer) {
      peer.read_request();
      peer.write(response);
    };
  }

  ~Server() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    SSL_CTX_free(context_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  SSL_CTX* context() const { return context_; }
  std::string url(const std::string& target = "/", const std::string& host = "127.0.0.1") const {
    return (context_ != nullptr ? "https://" : "http://") + host + ":" + std::to_string(port) + target;
  }

  std::uint16_t port = 0;

 private:
  void run() {
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);  // a client that has gone, for libssl
    pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
    while (true) {
      int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      Peer peer{socket};
      if (context_ != nullptr) {
        peer.tls = SSL_new(context_);
        SSL_set_fd(peer.tls, socket);
      }
      if (peer.tls == nullptr || SSL_accept(peer.tls) == 1) serve_(peer);
      if (peer.tls != nullptr) SSL_shutdown(peer.tls);
      SSL_free(peer.tls);
      close(socket);
    }
  }

  Serve serve_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  std::thread thread_;
};

}  // namespace regvault::net
