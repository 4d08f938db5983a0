regvault_unit_test(kubernetes attach_test.cpp examine_test.cpp names_test.cpp pull_secret_test.cpp pull_test_test.cpp)
