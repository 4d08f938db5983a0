#include <regvault/net/tls_stream.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

struct CertificateFault {
  int code;
  std::string_view reason, message;
};

constexpr std::string_view kUnknown = "has a certificate of an unknown authority";
constexpr std::string_view kNotNow = "has a certificate that is not valid now";
constexpr std::string_view kOtherName = "has a certificate for another name";

constexpr std::array kCertificateFaults{
    CertificateFault{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "tls-unknown-authority", kUnknown},
    CertificateFault{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "tls-unknown-authority", kUnknown},
    CertificateFault{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "tls-unknown-authority", kUnknown},
    CertificateFault{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "tls-unknown-authority", kUnknown},
    CertificateFault{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "tls-unknown-authority", kUnknown},
    CertificateFault{X509_V_ERR_CERT_HAS_EXPIRED, "tls-expired", kNotNow},
    CertificateFault{X509_V_ERR_CERT_NOT_YET_VALID, "tls-expired", kNotNow},
    CertificateFault{X509_V_ERR_HOSTNAME_MISMATCH, "tls", kOtherName},
    CertificateFault{X509_V_ERR_IP_ADDRESS_MISMATCH, "tls", kOtherName},
};

[[noreturn]] void fail_with(const std::string& peer, std::string_view message, std::string_view reason) {
  ERR_clear_error();
  throw Error(ErrorCode::program_failed, peer + " " + std::string(message), {}, {}, reason);
}

/// The certificate must be for this host, and the server is told which one it is.
void expect_host(SSL* tls, const std::string& host) {
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  bool set = is_ip_address(host)
                 ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1
                 : SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
  if (!set) throw std::bad_alloc();
}

}  // namespace

void TlsStream::FreeTls::operator()(ssl_st* tls) const noexcept {
  SSL_free(tls);
}

TlsStream::TlsStream(Stream& below, ssl_ctx_st& context, const Url& peer, Deadline deadline)
    : below_(below), name_(peer.authority()), tls_(SSL_new(&context)) {
  if (!tls_) throw std::bad_alloc();
  BIO* incoming = BIO_new(BIO_s_mem());
  BIO* outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(tls_.get(), incoming, outgoing);  // takes both
  if (incoming == nullptr || outgoing == nullptr) throw std::bad_alloc();
  expect_host(tls_.get(), peer.host);
  static constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_alpn_protos(tls_.get(), kHttp11.data(), kHttp11.size());
  int done = run([this] { return SSL_connect(tls_.get()); }, deadline);
  if (done != 1 || SSL_get_verify_result(tls_.get()) != X509_V_OK) fail();
}

TlsStream::~TlsStream() = default;

void TlsStream::send(std::string_view bytes, Deadline deadline) {
  constexpr std::size_t kMost = std::numeric_limits<int>::max();
  while (!bytes.empty()) {
    int size = static_cast<int>(std::min(bytes.size(), kMost));
    int count = run([&] { return SSL_write(tls_.get(), bytes.data(), size); }, deadline);
    if (count == 0) fail_as_unreachable(name_, "it closed the connection");
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::size_t TlsStream::receive(char* into, std::size_t size, Deadline deadline) {
  int most = static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
  return static_cast<std::size_t>(run([&] { return SSL_read(tls_.get(), into, most); }, deadline));
}

/// Until `operation` has done something, or the peer has ended the connection (0).
template <typename Operation>
int TlsStream::run(Operation operation, Deadline deadline) {
  while (true) {
    ERR_clear_error();
    int result = operation();
    int state = SSL_get_error(tls_.get(), result);
    send_what_is_ready(deadline);
    if (result > 0) return result;
    if (state == SSL_ERROR_ZERO_RETURN) return 0;
    if (state == SSL_ERROR_WANT_READ) {
      receive_more(deadline);
    } else if (state != SSL_ERROR_WANT_WRITE) {
      fail();
    }
  }
}

void TlsStream::send_what_is_ready(Deadline deadline) {
  char* bytes = nullptr;
  long size = BIO_get_mem_data(SSL_get_wbio(tls_.get()), &bytes);
  if (size <= 0) return;
  unsigned long error = ERR_peek_error();  // an alert to the peer may be on its way because of it
  try {
    below_.send({bytes, static_cast<std::size_t>(size)}, deadline);
  } catch (const Error&) {
    if (error == 0) throw;
  }
  BIO_reset(SSL_get_wbio(tls_.get()));
}

void TlsStream::receive_more(Deadline deadline) {
  std::array<char, 16 * 1024> buffer;  // NOLINT: nothing to initialise
  std::size_t count = below_.receive(buffer.data(), buffer.size(), deadline);
  if (count == 0) fail_as_unreachable(name_, "it closed the connection");
  std::string_view bytes(buffer.data(), count);
  if (!heard_ && bytes.starts_with("HTTP/")) fail_with(name_, "speaks plain HTTP, not HTTPS", "plain-http");
  heard_ = true;
  if (BIO_write(SSL_get_rbio(tls_.get()), buffer.data(), static_cast<int>(count)) <= 0) throw std::bad_alloc();
}

void TlsStream::fail() const {
  long verdict = SSL_get_verify_result(tls_.get());
  for (const CertificateFault& fault : kCertificateFaults) {
    if (fault.code == verdict) fail_with(name_, fault.message, fault.reason);
  }
  if (verdict != X509_V_OK) {
    const char* why = X509_verify_cert_error_string(verdict);
    fail_with(name_, "has a certificate that does not fit (" + std::string(why) + ")", "tls");
  }
  const char* why = ERR_reason_error_string(ERR_peek_error());
  std::string detail = why == nullptr ? "" : " (" + std::string(why) + ")";
  fail_with(name_, "cannot be spoken to by TLS" + detail, "tls");
}

}  // namespace regvault::net
