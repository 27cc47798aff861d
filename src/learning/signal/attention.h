// Products of two signals, functions of signals, and the attention that they are parts of: what the
// files of rules ask each other for.
#pragma once

#include "learning/signal/rule.h"

namespace reckon::signal {

// Before its softmax, scores q·kᵀ of an attention; behind it, its weights.
struct Scores {
  ValueId q = none, k = none;
  double scale = 1;
  double bias_variance = 0;      // of a table that is added
  std::vector<ValueId> tables;   // such tables
  double keys = 1, queries = 1;  // of one attention
  double size = 1;               // of a head
  bool causal = false, softmax = false;
};

// MatMul of two signals: scores, or weighted values. False where it is neither.
bool products_of_signals(Walk& walk, const OpContext& ctx);
void products_of_signals_backward(Walk& walk, const OpContext& ctx);
// Whether a linear layer is one of the three projections of PyTorch's nn.MultiheadAttention, which
// begin otherwise than nn.Linear: a file says so by the name in_proj_weight or in_proj_bias, a
// built-in network by the Attention that reads `result`.
bool projects_to_attention(const Walk& walk, ValueId result, ValueId weight, ValueId bias);
// Of scores; false where input `x` is none.
bool scale_scores(Walk& walk, const OpContext& ctx, int x, double scale);
// Adds input `other`, a mask or a table, to the scores at input `x`; false where they are none.
bool shift_scores(Walk& walk, const OpContext& ctx, int x, int other);

// A value as a function of another: of itself where it is none, or where it is one of more pieces
// than any network's activation.
struct View {
  ValueId source = none;
  Function function = {};
};
View view_of(const Walk& walk, ValueId id);

// y = scale·x + shift, x^exponent and f(a, b) of two functions of one value.
bool scale_and_shift(Walk& walk, const OpContext& ctx, int x, double scale, double shift);
bool power_of(Walk& walk, const OpContext& ctx, double exponent);
bool combine_functions(Walk& walk, const OpContext& ctx, Slope (*f)(Slope, Slope));
void function_backward(Walk& walk, const OpContext& ctx);

}  // namespace reckon::signal
