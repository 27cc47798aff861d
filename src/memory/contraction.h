// Einsum of two operands as PyTorch computes it: each is permuted and reshaped to a batch of
// matrices, and their product permuted back (ATen/native/Linear.cpp, sumproduct_pair).
#pragma once

#include <optional>
#include <vector>

#include "memory/layout.h"
#include "ops/context.h"

namespace reckon {

struct Contraction {
  std::vector<std::int64_t> order[2];  // of an operand's dimensions: as its matrices need them
  Shape matrices[2];                   // batch × rows × columns
  Shape product;                       // of the dimensions of batch, rows and columns
  std::vector<std::int64_t> back;      // dimension i of the result is back[i] of the product

  // Whether the operand becomes matrices by a copy alone.
  bool copies(int operand, const Layout& layout) const;
  Layout result() const;
};

// nullopt where PyTorch goes another way: one operand or three, an ellipsis, a letter that stands
// twice in an operand or is summed in one alone, nothing that is summed, sizes nobody knows.
std::optional<Contraction> contraction_of(const OpContext& ctx);

// Of the copy that makes operand i of a batch of products, an Einsum's or a MatMul's, one of
// matrices (at::matmul shows operands to each other's batch first); 0: a view does.
std::int64_t copied_operand_bytes(const OpContext& ctx, int i, const Layout& layout);

}  // namespace reckon
