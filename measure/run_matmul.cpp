// Linear layers and matrix products.
#include "interpreter.h"

namespace reckon {
namespace {

// alpha · A · B + beta · C; a linear layer where the rest is 1, over any leading dimensions.
void gemm(RunContext& c) {
  const bool turned_a = c.int_attr("transA", 0) != 0, turned_b = c.int_attr("transB", 0) != 0;
  const double alpha = c.float_attr("alpha", 1.0), beta = c.float_attr("beta", 1.0);
  const bool plain_bias = !c.has_input(2) || c.in(2).shape.rank() == 1;
  if (!turned_a && alpha == 1 && beta == 1 && plain_bias)
    return c.set(0, at::linear(c.x(0), turned_b ? c.x(1) : c.x(1).t(), c.optional_x(2)));
  at::Tensor y = at::matmul(turned_a ? c.x(0).t() : c.x(0), turned_b ? c.x(1).t() : c.x(1));
  if (alpha != 1) y = y * alpha;
  if (c.has_input(2)) y = at::add(y, c.x(2), beta);
  c.set(0, y);
}

void matmul(RunContext& c) {
  c.set(0, at::matmul(c.x(0), c.x(1)));
}

constexpr RunRow rows[] = {{"Gemm", gemm}, {"MatMul", matmul}};

}  // namespace

std::span<const RunRow> matmul_runs() {
  return rows;
}

}  // namespace reckon
