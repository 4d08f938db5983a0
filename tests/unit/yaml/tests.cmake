regvault_unit_test(yaml ansible_agreement_test.cpp cases_test.cpp document_test.cpp path_test.cpp refusal_test.cpp
  scalar_test.cpp vault_lines_test.cpp view_test.cpp)
