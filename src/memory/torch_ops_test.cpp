// Every operator has a place in the table of how PyTorch runs it, or stands there as not modelled.
#include "memory/torch_ops.h"

#include <gtest/gtest.h>

#include "ops/table.h"

namespace reckon {
namespace {

TEST(TorchOps, EveryRowHasAnEntry) {
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows)
      EXPECT_TRUE(is_in_torch_table(op)) << op.domain << "::" << op.name;
}

TEST(TorchOps, NamesAreThoseOfRows) {
  // torch.nn.functional.relu(x, inplace=True); silu likewise, whose backward pass reads x.
  EXPECT_TRUE(torch_has(*find_op("Relu"), TorchTrait::in_place));
  EXPECT_FALSE(torch_has(*find_op("Relu"), TorchTrait::overwritten_is_read));
  EXPECT_TRUE(torch_has(*find_op("Swish"), TorchTrait::overwritten_is_read));
  EXPECT_EQ(torch_traits(*find_op("Neg")), TorchTrait::plain);
  EXPECT_EQ(torch_traits(*find_op("BiasGelu", "com.microsoft")), TorchTrait::not_modelled);
}

}  // namespace
}  // namespace reckon
