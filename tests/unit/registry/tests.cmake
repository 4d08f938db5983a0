regvault_unit_test(registry reference_test.cpp auth_file_test.cpp auth_locations_test.cpp credential_helper_test.cpp
  engine_failure_test.cpp failure_text_test.cpp image_reference_test.cpp login_test.cpp)
