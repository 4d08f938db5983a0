#include "regvault/exit_code.hpp"

namespace regvault::tools {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
      return 1;
    case ErrorCode::usage:
      return 2;
    case ErrorCode::declined:
      return 3;
    case ErrorCode::not_found:
      return 4;
    case ErrorCode::malformed:
      return 5;
    case ErrorCode::no_key:
      return 6;
    case ErrorCode::file_access:
      return 7;
    case ErrorCode::unsupported:
      return 8;
    case ErrorCode::program_failed:
      return 9;
    case ErrorCode::refused:
      return 10;
  }
  return 1;
}

}  // namespace regvault::tools
