regvault_unit_test(crypto cipher_test.cpp derived_blocks_test.cpp kdf_engine_test.cpp key_derivation_test.cpp openssl_start_test.cpp random_test.cpp)

# The back ends for AArch64, cross-built, under qemu, against hashlib's (OpenSSL's) PBKDF2.
set(kdf_aarch64 ${CMAKE_CURRENT_BINARY_DIR}/kdf_aarch64)
add_test(NAME crypto/kdf_aarch64_build COMMAND ${CMAKE_CTEST_COMMAND} --build-and-test
  ${CMAKE_CURRENT_LIST_DIR}/kdf_aarch64 ${kdf_aarch64} --build-generator Ninja
  --build-options -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64
    -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER})
set_tests_properties(crypto/kdf_aarch64_build PROPERTIES LABELS unit FIXTURES_SETUP kdf_aarch64)
foreach(back_end IN ITEMS automatic sha2 portable)
  add_test(NAME crypto/kdf_aarch64_${back_end} COMMAND /usr/bin/python3
    ${CMAKE_CURRENT_LIST_DIR}/kdf_agreement.py ${back_end} qemu-aarch64-static ${kdf_aarch64}/kdf_batch)
  set_tests_properties(crypto/kdf_aarch64_${back_end} PROPERTIES LABELS unit FIXTURES_REQUIRED kdf_aarch64)
endforeach()

# The same program on processors with less than the build's. (Sanitizers do not run under qemu.)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND NOT REGVAULT_SANITIZE)
  foreach(processor IN ITEMS Westmere Haswell)
    add_test(NAME crypto/kdf_on_${processor} COMMAND qemu-x86_64-static -cpu ${processor}
      $<TARGET_FILE:test_crypto> --gtest_filter=KdfEngine.*:Kdf/*Published*:Kdf/*Proves*:Kdf/*Views*)
    set_tests_properties(crypto/kdf_on_${processor} PROPERTIES LABELS unit)
  endforeach()
endif()

add_test(NAME crypto/back_ends_share_no_code COMMAND /usr/bin/python3
  ${CMAKE_CURRENT_LIST_DIR}/shared_code.py $<TARGET_FILE:regvault_crypto>)
set_tests_properties(crypto/back_ends_share_no_code PROPERTIES LABELS unit)
