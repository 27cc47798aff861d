// What stopped a run on LibTorch, as an error.
#pragma once

#include <string>

#include "base/result.h"

namespace reckon {

// Of the exception that is being handled, at `place`: too little memory is `limit`, what LibTorch
// or the interpreter refuses `unsupported`. REQUIRES: called in a handler.
Error run_failure(std::string place);

}  // namespace reckon
