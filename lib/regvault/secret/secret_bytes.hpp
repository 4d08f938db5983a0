/// Memory for secrets: passwords, keys, plaintext.
///
/// Lives in pages of its own (never in the ordinary heap, never inside the object), which are left out of core dumps
/// and, as far as RLIMIT_MEMLOCK allows, kept out of swap. Wiped when it grows, shrinks, is moved from and is freed.
/// Move-only, with no `<<` and no implicit conversion: `view()` is where a secret is looked at, and can be searched
/// for. (std::string with a wiping allocator is no substitute: short strings live inside the object.)
///
///     SecretBytes token = SecretBytes::copy_of("ghp_…");
///     std::string_view bytes = token.view();   // valid until token changes
///
/// Throws std::bad_alloc when the system gives no memory.
#pragma once

#include <cstddef>
#include <string_view>

namespace regvault {

class SecretBytes {
 public:
  SecretBytes() noexcept = default;
  explicit SecretBytes(std::size_t size);  ///< zero bytes
  static SecretBytes copy_of(std::string_view bytes);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::string_view view() const noexcept { return {data_, size_}; }
  char* data() noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }

  void append(std::string_view bytes);  ///< `bytes` must not be part of this object
  void resize(std::size_t size);        ///< new bytes are zero; bytes cut off are wiped
  void reserve(std::size_t capacity);
  void clear() noexcept;

  /// Keeps `view().substr(begin, count)` only.
  void keep(std::size_t begin, std::size_t count) noexcept;

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Overwrites memory in a way the compiler does not remove.
void wipe(void* memory, std::size_t size) noexcept;

/// Equality whose time depends on the sizes only.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace regvault
