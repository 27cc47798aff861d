// In place of libtorch.cpp in the labs' engine: a browser has no LibTorch to be held against.
#include "machine/library.h"

namespace reckon {

Status check_library(Library library) {
  if (library != Library::libtorch) return {};
  return fail(ErrorCode::unsupported,
              "the engine of a page of labs does not know LibTorch's way; the program does: reckon "
              "time MODEL --library libtorch",
              "`library`");
}
void add_libtorch_forward(const Layer&, bool, Work&) {}
void add_libtorch_gradient(const Layer&, const Work&, double, Work&) {}
void set_libtorch_backward(const Layer&, double, double, Work&) {}

}  // namespace reckon
