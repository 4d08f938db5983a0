# The key derivation's back ends for this kind of processor, in kdf_back_ends; each is compiled for the instructions it
# is about, and is run only where cpu_features() has them. All of them optimised, whatever the build is: nearly all of a
# command's time is spent here.

# kdf_back_end(SOURCE OPTION...)
macro(kdf_back_end source)
  list(APPEND kdf_back_ends ${source})
  set_source_files_properties(${CMAKE_CURRENT_LIST_DIR}/${source} PROPERTIES COMPILE_OPTIONS "-O2;${ARGN}")
endmacro()

# GCC reorders what sha256_lanes.hpp has in a good order: 5 to 15 % slower.
set(as_written $<$<CXX_COMPILER_ID:GNU>:-fno-tree-reassoc> $<$<CXX_COMPILER_ID:GNU>:-fno-schedule-insns2>)

set(kdf_back_ends "")
kdf_back_end(kdf_portable.cpp)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  kdf_back_end(kdf_avx2.cpp -mavx2 ${as_written})
  kdf_back_end(kdf_avx512.cpp -mavx512f -mavx512vl ${as_written})
  kdf_back_end(kdf_sha_ni.cpp -msse4.1 -msha)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  kdf_back_end(kdf_sha2_aarch64.cpp -march=armv8-a+crypto)  # GCC 12's arm_neon.h is not content with +sha2
endif()
