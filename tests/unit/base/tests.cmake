regvault_unit_test(base batches_test.cpp encoding_test.cpp error_test.cpp parallel_test.cpp text_test.cpp)
