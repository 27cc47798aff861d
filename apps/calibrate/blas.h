// The library that the system's LibTorch multiplies matrices by, loaded as it is there:
// libblas.so.3, which on Debian is the reference BLAS, OpenBLAS, or whatever else is installed in
// its place.
#pragma once

#include <optional>
#include <string>

namespace reckon::calibrate {

class Blas {
 public:
  // Nothing where there is none. It stays loaded, and computes with one thread.
  static std::optional<Blas> load();

  // "OpenBLAS, Haswell kernels": which it chose for this processor, where it tells.
  const std::string& name() const { return name_; }
  // c = a · b, each n × n, by the thread that calls.
  void multiply(int n, const float* a, const float* b, float* c) const;

 private:
  using Multiply = void (*)(const char*, const char*, const int*, const int*, const int*,
                            const float*, const float*, const int*, const float*, const int*,
                            const float*, float*, const int*);
  Blas(Multiply sgemm, std::string name) : sgemm_(sgemm), name_(std::move(name)) {}

  Multiply sgemm_;
  std::string name_;
};

}  // namespace reckon::calibrate
