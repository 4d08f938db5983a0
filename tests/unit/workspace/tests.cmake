regvault_unit_test(workspace list_test.cpp rekey_test.cpp rotate_test.cpp scan_test.cpp token_search_test.cpp walk_test.cpp)
