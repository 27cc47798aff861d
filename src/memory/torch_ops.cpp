#include "memory/torch_ops.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "ops/table.h"

namespace reckon {
namespace {

using enum TorchTrait;
constexpr TorchRow by_name[] = {
    // One formula has all their gradients: both operands are kept, frozen or not.
    {"Conv", channels_last | blocked_convolution},
    {"ConvTranspose", channels_last | unrolled_convolution},
    {"Gemm", dense | kept_for_other_gradient | flattened_product},
    {"MatMul", dense | kept_for_other_gradient | flattened_product | batched_product},
    {"Einsum", dense | kept_for_other_gradient | contraction},
    {"Attention", dense},
    {"RotaryEmbedding", turns_halves},
    {"RNN", plain},
    {"GRU", plain},
    {"LSTM", plain},
    {"MaxPool", channels_last | statistics_are_made},
    {"AveragePool", channels_last},
    {"LpPool", channels_last},
    {"GlobalAveragePool", channels_last | kept_by_1_13},  // a mean since 2
    {"GlobalMaxPool", channels_last},
    {"GlobalLpPool", channels_last},
    {"MaxRoiPool", channels_last},
    {"BatchNormalization", folded_statistics},
    {"GroupNormalization", statistics_are_made},
    {"LayerNormalization", dense | statistics_are_made},
    {"RMSNormalization", dense | written_out},
    {"Relu", in_place},
    {"PRelu", plain, {0, 4}},  // of the slope, before it is summed
    {"LeakyRelu", in_place},
    {"Elu", in_place},
    {"Selu", in_place},
    {"Celu", in_place},
    {"Clip", in_place | overwritten_is_read},
    {"HardSwish", in_place | overwritten_is_read},
    {"HardSigmoid", in_place | overwritten_is_read},
    {"Swish", in_place | overwritten_is_read},
    {"Mish", in_place | overwritten_is_read},
    {"Add", gradient_is_shared},
    {"Sum", gradient_is_shared},
    {"Sub", first_gradient_is_shared | gradient_is_broadcast},
    {"Mul", kept_for_other_gradient | gradient_is_broadcast},
    {"Div", keeps_divisor | gradient_is_broadcast, {0, 12}},  // -grad * ((self / other) / other)
    // where(exponent == 0, 0, grad * (exponent * self.pow(exponent - 1))),
    // grad * where(self == 0 and exponent >= 0, 0, result * self.log())
    {"Pow", gradient_is_broadcast, {17, 15}},
    // where(self == other, grad / 2, grad).masked_fill_(self < other, 0)
    {"Max", gradient_is_broadcast, {6, 6}},
    {"Min", gradient_is_broadcast, {6, 6}},
    {"Where", gradient_is_broadcast},
    {"Abs", plain, {4}},         // grad * self.sgn()
    {"Sqrt", plain, {4}},        // grad / (2 * result)
    {"Reciprocal", plain, {8}},  // -grad * (result * result)
    {"Sin", plain, {4}},         // grad * self.cos()
    {"Cos", plain, {8}},         // grad * -self.sin()
    {"Tan", plain, {8}},         // grad * (1 + result.pow(2))
    {"Asin", plain, {16}},       // grad * (-self * self + 1).rsqrt()
    {"Acos", plain, {20}},       // grad * -((-self * self + 1).rsqrt())
    {"Atan", plain, {8}},        // grad / (self * self + 1)
    {"Sinh", plain, {4}},        // grad * self.cosh()
    {"Cosh", plain, {4}},        // grad * self.sinh()
    {"Asinh", plain, {12}},      // grad * (self.pow(2) + 1).rsqrt()
    {"Acosh", plain, {12}},      // grad * (self.pow(2) - 1).rsqrt()
    {"Atanh", plain, {12}},      // grad * 1 / (1 - self.pow(2))
    {"Erf", plain, {16}},        // 2 / sqrt(pi) * exp(-(self.pow(2))) * grad
    {"Softsign", plain, {12}},   // self / (self.abs() + 1)
    {"CumSum", plain, {8}},      // grad.flip(dim).cumsum(dim).flip(dim)
    {"ReduceSum", gradient_is_expanded},
    // (grad * mask) / mask.sum(dims, true)
    {"ReduceMax", places_of_one_axis | statistics_are_made, {5}},
    {"ReduceMin", places_of_one_axis | statistics_are_made, {5}},
    {"ReduceProd", plain, {5}},                // grad * (result / input), input == 0
    {"ReduceL1", plain, {4}},                  // self.sgn() * grad
    {"ReduceL2", plain, {4}},                  // grad * (self / norm).masked_fill_(norm == 0, 0)
    {"ReduceLogSumExp", shifts_operand, {8}},  // grad * (self - result).exp()
    {"Reshape", dense},
    {"Flatten", dense},
    {"Concat", channels_last | gradient_is_cut},
    {"Resize", channels_last},
    {"Gather", dense},
    {"TopK", all_results_are_made},
    {"ReduceMean", kept_by_1_13},
    // Nobody has compared these with PyTorch.
    {"DeformConv", not_modelled},
    {"CausalConvWithState", not_modelled},
    {"LinearAttention", not_modelled},
    {"QLinearConv", not_modelled},
    {"ConvInteger", not_modelled},
    {"QLinearMatMul", not_modelled},
    {"MatMulInteger", not_modelled},
};

struct ByKind {
  OpKind kind;
  TorchTrait traits;
};
constexpr ByKind by_kind[] = {
    {OpKind::normalisation, plain},
    {OpKind::activation, plain},
    {OpKind::dropout, plain},
    {OpKind::softmax, dense},
    {OpKind::arithmetic, plain},
    {OpKind::comparison, plain},
    {OpKind::reduction, plain},
    {OpKind::layout, plain},
    {OpKind::selection, plain},
    {OpKind::resampling, plain},
    {OpKind::constant, plain},
    {OpKind::loss, not_modelled},
    {OpKind::quantisation, not_modelled},
    {OpKind::control, not_modelled},
    {OpKind::sequence, not_modelled},
    {OpKind::text, not_modelled},
    {OpKind::signal, not_modelled},
    {OpKind::optimizer, not_modelled},
};

struct Entry {
  TorchTrait traits = not_modelled;
  const std::uint8_t* temporaries = nullptr;
};

// Nullopt where neither table has an answer. What other domains made of the operators is not
// modelled.
std::optional<Entry> find_entry(const OpDef& op) {
  if (op.domain == "aten") {
    const auto rows = torch_functions();
    const auto at = std::ranges::find(rows, op.name, &TorchRow::op);
    if (at == rows.end()) return std::nullopt;
    return Entry{at->traits, at->temporaries};
  }
  if (!op.domain.empty()) return Entry{};
  if (const auto at = std::ranges::find(by_name, op.name, &TorchRow::op); at != std::end(by_name))
    return Entry{at->traits, at->temporaries};
  const auto at = std::ranges::find(by_kind, op.nature.kind, &ByKind::kind);
  if (at == std::end(by_kind)) return std::nullopt;
  return Entry{at->traits};
}

Entry entry_of(const OpDef& op) {
  // Built at the first call: each node of a network asks several times.
  static const std::unordered_map<const OpDef*, Entry> all = [] {
    std::unordered_map<const OpDef*, Entry> made;
    for (const OpFamily& family : op_families())
      for (const OpDef& row : family.rows)
        if (const auto entry = find_entry(row)) made.emplace(&row, *entry);
    return made;
  }();
  const auto at = all.find(&op);
  return at == all.end() ? Entry{} : at->second;
}

}  // namespace

bool is_in_torch_table(const OpDef& op) {
  return find_entry(op).has_value();
}

TorchTrait torch_traits(const OpDef& op) {
  return entry_of(op).traits;
}

int torch_temporaries(const OpDef& op, int i) {
  const std::uint8_t* temporaries = entry_of(op).temporaries;
  return temporaries != nullptr && i < 2 ? temporaries[i] : 0;
}

}  // namespace reckon
