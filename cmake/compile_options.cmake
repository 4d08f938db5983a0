# regvault::options: the warnings and hardening every target of this project is compiled and linked with.
add_library(regvault_options INTERFACE)
target_compile_options(regvault_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  -fstack-protector-strong)
target_link_options(regvault_options INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
if(CMAKE_BUILD_TYPE MATCHES "Rel" AND NOT REGVAULT_SANITIZE)
  target_compile_definitions(regvault_options INTERFACE _FORTIFY_SOURCE=2)
endif()

if(REGVAULT_SANITIZE)
  add_compile_options(-fsanitize=${REGVAULT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${REGVAULT_SANITIZE})
endif()
