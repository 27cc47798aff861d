#include "memory/torch_ops.h"

#include <algorithm>
#include <unordered_map>

#include "ops/table.h"

namespace reckon {
namespace {

struct ByName {
  std::string_view op;  // of ONNX's own domain
  TorchTrait traits;
};
using enum TorchTrait;
constexpr ByName by_name[] = {
    // One formula has all their gradients: both operands are kept, frozen or not.
    {"Conv", channels_last | blocked_convolution},
    {"ConvTranspose", channels_last | unrolled_convolution},
    {"Gemm", dense | kept_for_other_gradient | flattened_product},
    {"MatMul", dense | kept_for_other_gradient | flattened_product | batched_product},
    {"Einsum", dense},
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
    {"Div", keeps_divisor | gradient_is_broadcast},
    {"Pow", gradient_is_broadcast},
    {"Reshape", dense},
    {"Flatten", dense},
    {"Concat", channels_last | gradient_is_cut},
    {"Resize", channels_last},
    {"Gather", dense},
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
    {OpKind::softmax, plain},
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

// Null where neither table has an answer. What other domains made of the operators is not modelled.
const TorchTrait* find_traits(const OpDef& op) {
  static constexpr TorchTrait foreign = not_modelled;
  if (!op.domain.empty()) return &foreign;
  if (const auto at = std::ranges::find(by_name, op.name, &ByName::op); at != std::end(by_name))
    return &at->traits;
  const auto at = std::ranges::find(by_kind, op.nature.kind, &ByKind::kind);
  return at == std::end(by_kind) ? nullptr : &at->traits;
}

}  // namespace

bool is_in_torch_table(const OpDef& op) {
  return find_traits(op) != nullptr;
}

TorchTrait torch_traits(const OpDef& op) {
  // Built at the first call: each node of a network asks several times.
  static const std::unordered_map<const OpDef*, TorchTrait> all = [] {
    std::unordered_map<const OpDef*, TorchTrait> made;
    for (const OpFamily& family : op_families())
      for (const OpDef& row : family.rows)
        if (const TorchTrait* traits = find_traits(row)) made.emplace(&row, *traits);
    return made;
  }();
  const auto at = all.find(&op);
  return at == all.end() ? not_modelled : at->second;
}

}  // namespace reckon
