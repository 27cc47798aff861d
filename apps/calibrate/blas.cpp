#include "blas.h"

#include <dlfcn.h>

#include "base/text.h"

namespace reckon::calibrate {

std::optional<Blas> Blas::load() {
  void* const library = ::dlopen("libblas.so.3", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::nullopt;
  const auto sgemm = reinterpret_cast<Multiply>(::dlsym(library, "sgemm_"));
  if (sgemm == nullptr) return std::nullopt;
  if (auto* const set = ::dlsym(library, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(set)(1);
  std::string name = "libblas.so.3";
  if (auto* const core = ::dlsym(library, "openblas_get_corename")) {
    const char* const said = reinterpret_cast<char* (*)()>(core)();
    name = "OpenBLAS, " + (said == nullptr ? std::string("unknown") : printable(said, 40)) +
           " kernels";
  }
  return Blas(sgemm, std::move(name));
}

void Blas::multiply(int n, const float* a, const float* b, float* c) const {
  const float one = 1, zero = 0;
  sgemm_("N", "N", &n, &n, &n, &one, a, &n, b, &n, &zero, c, &n);
}

}  // namespace reckon::calibrate
