regvault_unit_test(crypto cipher_test.cpp key_derivation_test.cpp random_test.cpp)
