regvault_unit_test(diagnosis auth_files_test.cpp diagnose_test.cpp evidence_test.cpp match_test.cpp page_test.cpp readable_text_test.cpp
  workflow_test.cpp)
