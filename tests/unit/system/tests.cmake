regvault_unit_test(system environment_test.cpp file_test.cpp file_whole_test.cpp foreground_test.cpp process_test.cpp terminal_test.cpp)
