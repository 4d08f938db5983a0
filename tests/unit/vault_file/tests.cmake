regvault_unit_test(vault_file plain_view_test.cpp secrets_test.cpp vault_file_test.cpp)
