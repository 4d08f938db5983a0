#include <regvault/secret/secret_bytes.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <new>
#include <utility>

namespace regvault {
namespace {

/// RLIMIT_MEMLOCK is small (64 KiB to 8 MiB): keys and tokens are locked, a large file's plaintext is not, so that it
/// does not use up the allowance.
constexpr std::size_t kLockedAtMost = 64 * 1024;

std::size_t page_size() {
  static const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::size_t whole_pages(std::size_t size) {
  const std::size_t page = page_size();
  if (size > static_cast<std::size_t>(-1) - page) throw std::bad_alloc();
  return (size + page - 1) / page * page;
}

char* map(std::size_t size) {
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  madvise(memory, size, MADV_DONTDUMP);                  // best effort: refused only by kernels older than 3.4
  if (size <= kLockedAtMost) (void)mlock(memory, size);  // best effort: the limit is the administrator's
  return static_cast<char*>(memory);
}

/// Pages that were wiped and are kept for the next secret of this thread: who opens vaults in bulk needs some for each,
/// and would spend a twentieth of the time on mapping and locking them.
struct SparePages {
  std::array<char*, 64> pages;
  std::size_t count;
  bool is_closed;  ///< the thread has ended; secrets that are gone even later are unmapped
};
constinit thread_local SparePages spare{};

/// With the thread they are gone.
struct Unmapping {
  ~Unmapping() {
    while (spare.count != 0) munmap(spare.pages[--spare.count], page_size());
    spare.is_closed = true;
  }
};

bool keep(char* page) noexcept {
  if (spare.is_closed || spare.count == spare.pages.size()) return false;
  thread_local Unmapping at_its_end;
  (void)at_its_end;
  spare.pages[spare.count++] = page;
  return true;
}

char* allocate(std::size_t size) {
  bool is_spare = size == page_size() && spare.count != 0;
  return is_spare ? spare.pages[--spare.count] : map(size);
}

void release(char* memory, std::size_t used, std::size_t capacity) noexcept {
  if (memory == nullptr) return;
  wipe(memory, used);
  bool is_kept = capacity == page_size() && keep(memory);
  if (!is_kept) munmap(memory, capacity);
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) {
  resize(size);
}

SecretBytes SecretBytes::copy_of(std::string_view bytes) {
  SecretBytes copy;
  copy.append(bytes);
  return copy;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  SecretBytes taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  std::swap(capacity_, taken.capacity_);
  return *this;
}

SecretBytes::~SecretBytes() {
  release(data_, size_, capacity_);
}

void SecretBytes::append(std::string_view bytes) {
  if (bytes.empty()) return;
  std::size_t needed = size_ + bytes.size();
  if (needed > capacity_) reserve(needed > 2 * capacity_ ? needed : 2 * capacity_);
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ = needed;
}

void SecretBytes::resize(std::size_t size) {
  if (size < size_) wipe(data_ + size, size_ - size);  // so bytes behind size_ are always zero
  if (size > capacity_) reserve(size);
  size_ = size;
}

void SecretBytes::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  std::size_t pages = whole_pages(capacity);
  char* memory = allocate(pages);
  if (size_ != 0) std::memcpy(memory, data_, size_);
  release(data_, size_, capacity_);
  data_ = memory;
  capacity_ = pages;
}

void SecretBytes::clear() noexcept {
  wipe(data_, size_);
  size_ = 0;
}

void SecretBytes::keep(std::size_t begin, std::size_t count) noexcept {
  if (begin != 0 && count != 0) std::memmove(data_, data_ + begin, count);
  if (count < size_) wipe(data_ + count, size_ - count);
  size_ = count;
}

void wipe(void* memory, std::size_t size) noexcept {
  if (size != 0) explicit_bzero(memory, size);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace regvault
