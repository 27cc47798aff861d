// Calls of torch.nn.functional.scaled_dot_product_attention, which exporters write out:
//
//   Mul(q, √s), Mul(kᵀ, √s), MatMul (, Add mask), Softmax (, Where(IsNaN, 0)) (, Dropout), MatMul
//
// become ONNX's Attention again, for whoever wants to know what a fused kernel keeps. It is told
// from attention that a program writes itself by the root of the scale on both operands, which no
// program writes and that function is defined by (aten/native/transformers/attention.cpp,
// _scaled_dot_product_attention_math), or by the name that the call left on its result.
//
// Two things stand in an export that the program does not do without one. A causal mask is a word
// of the call (is_causal); and where there is no other mask, key heads that serve several query
// heads are not repeated before it (transformers, integrations/sdpa_attention.py).
#pragma once

#include <memory>

#include "analysis/analyze.h"

namespace reckon {

// What the kernels there are good for.
struct AttentionKernel {
  bool training = true;
  bool fuses = true;              // there is one; else all stays written out
  bool drops_out = false;         // a kernel that drops out by itself
  bool gradient_of_mask = false;  // a kernel that makes one
};

// A copy of the graph with those calls joined, under the same ids of values; null where nothing
// changes. An attribute "dropout_p" says what share is dropped out. A call that no kernel takes
// stays written out, as PyTorch computes it: without the exporter's guard against rows that have no
// key, with the dropout for which today's exporter writes no operator. `analysis` is that of the
// graph.
std::unique_ptr<Graph> join_attention(const Graph& graph, const Analysis& analysis,
                                      const AttentionKernel& kernel);

}  // namespace reckon
