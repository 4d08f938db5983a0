#include <regvault/crypto/cpu.hpp>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace regvault::crypto {
namespace {

#if defined(__x86_64__)

constexpr bool has(unsigned bits, int bit) {
  return (bits >> bit & 1) != 0;
}

/// Which register files the kernel saves (Intel SDM vol. 1 §13.3). Only where CPUID reports OSXSAVE.
unsigned saved_registers() {
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

/// Bits: Intel SDM vol. 2, CPUID.
CpuFeatures detect() {
  constexpr unsigned kSavesYmm = 0x06, kSavesZmm = 0xe6;
  CpuFeatures found;
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(0, &eax, &ebx, &ecx, &edx) == 0) return found;
  found.amd = ecx == signature_AMD_ecx;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return found;
  bool sse4 = has(ecx, 9) && has(ecx, 19);  // SSSE3, SSE4.1
  unsigned saved = has(ecx, 27) ? saved_registers() : 0;
  found.avx = has(ecx, 28) && (saved & kSavesYmm) == kSavesYmm;

  if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return found;
  found.avx2 = found.avx && has(ebx, 5);
  found.avx512 = found.avx2 && has(ebx, 16) && has(ebx, 31) && (saved & kSavesZmm) == kSavesZmm;
  found.sha_ni = sse4 && has(ebx, 29);
  return found;
}

#elif defined(__aarch64__)

CpuFeatures detect() {
  constexpr unsigned long kSha2 = 1 << 6;  // HWCAP_SHA2, Linux: Documentation/arm64/elf_hwcaps.rst
  CpuFeatures found;
  found.sha2 = (getauxval(AT_HWCAP) & kSha2) != 0;
  return found;
}

#else

CpuFeatures detect() {
  return {};
}

#endif

}  // namespace

const CpuFeatures& cpu_features() noexcept {
  static const CpuFeatures features = detect();
  return features;
}

}  // namespace regvault::crypto
