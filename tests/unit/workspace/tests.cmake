regvault_unit_test(workspace list_test.cpp rekey_test.cpp walk_test.cpp)
