#include "run_failure.h"

#include <ATen/ATen.h>

#include <new>

#include "base/text.h"
#include "interpreter.h"

namespace reckon {
namespace {

std::string first_line(std::string_view text) {
  return printable(text.substr(0, text.find('\n')));
}

}  // namespace

Error run_failure(std::string place) {
  try {
    throw;
  } catch (const Refused& refused) {
    return {ErrorCode::unsupported, refused.what(), std::move(place)};
  } catch (const c10::Error& error) {
    const std::string what = first_line(error.what_without_backtrace());
    const bool memory = what.find("allocate memory") != std::string::npos ||
                        what.find("out of memory") != std::string::npos;
    return {memory ? ErrorCode::limit : ErrorCode::unsupported, "LibTorch: " + what,
            std::move(place)};
  } catch (const std::bad_alloc&) {
    return {ErrorCode::limit, "the memory is exhausted", std::move(place)};
  } catch (const std::exception& error) {
    return {ErrorCode::internal, first_line(error.what()), std::move(place)};
  }
}

}  // namespace reckon
