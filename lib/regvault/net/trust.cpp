#include <regvault/net/trust.hpp>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include <regvault/base/error.hpp>

namespace regvault::net {
namespace {

constexpr const char* kCertificateDirectory = "/etc/ssl/certs";

/// A program of ours starts OpenSSL without the table of digests by name (crypto/openssl_start.hpp), in which it looks
/// up those of certificates' signatures.
void register_digests() {
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
    EVP_add_digest(digest);
  }
}

[[noreturn]] void fail(const std::string& what, std::string hint = {}) {
  ERR_clear_error();
  throw Error(ErrorCode::file_access, what, std::move(hint), {}, "certificates");
}

void load_file(SSL_CTX* context, const std::string& file) {
  if (SSL_CTX_load_verify_file(context, file.c_str()) == 1) return;
  fail("cannot read certificates from " + in_quotes(file));
}

// ---------------------------------------------------------------------------------------------- the file, when needed

void free_file_name(void*, void* name, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::string*>(name);
}

/// Where a store keeps the name of the file that it has not read yet.
int file_name_index() {
  static const int index =
      CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_X509_STORE, 0, nullptr, nullptr, nullptr, free_file_name);
  return index;
}

int find_issuer(X509** issuer, X509_STORE_CTX* verification, X509* certificate) {
  int found = X509_STORE_CTX_get1_issuer(issuer, verification, certificate);
  X509_STORE* store = X509_STORE_CTX_get0_store(verification);
  auto* file = static_cast<std::string*>(X509_STORE_get_ex_data(store, file_name_index()));
  if (found == 1 || file == nullptr || file->empty()) return found;
  X509_STORE_load_file(store, file->c_str());
  file->clear();
  return X509_STORE_CTX_get1_issuer(issuer, verification, certificate);
}

void load_when_needed(SSL_CTX* context, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    if (access(file.c_str(), R_OK) != 0) continue;
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    X509_STORE_set_ex_data(store, file_name_index(), new std::string(file));
    X509_STORE_set_get_issuer(store, find_issuer);
    return;
  }
}

/// Only looked into for an authority that is needed.
void load_directories(SSL_CTX* context, const std::string& directories) {
  SSL_CTX_load_verify_dir(context, directories.empty() ? kCertificateDirectory : directories.c_str());
}

void load_extra(SSL_CTX* context, const std::string& directory) {
  bool found = false;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() != ".crt") continue;
    load_file(context, entry.path().string());
    found = true;
  }
  if (error) fail("cannot read " + in_quotes(directory) + ": " + error.message());
  if (!found) fail("no certificate (*.crt) is in " + in_quotes(directory));
}

}  // namespace

std::vector<std::string> distribution_files() {
  return {"/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch
          "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
          "/etc/ssl/ca-bundle.pem",                             // openSUSE
          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL
          "/etc/ssl/cert.pem"};                                 // Alpine
}

void FreeTlsContext::operator()(ssl_ctx_st* context) const noexcept {
  SSL_CTX_free(context);
}

TrustSettings trust_settings(const Lookup& environment) {
  TrustSettings settings;
  settings.file = environment("SSL_CERT_FILE").value_or("");
  settings.directories = environment("SSL_CERT_DIR").value_or("");
  return settings;
}

TlsContext tls_context(const TrustSettings& settings) {
  register_digests();
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) throw Error(ErrorCode::failed, "TLS cannot be started");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (settings.file.empty()) {
    load_when_needed(context.get(), settings.usual_files);
  } else {
    load_file(context.get(), settings.file);
  }
  load_directories(context.get(), settings.directories);
  if (!settings.extra_directory.empty()) load_extra(context.get(), settings.extra_directory);
  return context;
}

}  // namespace regvault::net
