// Eigen's decompositions; optimised in every build, as products.cpp is.
#include "learning/spectrum.h"

#include <Eigen/Dense>
#include <algorithm>
#include <limits>

namespace reckon {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> view(std::span<const double> values, std::int64_t n) {
  return {values.data(), static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(n)};
}

double largest_singular_value(const Matrix& matrix) {
  // Scaled, so that the squares neither vanish nor overflow.
  const double scale = matrix.cwiseAbs().maxCoeff();
  if (!(scale > 0)) return 0;
  const Matrix scaled = matrix / scale;
  const Eigen::SelfAdjointEigenSolver<Matrix> squares(scaled.transpose() * scaled,
                                                      Eigen::EigenvaluesOnly);
  return scale * std::sqrt(std::max(squares.eigenvalues().maxCoeff(), 0.0));
}

}  // namespace

Spectrum spectrum_of(std::span<const double> matrix, std::int64_t n) {
  Spectrum spectrum;
  const Matrix w = view(matrix, n);
  const Eigen::EigenSolver<Matrix> solver(w);
  const auto& values = solver.eigenvalues();
  spectrum.eigenvalues.assign(values.data(), values.data() + values.size());
  std::ranges::sort(spectrum.eigenvalues, [](const auto& a, const auto& b) {
    const double x = std::abs(a), y = std::abs(b);
    if (x != y) return x > y;
    return a.real() != b.real() ? a.real() > b.real() : a.imag() > b.imag();
  });
  const Eigen::BDCSVD<Matrix> svd(w);
  const auto& singular = svd.singularValues();
  spectrum.singular_values.assign(singular.data(), singular.data() + singular.size());
  const Eigen::BDCSVD<Eigen::MatrixXcd> basis(solver.eigenvectors());
  const auto& lengths = basis.singularValues();
  const double least = lengths(lengths.size() - 1);
  spectrum.eigenvector_condition =
      least > 0 ? lengths(0) / least : std::numeric_limits<double>::infinity();
  return spectrum;
}

std::vector<double> norms_of_powers(std::span<const double> matrix, std::int64_t n, int k) {
  const Matrix w = view(matrix, n);
  Matrix power = w;
  std::vector<double> norms;
  for (int i = 0; i < k; ++i) {
    norms.push_back(largest_singular_value(power));
    power = power * w;
  }
  return norms;
}

std::vector<double> orthogonal_from(std::span<const double> normal, std::int64_t n) {
  const Matrix drawn = view(normal, n);
  const Eigen::HouseholderQR<Matrix> qr(drawn);
  Matrix q = qr.householderQ();
  for (Eigen::Index i = 0; i < q.cols(); ++i)
    if (qr.matrixQR()(i, i) < 0) q.col(i) = -q.col(i);
  return {q.data(), q.data() + q.size()};
}

}  // namespace reckon
