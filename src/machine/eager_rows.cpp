#include "machine/eager_rows.h"

#include <algorithm>
#include <string_view>

#include "analysis/node_cost.h"

namespace reckon {
namespace {

struct Named {
  std::string_view op;
  EagerRow row;
};

// Forward, backward; then as one compiled kernel where that differs.
// clang-format off
constexpr Named rows[] = {
    // r   w   backward r w   kernels
    {"Softmax",               {1, 1,  2, 1,  1, 1, true}},
    {"LogSoftmax",            {1, 1,  2, 1,  1, 1, true}},
    {"LayerNormalization",    {1, 1,  4, 1,  1, 2}},  // dx reads dy and x; the weights' read both again
    {"GroupNormalization",    {2, 1,  4, 1,  2, 2}},
    {"InstanceNormalization", {2, 1,  4, 1,  2, 2}},
    // x², its mean, ε, 1/√, x·1/√, ·weight; in 16 bits also a cast to FP32 and back
    {"RMSNormalization",      {4, 3,  9, 5,  6, 8}},
    {"SimplifiedLayerNormalization", {4, 3, 9, 5, 6, 8}},
    // x·cos, −b, (−b, a), ·sin, sum; backward the same products and a sum of two
    {"RotaryEmbedding",       {6, 4.5, 6, 4.5, 5, 5}},
    {"MaxPool",               {0, 0,  3, 2,  1, 2}},
    {"AveragePool",           {0, 0,  1, 1}},
    {"GlobalAveragePool",     {0, 0,  1, 1}},
    {"Gather",                {0, 0,  1, 1}},
    {"Concat",                {0, 0,  1, 1}},
    {"Mul",                   {0, 0,  3, 2,  1, 2}},  // a gradient of each factor
    {"Div",                   {0, 0,  3, 2,  1, 3}},
};
// 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))): x³, ·c, + x, ·√, tanh, + 1, 0.5·x, product; backward
// each in turn, the cube's being a power and two products, and x's three gradients added up
constexpr EagerRow tanh_gelu = {10, 8, 17, 11, 8, 14};
// clang-format on

}  // namespace

EagerRow eager_row(const Layer& layer, const EagerWay& way) {
  const std::string_view op = layer.op_node().op_type;
  if (way.compiled) {
    EagerRow row;
    for (const Named& named : rows)
      if (named.op == op && named.row.kernels <= 2) row = named.row;
    return row;
  }
  if (op == "BatchNormalization")
    return way.training ? EagerRow{2, 1, 4, 1, 1, 1} : EagerRow{1, 1, 2, 1, 1, 1};
  if (op == "Gelu")
    return context_of(layer).string_attr("approximate", "none") == "tanh" ? tanh_gelu
                                                                          : EagerRow{1, 1, 2, 1};
  for (const Named& named : rows)
    if (named.op == op) return named.row;
  return {};
}

}  // namespace reckon
