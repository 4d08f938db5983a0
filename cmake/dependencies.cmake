# The third-party libraries. Read by the build and, installed, by find_package(regvault).
#
# Boost is used by its headers only (Process v2 and JSON compile into the one file that wraps each), so that the
# same lines serve a cross build, which has no Boost libraries.
set(Boost_NO_BOOST_CMAKE ON)
find_package(Boost 1.80 REQUIRED)
find_package(Threads REQUIRED)

if(REGVAULT_BUILD_LIBRARY)
  if(REGVAULT_STATIC_DEPENDENCIES)
    set(OPENSSL_USE_STATIC_LIBS TRUE)
  endif()
  find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
  find_package(yaml-cpp 0.7 REQUIRED)

  # yaml-cpp's own target is named differently from version to version, and Debian's names only the shared library.
  add_library(regvault_yaml_cpp INTERFACE IMPORTED)
  find_library(REGVAULT_YAML_CPP_STATIC libyaml-cpp.a)
  mark_as_advanced(REGVAULT_YAML_CPP_STATIC)
  if(REGVAULT_STATIC_DEPENDENCIES AND REGVAULT_YAML_CPP_STATIC)
    target_link_libraries(regvault_yaml_cpp INTERFACE ${REGVAULT_YAML_CPP_STATIC})
  elseif(TARGET yaml-cpp::yaml-cpp)
    target_link_libraries(regvault_yaml_cpp INTERFACE yaml-cpp::yaml-cpp)
  else()
    target_link_libraries(regvault_yaml_cpp INTERFACE yaml-cpp)
  endif()
endif()
