// The machine and the library that a measurement is of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reckon {

// Empty where the system does not say.
std::string processor_name();
// Cores that the process may use; two threads of one core count once. At least 1.
int usable_cores();
// Memory that may be taken without swapping; nullopt where the system does not say.
std::optional<std::int64_t> free_memory_bytes();
// The library that multiplies matrices for LibTorch: "OpenBLAS, Haswell kernels", "MKL", "BLIS",
// "reference BLAS", …; empty where it cannot be seen. REQUIRES: LibTorch is loaded.
std::string blas_name();
// Reasons why it is slow here: the reference BLAS, kernels of SSE3 since OpenBLAS does not know a
// newer processor, threads beside LibTorch's, which wait by spinning.
std::vector<std::string> blas_notes(int threads);
// For a library that does not follow LibTorch's number by itself; others are left alone.
void set_blas_threads(int n);
// "1.13.1"
std::string_view library_version();

}  // namespace reckon
