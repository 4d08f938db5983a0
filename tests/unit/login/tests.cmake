regvault_unit_test(login arguments_test.cpp)
