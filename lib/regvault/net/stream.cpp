#include <regvault/net/stream.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// -------------------------------------------------------------------------------------------------------- name service

struct NameQuery {
  std::mutex mutex;
  std::condition_variable done;
  bool is_done = false;
  int fault = 0;
  Addresses addresses;
};

int look_up(const std::string& host, const std::string& port, int flags, Addresses& out) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int fault = getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
  if (fault == 0) out.reset(list);
  return fault;
}

/// In a thread of its own, which is left behind when the time is over: getaddrinfo knows no deadline, and a name server
/// that does not answer holds it for half a minute.
int look_up_until(const Url& peer, Deadline deadline, Addresses& out) {
  auto lookup = std::make_shared<NameQuery>();
  auto work = [lookup, host = peer.host, port = std::to_string(peer.port)] {
    Addresses found;
    int fault = look_up(host, port, AI_ADDRCONFIG, found);
    if (fault != 0) fault = look_up(host, port, 0, found);  // a machine without a network still knows "localhost"
    std::lock_guard lock(lookup->mutex);
    lookup->fault = fault;
    lookup->addresses = std::move(found);
    lookup->is_done = true;
    lookup->done.notify_one();
  };
  try {
    std::thread(work).detach();
  } catch (const std::system_error&) {  // no thread is to be had
    work();
  }
  std::unique_lock lock(lookup->mutex);
  if (!lookup->done.wait_until(lock, deadline, [&] { return lookup->is_done; })) fail_for_time(peer.authority());
  out = std::move(lookup->addresses);
  return lookup->fault;
}

Addresses addresses_of(const Url& peer, Deadline deadline) {
  Addresses out;
  if (look_up(peer.host, std::to_string(peer.port), AI_NUMERICHOST, out) == 0) return out;
  int fault = look_up_until(peer, deadline, out);
  if (fault == 0) return out;
  fail_as_unreachable(peer.authority(), fault == EAI_AGAIN ? "the name server does not answer" : "no such host");
}

// ------------------------------------------------------------------------------------------------------------- sockets

std::string_view reason_for(int error) {
  switch (error) {
    case ECONNREFUSED:
      return "connection refused";
    case ENETUNREACH:
      return "network is unreachable";
    case EHOSTUNREACH:
      return "no route to host";
    case ECONNRESET:
    case EPIPE:
      return "it closed the connection";
    default:
      return std::strerror(error);
  }
}

/// False when the time is over.
bool wait_for(int socket, short events, Deadline deadline) {
  while (true) {
    auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds(0)) return false;
    pollfd descriptor{socket, events, 0};
    int count = poll(&descriptor, 1, static_cast<int>(std::min<milliseconds::rep>(left.count(), 1'000'000)));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return true;  // the next call on the socket says what is wrong
  }
}

/// 0, or errno.
int connect_until(int socket, const addrinfo& address, Deadline deadline) {
  if (connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  if (!wait_for(socket, POLLOUT, deadline)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

}  // namespace

void fail_as_unreachable(const std::string& peer, std::string_view why) {
  throw Error(ErrorCode::program_failed, peer + " cannot be reached (" + std::string(why) + ")", {}, {}, "unreachable");
}

void fail_for_time(const std::string& peer) {
  throw Error(ErrorCode::program_failed, peer + " does not answer (timeout)", {}, {}, "timeout");
}

TcpStream::TcpStream(const Url& peer, Deadline deadline) : name_(peer.authority()) {
  Addresses list = addresses_of(peer, deadline);
  std::vector<const addrinfo*> addresses;
  for (const addrinfo* address = list.get(); address != nullptr; address = address->ai_next) {
    addresses.push_back(address);
  }
  int error = EHOSTUNREACH;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    auto now = steady_clock::now();
    // An address that swallows packets must leave time for the others.
    Deadline own = now + (deadline - now) / static_cast<int>(addresses.size() - i);
    socket_ = socket(addresses[i]->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    error = socket_ < 0 ? errno : connect_until(socket_, *addresses[i], own);
    if (error == 0) break;
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }
  if (error == ETIMEDOUT) fail_for_time(name_);
  if (error != 0) fail_as_unreachable(name_, reason_for(error));
  int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

TcpStream::~TcpStream() {
  if (socket_ >= 0) close(socket_);
}

void TcpStream::send(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {
      if (!wait_for(socket_, POLLOUT, deadline)) fail_for_time(name_);
    } else if (errno != EINTR) {
      fail_as_unreachable(name_, reason_for(errno));
    }
  }
}

std::size_t TcpStream::receive(char* into, std::size_t size, Deadline deadline) {
  while (true) {
    // First: a peer that sends drop by drop is never waited for, yet must not go on for ever.
    if (steady_clock::now() >= deadline) fail_for_time(name_);
    ssize_t count = recv(socket_, into, size, 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EAGAIN) {
      if (!wait_for(socket_, POLLIN, deadline)) fail_for_time(name_);
    } else if (errno != EINTR) {
      fail_as_unreachable(name_, reason_for(errno));
    }
  }
}

}  // namespace regvault::net
