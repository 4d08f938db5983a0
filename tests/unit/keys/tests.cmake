regvault_unit_test(keys key_source_test.cpp keyring_test.cpp open_all_test.cpp parity_test.cpp vault_id_test.cpp)
