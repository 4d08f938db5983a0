regvault_unit_test(config ansible_config_test.cpp ansible_path_test.cpp creation_rules_test.cpp ini_test.cpp parity_test.cpp)
