// Eigenvalues and singular values of a square matrix, row-major.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace reckon {

struct Spectrum {
  std::vector<std::complex<double>> eigenvalues;  // by size, the largest first
  std::vector<double> singular_values;            // likewise
  // ‖P‖·‖P⁻¹‖ of W = P·D·P⁻¹, whose columns have length 1: ‖Wᵏ‖ is at most this times ρᵏ. 1 where W
  // is normal; infinite where W has no basis of eigenvectors, as far as doubles tell.
  double eigenvector_condition = 1;

  double radius() const { return eigenvalues.empty() ? 0 : std::abs(eigenvalues.front()); }
  double norm() const { return singular_values.empty() ? 0 : singular_values.front(); }
};

// REQUIRES: matrix.size() == n².
Spectrum spectrum_of(std::span<const double> matrix, std::int64_t n);
// ‖W‖, ‖W²‖, …, ‖Wᵏ‖, the largest singular value of each.
std::vector<double> norms_of_powers(std::span<const double> matrix, std::int64_t n, int k);
// A random orthogonal matrix from one of independent normal numbers: Q of its QR decomposition,
// with the signs that make it uniform (F. Mezzadri, "How to generate random matrices from the
// classical compact groups", Notices of the AMS 54, 2007).
std::vector<double> orthogonal_from(std::span<const double> normal, std::int64_t n);

}  // namespace reckon
