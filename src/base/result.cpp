#include "base/result.h"

namespace reckon {

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
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace reckon
