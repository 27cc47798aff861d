// Batches of products as PyTorch computes them, an Einsum's or a MatMul's: their operands become
// batches of matrices first, by a view or by a copy (ATen/native/Linear.cpp, sumproduct_pair;
// LinearAlgebra.cpp, matmul).
#pragma once

#include <optional>

#include "memory/layout.h"
#include "ops/context.h"

namespace reckon {

// Of an Einsum of two operands, each permuted and reshaped, and the product permuted back: how the
// result lies. nullopt where PyTorch goes another way: one operand or three, an ellipsis, a letter
// that stands twice in an operand or is summed in one alone, nothing that is summed, sizes nobody
// knows, a dimension of one that is shown many times; and of every other operator.
std::optional<Layout> contraction_layout(const OpContext& ctx);

// Of the copy that makes one batch of matrices of all dimensions but the last two; 0: a view does.
std::int64_t copied_batch_bytes(const Layout& layout, DType dtype);  // torch_layout.cpp
// Of the copy of operand i, which lies like this; an operand of matmul is shown to the other one's
// batch first.
std::int64_t copied_operand_bytes(const OpContext& ctx, int i, const Layout& layout);

}  // namespace reckon
