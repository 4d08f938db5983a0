/// What this processor can do, as far as key derivation makes use of it.
///
///     if (cpu_features().avx2) …
///
/// Asked of the processor itself (CPUID and, for registers the kernel must save, XCR0; on AArch64 the kernel's
/// AT_HWCAP): `__builtin_cpu_supports` of older compilers knows neither "sha" nor AArch64. Thread-safe.
///
/// Internal to the room.
#pragma once

namespace regvault::crypto {

struct CpuFeatures {
  bool avx = false;     ///< VEX instructions, and so registers with upper halves
  bool avx2 = false;    ///< integers in 256 bits
  bool avx512 = false;  ///< F and VL: 512 bits, and its rotations and three-input logic in 256
  bool sha_ni = false;  ///< x86's SHA instructions, with the SSE4.1 that goes with them
  bool amd = false;     ///< AMD made it: the SHA instructions of several chains overlap
  bool sha2 = false;    ///< AArch64's SHA-256 instructions
};

const CpuFeatures& cpu_features() noexcept;

}  // namespace regvault::crypto
