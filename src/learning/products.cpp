// One of two files that see Eigen (spectrum.cpp has the decompositions). It is optimised in every
// build: without that a test would wait minutes for what takes a second.
#include "learning/products.h"

#include <Eigen/Core>

namespace reckon {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Matrix> view(std::span<const double> values, std::int64_t rows,
                              std::int64_t columns) {
  return {values.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
}
Eigen::Map<Matrix> view(std::span<double> values, std::int64_t rows, std::int64_t columns) {
  return {values.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
}

}  // namespace

void multiply_by_transposed(std::span<const double> a, std::span<const double> b,
                            std::span<double> out, std::int64_t m, std::int64_t k, std::int64_t n) {
  view(out, m, n).noalias() = view(a, m, k) * view(b, n, k).transpose();
}

void multiply(std::span<const double> a, std::span<const double> b, std::span<double> out,
              std::int64_t m, std::int64_t k, std::int64_t n) {
  view(out, m, n).noalias() = view(a, m, k) * view(b, k, n);
}

void multiply_transposed(std::span<const double> a, std::span<const double> b,
                         std::span<double> out, std::int64_t m, std::int64_t k, std::int64_t n) {
  view(out, m, n).noalias() = view(a, k, m).transpose() * view(b, k, n);
}

}  // namespace reckon
