#include "vectors.hpp"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <regvault/base/encoding.hpp>

namespace regvault::vault {
namespace {

const std::string kDirectory = REGVAULT_TESTS_DIR "/vectors/";

std::string bytes_of(const std::string& field) {
  if (field == "-") return {};
  if (field.starts_with("hex:")) {
    std::string bytes = field.substr(4);
    if (hex_decode(bytes, bytes.data())) throw std::runtime_error("bad hex in vectors.txt");
    bytes.resize(bytes.size() / 2);
    return bytes;
  }
  if (field.starts_with("cycle:")) {
    std::string bytes(std::stoul(field.substr(6)), '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
    return bytes;
  }
  return field;
}

}  // namespace

std::string read_test_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string sha256_hex(const std::string& bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return hex_encode(digest);
}

std::vector<Vector> vectors() {
  std::vector<Vector> all;
  std::istringstream table(read_test_file(kDirectory + "vectors.txt"));
  for (std::string line; std::getline(table, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream fields(line);
    std::string name, password, label, salt, plaintext, payload;
    if (!(fields >> name >> password >> label >> salt >> plaintext >> payload)) throw std::runtime_error(line);
    Vector vector{name, bytes_of(password), bytes_of(label), bytes_of(salt), bytes_of(plaintext), {}, {}};
    if (payload == "file") {
      vector.payload = read_test_file(kDirectory + name + ".vault");
    } else {
      vector.payload_sha256 = payload.substr(std::string("sha256:").size());
    }
    all.push_back(std::move(vector));
  }
  return all;
}

const Vector& vector_named(const std::string& name) {
  static const std::vector<Vector> all = vectors();
  for (const Vector& vector : all) {
    if (vector.name == name) return vector;
  }
  throw std::runtime_error("no vector " + name);
}

ScratchDirectory::ScratchDirectory() : path_(testing::TempDir() + "regvault-vault-XXXXXX") {
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp " + path_);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace regvault::vault
