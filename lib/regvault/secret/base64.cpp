#include <regvault/secret/base64.hpp>

#include <regvault/base/encoding.hpp>

namespace regvault {

SecretBytes base64_of(std::string_view bytes) {
  SecretBytes out(base64_size(bytes.size()));
  base64_encode(bytes, out.data());
  return out;
}

std::optional<SecretBytes> base64_decoded(std::string_view text) {
  SecretBytes out(text.size());
  std::optional<std::size_t> size = base64_decode(text, out.data());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

}  // namespace regvault
