#include "code/repository/system_error.h"

#include <cerrno>
#include <system_error>

namespace alluvium::code {

Error system_error(std::string_view doing, const std::string& path, int error_number) {
  std::string message = "can't ";
  message += doing;
  message += " `" + path + "`: " + std::generic_category().message(error_number);
  ErrorCode code = ErrorCode::Io;
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      code = ErrorCode::ResourceExhausted;
      break;
    case ENOENT:
      code = ErrorCode::NotFound;
      break;
    case EROFS:
      message += "; choose a folder on a writable disk with --lake";
      break;
    case EACCES:
    case EPERM:
      message += "; check the permissions";
      break;
    default:
      break;
  }
  return Error(code, std::move(message), false,
               {{"path", path}, {"errno", std::to_string(error_number)}});
}

}  // namespace alluvium::code
