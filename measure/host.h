// The machine and the library that a measurement is of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reckon {

// Empty where the system does not say.
std::string processor_name();
// Cores that the process may use; two threads of one core count once. At least 1.
int usable_cores();
// What may be taken without swapping; nullopt where the system does not say.
std::optional<std::int64_t> free_memory_bytes();
// What multiplies matrices for LibTorch: "OpenBLAS", "MKL", "BLIS", "reference BLAS", …; empty
// where it cannot be seen. REQUIRES: LibTorch is loaded.
std::string blas_name();
// Threads beside LibTorch's, which wait by spinning: the two take the processor from each other.
bool blas_has_own_threads();
// For a library that does not follow LibTorch's number by itself; others are left alone.
void set_blas_threads(int n);
// "1.13.1"
std::string_view library_version();

}  // namespace reckon
