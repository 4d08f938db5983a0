regvault_unit_test(json document_test.cpp)
