// Scaled dot-product attention, for the rules of every operator that contains it.
//
//   y = softmax(scale · q·kᵀ + mask) · v
// per batch and query head, over L queries and S keys (those of the past included):
//   scores  L · S · d     values  L · S · d_v     multiply-accumulates
// Grouped-query attention shares a key and value head among several query heads: it saves memory,
// not arithmetic. A causal mask changes nothing here either: a dense kernel computes both halves;
// a fused causal kernel may skip up to half of the products.
#pragma once

#include "ops/context.h"

namespace reckon {

struct AttentionSizes {
  Dim batch = unknown_dim, heads = unknown_dim, kv_heads = unknown_dim;
  Dim queries = unknown_dim;     // L
  Dim keys = unknown_dim;        // S, with those of the past
  Dim size = unknown_dim;        // d, of a query and key head
  Dim value_size = unknown_dim;  // d_v, of a value head
};

// Of ONNX's Attention; unknown where the operands do not tell.
AttentionSizes attention_sizes(const OpContext& ctx);

// How the operands arrive, for the backward pass: input numbers, or Term::inner for a projection
// made inside the operator.
struct AttentionOperands {
  std::int8_t q = 0, k = 1, v = 2;
};

// What is done to the scores besides the softmax.
struct AttentionExtras {
  bool scaled = true, masked = false, capped = false;
};

// Adds both products and the work on the scores. Per score: scale × 1, cap ÷ tanh × 3, mask + 1
// (a boolean mask selects, which is no arithmetic), softmax max − exp Σ ÷ 5.
void add_attention(Cost& cost, const AttentionSizes& sizes, AttentionOperands operands,
                   AttentionExtras extras);

// Longformer's sliding window of `window` tokens to each side, with the projections inside. How
// many tokens are global is data.
void add_longformer(Cost& cost, const OpContext& ctx);

// The unfused attention keeps the softmax's output, heads · L · S; a fused kernel does not.
void add_probabilities(Saved& saved, const AttentionSizes& sizes, DType dtype);

}  // namespace reckon
