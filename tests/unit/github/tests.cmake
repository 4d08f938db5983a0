regvault_unit_test(github token_test.cpp)
