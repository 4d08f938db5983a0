regvault_unit_test(rotation journal_test.cpp tasks_test.cpp)
