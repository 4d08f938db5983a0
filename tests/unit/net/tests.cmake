regvault_unit_test(net http_client_test.cpp proxy_test.cpp response_parser_test.cpp tls_test.cpp url_test.cpp)
