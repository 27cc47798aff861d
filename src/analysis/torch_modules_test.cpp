// Every operator of a kind that torch.nn has classes for has its class in the table, or stands
// here.
#include "analysis/torch_modules.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "ops/table.h"

namespace reckon {
namespace {

bool has_classes(OpKind kind) {
  using enum OpKind;
  constexpr OpKind kinds[] = {convolution,   linear,     attention, recurrent, pooling,
                              normalisation, activation, dropout,   softmax,   resampling};
  return std::ranges::find(kinds, kind) != std::end(kinds);
}

// No torch.nn class is exported as one of these: functions, torchvision's operators, other tools'.
constexpr std::string_view no_class[] = {
    "Affine",
    "AffineGrid",
    "CausalConvWithState",
    "Col2Im",
    "ConvInteger",
    "DeformConv",
    "GlobalLpPool",
    "GridSample",
    "Hardmax",
    "ImageScaler",
    "LinearAttention",
    "LpNormalization",
    "MaxRoiPool",
    "MeanVarianceNormalization",
    "ParametricSoftplus",
    "QLinearConv",
    "RoiAlign",
    "RotaryEmbedding",
    "Scale",
    "ScaledTanh",
    "Shrink",
    "SwiGLU",
};

TEST(TorchModules, EveryRowHasAClassOrNone) {
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows) {
      if (!op.domain.empty() || !has_classes(op.nature.kind)) continue;
      const bool none = std::ranges::find(no_class, op.name) != std::end(no_class);
      EXPECT_NE(torch_module(op) != nullptr, none) << op.name;
    }
}

TEST(TorchModules, NamesAreThoseOfRows) {
  for (const std::string_view name : no_class) EXPECT_NE(find_op(name), nullptr) << name;
  EXPECT_EQ(torch_module(*find_op("LpPool"))->name, "LPPool");
  EXPECT_EQ(torch_module(*find_op("Add")), nullptr);
}

}  // namespace
}  // namespace reckon
