#include "base/result.h"

namespace reckon {

// Never inlined, so that an optimiser over all files leaves them where they are.
[[gnu::noinline]] Error::Error(ErrorCode code_of, std::string message_of, std::string where_of)
    : code(code_of), message(std::move(message_of)), where(std::move(where_of)) {}
[[gnu::noinline]] Error::Error(const Error& other) = default;
[[gnu::noinline]] Error::Error(Error&& other) noexcept = default;
[[gnu::noinline]] Error& Error::operator=(const Error& other) = default;
[[gnu::noinline]] Error& Error::operator=(Error&& other) noexcept = default;
[[gnu::noinline]] Error::~Error() = default;

[[gnu::noinline]] std::unexpected<Error> fail(ErrorCode code, std::string message,
                                              std::string where) {
  return std::unexpected<Error>(std::in_place, code, std::move(message), std::move(where));
}

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::io_error:
      return "io_error";
    case ErrorCode::not_a_model:
      return "not_a_model";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::invalid_graph:
      return "invalid_graph";
    case ErrorCode::shape_mismatch:
      return "shape_mismatch";
    case ErrorCode::overflow:
      return "overflow";
    case ErrorCode::limit:
      return "limit";
    case ErrorCode::syntax:
      return "syntax";
    case ErrorCode::bad_argument:
      return "bad_argument";
    case ErrorCode::does_not_fit:
      return "does_not_fit";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace reckon
