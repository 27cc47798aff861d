// How PyTorch runs the functions that exporters write out.
#include "analysis/node_cost.h"
#include "memory/torch_ops.h"
#include "memory/torch_run.h"

namespace reckon {
namespace {

using enum TorchTrait;
constexpr TorchRow rows[] = {
    {"glu", dense},
    {"log_sigmoid", statistics_are_made | extra_on_processor},
    {"log1p", plain, {4}},               // grad / (self + 1)
    {"rsqrt", plain, {8}},               // -0.5 * grad * result.pow(3)
    {"rdiv", statistics_are_made, {8}},  // Reciprocal's
    {"std", plain, {4}},                 // grad / (result * 2), as var
    {"var", plain, {4}},                 // 2 / (N - 1) * grad * (self - self.mean())
    {"amax", plain, {5}},                // ReduceMax's
    {"amin", plain, {5}},
    // Of x / |x|: grad / other, -grad * ((self / other) / other) for the norm, beside the gradient
    // of the other quotient.
    {"cosine_similarity", statistics_are_made | maps_operand, {12, 8}},
    {"weight_norm", statistics_are_made},
    {"roll", dense},
};

}  // namespace

std::span<const TorchRow> torch_functions() {
  return rows;
}

std::int64_t TorchRun::extra_bytes(const OpContext& ctx, const Saved& saved, bool to_keep) const {
  const TorchTrait torch = torch_traits(*ctx.node().op);
  if (options_.torch.is_on_gpu() && has(torch, TorchTrait::extra_on_processor)) return 0;
  Checked bytes = saved.extra_bytes.value();
  if (!to_keep && has(torch, TorchTrait::maps_operand))
    bytes = bytes + bytes_of_value(ctx.input_id(0));
  return bytes.value_or(0);
}

// Beside the temporaries as large as the operand. Of a variance 2 / (N - 1) * grad and the mean; of
// a deviation grad / (result * 2) as well.
std::int64_t TorchRun::gradient_rows(const OpContext& ctx) const {
  const OpDef& op = *ctx.node().op;
  const int n = op.domain != "aten" ? 0 : op.name == "std" ? 3 : op.name == "var" ? 2 : 0;
  return (Checked(bytes_of_value(ctx.output_id(0))) * n).value_or(0);
}

// A product of which the first operand lies by columns gives it a gradient that does
// (FunctionsManual.cpp, mm_mat1_backward); null where it does not.
const Layout* TorchRun::lies_by_columns(const OpContext& ctx) const {
  const Shape& x = ctx.in(0).shape;
  const Layout& operand = *held(ctx.input_id(0)).layout;
  if (x.rank() < 2 || operand.sizes != x || operand.is_contiguous() || !operand.is_dense())
    return nullptr;
  const Dim columns = x[x.rank() - 1], n_rows = product(x.dims().first(at(x.rank() - 1)));
  const auto matrix = operand.viewed(Shape{n_rows, columns});
  const bool by_columns = matrix && matrix->strides[0] == 1 && matrix->strides[1] == n_rows;
  return by_columns ? &operand : nullptr;
}

}  // namespace reckon
