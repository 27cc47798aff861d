// Linear layers and matrix products.
//
// One MAC per element of the output and element of the contracted dimension. The backward pass
// reads both operands (da = dy·bᵀ, db = aᵀ·dy) and keeps no output. ONNX operator specification,
// Gemm and MatMul.
#include "ops/matmul.h"

#include <utility>

#include "ops/families.h"
#include "ops/pointwise.h"

namespace reckon {
namespace {

// `shape` with its last two dimensions exchanged.
Shape transposed(Shape shape) {
  const int rank = shape.rank();
  if (rank >= 2) std::swap(shape[rank - 1], shape[rank - 2]);
  return shape;
}

Status inner_differ(const ShapeContext& ctx, const Shape& a, Dim ka, const Shape& b, Dim kb) {
  return ctx.mismatch("the inner dimensions " + std::to_string(ka) + " of " + to_string(a) +
                      " and " + std::to_string(kb) + " of " + to_string(b) + " differ");
}

struct GemmShapes {
  Shape a, b;  // after transposition
};

GemmShapes gemm_shapes(const OpContext& ctx, GemmOperands at) {
  const bool trans_a = ctx.int_attr("transA", 0) != 0, trans_b = ctx.int_attr("transB", 0) != 0;
  const Shape &a = ctx.in(at.a).shape, &b = ctx.in(at.b).shape;
  return {trans_a ? transposed(a) : a, trans_b ? transposed(b) : b};
}

Status gemm_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, gemm_output(ctx, {}));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void gemm_cost(const OpContext& ctx, Cost& cost) {
  add_gemm(cost, ctx, {});
}

Status matmul_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, matmul_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void matmul_cost(const OpContext& ctx, Cost& cost) {
  add_matmul(cost, ctx.in(0).shape, ctx.in(1).shape, ctx.out(0).shape, 0, 1);
}

constexpr OpDef rows[] = {
    {.name = "Gemm",
     .signature = "a[*M,K] b:weight[K,N] c:weight[*]? -> y[*M,N]",
     .nature = {OpKind::linear, Space::product, Functions::simple},
     .shape = gemm_shape,
     .cost = gemm_cost,
     .saved = keeps<0b11>},
    {.name = "MatMul",
     .signature = "a:weight[*B,M,K] b:weight[*B,K,N] -> y[*B,M,N]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = matmul_shape,
     .cost = matmul_cost,
     .saved = keeps<0b11>},
};

}  // namespace

Result<Shape> matmul_output(const ShapeContext& ctx, const Shape& a, const Shape& b) {
  if (a.rank() == 0 || b.rank() == 0) return ctx.mismatch("an operand is a scalar");
  if (!a.has_rank() || !b.has_rank()) return Shape();
  const Dim ka = a[a.rank() - 1], kb = b[std::max(b.rank() - 2, 0)];
  if (!may_equal(ka, kb)) RECKON_TRY(inner_differ(ctx, a, ka, b, kb));
  const auto batch_of = [](const Shape& shape) {
    return Shape(shape.dims().first(static_cast<std::size_t>(std::max(shape.rank() - 2, 0))));
  };
  const auto batch = broadcast(batch_of(a), batch_of(b));
  if (!batch)
    return ctx.mismatch("the batch dimensions of " + to_string(a) + " and " + to_string(b) +
                        " do not broadcast");
  Shape y = *batch;
  if (a.rank() > 1) y.push_back(a[a.rank() - 2]);
  if (b.rank() > 1) y.push_back(b[b.rank() - 1]);
  return y;
}

void add_matmul(Cost& cost, const Shape& a, const Shape& b, const Shape& y, int input_a,
                int input_b) {
  Term& macs = cost.macs.add();
  macs.operand_a = static_cast<std::int8_t>(input_a);
  macs.operand_b = static_cast<std::int8_t>(input_b);
  if (a.rank() < 1 || b.rank() < 1 || !y.has_rank()) {
    macs.times("K", unknown_dim);
    return;
  }
  const int matrix = (a.rank() > 1 ? 1 : 0) + (b.rank() > 1 ? 1 : 0);
  if (y.rank() > matrix)
    times_all(macs, "batch", y.dims().first(static_cast<std::size_t>(y.rank() - matrix)));
  if (a.rank() > 1) macs.times("M", a[a.rank() - 2]);
  macs.times("K", known_of(a[a.rank() - 1], b[std::max(b.rank() - 2, 0)]));
  if (b.rank() > 1) macs.times("N", b[b.rank() - 1]);
}

// ONNX has a[M,K]. The network language applies one weight to the last dimension of anything, so
// A may have any number of leading dimensions here, as long as it is not transposed.
Result<Shape> gemm_output(const ShapeContext& ctx, GemmOperands at) {
  const Shape &raw_a = ctx.in(at.a).shape, &raw_b = ctx.in(at.b).shape;
  if (ctx.int_attr("transA", 0) != 0 && raw_a.has_rank() && raw_a.rank() != 2)
    return ctx.mismatch("transA needs a matrix, the input is " + to_string(raw_a));
  if (raw_a.rank() == 0) return ctx.mismatch("the input is a scalar");
  if (raw_b.has_rank() && raw_b.rank() != 2)
    return ctx.mismatch("the weight is " + to_string(raw_b) + "; expected a matrix");
  const auto [a, b] = gemm_shapes(ctx, at);
  Shape y = a;
  if (a.has_rank()) {
    const Dim k = a[a.rank() - 1];
    if (!may_equal(k, dim_of(b, 0)))
      return ctx.mismatch("the input has " + std::to_string(k) + " features, the weight expects " +
                          std::to_string(b[0]));
    y[y.rank() - 1] = dim_of(b, 1);
  }
  if (ctx.has_input(at.c) && !broadcasts_into(ctx.in(at.c).shape, y))
    return ctx.mismatch("a bias of " + to_string(ctx.in(at.c).shape) +
                        " does not broadcast into an output of " + to_string(y));
  return y;
}

// M is the product of all leading dimensions.
void add_gemm(Cost& cost, const OpContext& ctx, GemmOperands at) {
  const auto [a, b] = gemm_shapes(ctx, at);
  const Shape& y = ctx.out(0).shape;
  Term& macs = cost.macs.add();
  macs.operand_a = static_cast<std::int8_t>(at.a);
  macs.operand_b = static_cast<std::int8_t>(at.b);
  if (a.has_rank() && a.rank() > 0)
    times_all(macs, "M", a.dims().first(static_cast<std::size_t>(a.rank() - 1)));
  else
    macs.times("M", unknown_dim);
  const Dim k = a.has_rank() && a.rank() > 0 ? a[a.rank() - 1] : unknown_dim;
  macs.times("K", k >= 0 ? k : dim_of(b, 0)).times("N", dim_of(b, 1));
  Figure& other = operations(cost, ctx.in(at.a).dtype);
  const double alpha = ctx.float_attr("alpha", 1.0), beta = ctx.float_attr("beta", 1.0);
  if (alpha != 1.0) count_elements(other, "alpha", y);
  if (!ctx.has_input(at.c) || beta == 0.0) return;
  count_elements(other, "bias", y);
  if (beta != 1.0) count_elements(other, "beta", y);
}

constinit const std::span<const OpDef> matmul_ops(rows);

}  // namespace reckon
