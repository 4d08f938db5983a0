/// Which certificate authorities are trusted.
///
///     TrustSettings settings = trust_settings(environment);
///     settings.extra_directory = "certs";              // *.crt, as podman's --cert-dir
///
/// SSL_CERT_FILE names the file of authorities, SSL_CERT_DIR directories of them (by hashed names), as for OpenSSL and
/// Go's programs; by default the places that distributions use. Those are read when an authority is needed that is not
/// in a directory: to read all of the file takes longer than a request.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <regvault/net/proxy.hpp>

struct ssl_ctx_st;

namespace regvault::net {

/// As Go's crypto/x509 has them (root_linux.go).
std::vector<std::string> distribution_files();

struct TrustSettings {
  std::string file = {};  ///< PEM; empty: the first of `usual_files` that is there
  std::vector<std::string> usual_files = distribution_files();
  std::string directories = {};      ///< separated by ":"; empty: /etc/ssl/certs
  std::string extra_directory = {};  ///< trusted besides; empty: none
};

TrustSettings trust_settings(const Lookup& environment);

/// What OpenSSL keeps for connections with this trust: TLS 1.2 and later, verification on.
struct FreeTlsContext {
  void operator()(ssl_ctx_st* context) const noexcept;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, FreeTlsContext>;

/// Throws Error(file_access) for a file or an extra directory that was named and cannot be read or holds none.
TlsContext tls_context(const TrustSettings& settings);

}  // namespace regvault::net
