// Derives what standard input asks for, with the back end REGVAULT_KDF would name:
//
//     kdf_batch NAME      lines "PASSWORD SALT ITERATIONS INDEX BATCH": the first two in hexadecimal, each after an
//     "x";
//                         lines that follow each other with the same BATCH are derived together
//
// Prints the blocks in hexadecimal, and at last the names of the back ends in use.
#include <cstdio>
#include <iostream>
#include <sstream>
#include <vector>

#include <regvault/base/encoding.hpp>
#include <regvault/base/error.hpp>
#include <regvault/crypto/kdf_engine.hpp>
#include <regvault/crypto/kdf_openssl.hpp>

namespace regvault::crypto {

void derive_with_openssl(std::span<const BlockRequest>) {
  throw Error(ErrorCode::failed, "there is no OpenSSL here");
}
bool fips_mode() {
  return false;
}

}  // namespace regvault::crypto

namespace {

using namespace regvault;

struct Wanted {
  std::string password, salt;
  std::uint32_t iterations = 0, index = 0;
  std::string out = std::string(crypto::kDerivedBlock, '\0');
};

std::string from_hex(std::string_view digits) {
  std::string bytes(digits.size() / 2, '\0');
  hex_decode(digits, bytes.data());
  return bytes;
}

void derive(const crypto::Engine& engine, std::vector<Wanted>& wanted) {
  std::vector<crypto::BlockRequest> batch;
  for (Wanted& w : wanted) batch.push_back({w.password, w.salt, w.iterations, w.index, w.out.data()});
  engine.derive(batch);
  for (const Wanted& w : wanted) std::puts(hex_encode(w.out).c_str());
  wanted.clear();
}

}  // namespace

int main(int, char** argv) {
  crypto::Engine engine(crypto::chosen_back_ends(argv[1]));
  std::vector<Wanted> wanted;
  std::string last_batch, batch, password, salt;
  for (std::string line; std::getline(std::cin, line); last_batch = batch) {
    Wanted w;
    std::istringstream(line) >> password >> salt >> w.iterations >> w.index >> batch;
    w.password = from_hex(std::string_view(password).substr(1));
    w.salt = from_hex(std::string_view(salt).substr(1));
    if (batch != last_batch) derive(engine, wanted);
    wanted.push_back(std::move(w));
  }
  derive(engine, wanted);
  std::puts(engine.names().c_str());
  return engine.warning().empty() ? 0 : 1;
}
