regvault_unit_test(vault batch_test.cpp ciphertext_reader_test.cpp double_hex_test.cpp envelope_test.cpp interop_test.cpp
  memory_test.cpp payload_test.cpp tolerance_test.cpp variations.cpp vectors.cpp)

# Gigabytes, for long runs only. A program of its own, because labels belong to all tests of a program; one label,
# because gtest_discover_tests makes a property and its value out of the second.
add_executable(test_vault_long vault/memory_long_test.cpp)
target_link_libraries(test_vault_long PRIVATE regvault::vault regvault_options GTest::gmock GTest::gtest_main)
gtest_discover_tests(test_vault_long TEST_PREFIX "vault/" PROPERTIES LABELS long TIMEOUT 600 DISCOVERY_TIMEOUT 60)
