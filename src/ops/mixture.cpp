// Mixture of experts (com.microsoft, ContribOperators.md): each token goes through the k experts
// that the router chose for it.
//
//   y = Σ over k experts   p · (act(x·W1 + b1)·W2 + b2)       W3: act(x·W1) ⊙ (x·W3)
// The weights of one expert are counted as the file stores them, [E, out, in] or [E, in, out]:
//   macs = tokens · k · (|W1| + |W2| + |W3|)  of one expert
// The router's probabilities are an input; choosing counts one comparison per expert and choice,
// mixing × and + per output element and choice. QMoE's weights are packed, several to a byte, and
// are dequantised once: one product per weight (of every expert: which are chosen depends on data).
#include <algorithm>
#include <array>
#include <string>

#include "ops/activation_cost.h"
#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

// Positions of the operands: W1 b1 W2 b2 W3 b3.
struct Slots {
  std::array<int, 3> weights, biases;
};
constexpr Slots plain_slots{{2, 4, 6}, {3, 5, 7}}, packed_slots{{2, 5, 8}, {4, 7, 10}};

template <bool Packed>
constexpr Slots slots = Packed ? packed_slots : plain_slots;

// Weights in one stored element: QMoE packs 8/bits into a byte.
template <bool Packed>
Dim per_element(const OpContext& ctx, int i) {
  if (!Packed || ctx.in(i).dtype != DType::uint8) return 1;
  const std::string_view type = ctx.string_attr("quant_type", "int");
  const Dim bits = type == "int" ? ctx.int_attr("expert_weight_bits", 4) : 4;
  return bits == 2 || bits == 4 || bits == 8 ? 8 / bits : unknown_dim;
}

// Rows · columns of one expert's matrix, packed or not.
template <bool Packed>
Dim expert_size(const OpContext& ctx, int i) {
  const Shape& w = ctx.in(i).shape;
  return multiply(multiply(dim_of(w, 1), dim_of(w, 2)), per_element<Packed>(ctx, i));
}

Dim tokens(const OpContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  if (!x.has_rank() || x.rank() < 1) return unknown_dim;
  return product(x.dims().first(static_cast<std::size_t>(x.rank() - 1)));
}

template <bool Packed>
Status mixture_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &router = ctx.in(1).shape;
  if (x.has_rank() && x.rank() != 2 && x.rank() != 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected tokens×features or N×L×C");
  if (router.has_rank() && router.rank() != 2)
    return ctx.mismatch("the router's probabilities are " + to_string(router) +
                        "; expected tokens×experts");
  const Dim k = ctx.int_attr("k", 1), experts = dim_of(router, 1);
  if (k < 1 || (experts >= 0 && k > experts))
    return ctx.mismatch("k must be between 1 and " + std::to_string(experts) + " experts, not " +
                        std::to_string(k));
  if (!may_equal(tokens(ctx), dim_of(router, 0)))
    return ctx.mismatch("the input has " + std::to_string(tokens(ctx)) + " tokens, the router " +
                        std::to_string(router[0]));
  const Dim c = x.has_rank() ? x[x.rank() - 1] : unknown_dim;
  for (const int i : slots<Packed>.weights) {
    const Shape& w = ctx.in(i).shape;
    if (!ctx.has_input(i) || !w.has_rank()) continue;
    if (w.rank() != 3)
      return ctx.mismatch("the experts' weights are " + to_string(w) +
                          "; expected experts×rows×columns");
    if (!may_equal(w[0], experts))
      return ctx.mismatch("weights of " + std::to_string(w[0]) + " experts, the router has " +
                          std::to_string(experts));
    const Dim last = multiply(w[2], per_element<Packed>(ctx, i));
    if (!may_equal(w[1], c) && !may_equal(last, c))
      return ctx.mismatch("the experts' weights are " + to_string(w) + ", the input has " +
                          std::to_string(c) + " features");
  }
  return same_as_input(ctx);
}

template <bool Packed>
void mixture_cost(const OpContext& ctx, Cost& cost) {
  const Dim n = tokens(ctx), k = ctx.int_attr("k", 1);
  const Shape& x = ctx.in(0).shape;
  const Dim c = x.has_rank() ? x[x.rank() - 1] : unknown_dim;
  constexpr std::array<std::string_view, 3> labels = {"fc1", "fc2", "fc3"};
  const Slots at = slots<Packed>;
  for (std::size_t m = 0; m < 3; ++m) {
    const int i = at.weights[m];
    if (!ctx.has_input(i)) continue;
    const Dim size = expert_size<Packed>(ctx, i);
    Term& macs = cost.macs.add(labels[m], {{"tokens", n}, {"k", k}, {"expert", size}});
    macs.operand_a = m == 1 ? Term::inner : 0;
    macs.operand_b = Packed ? Term::constant : static_cast<std::int8_t>(i);
  }
  const std::string_view type = ctx.string_attr("activation_type", "relu");
  // The first product's results; a fused SwiGLU halves it: swish 5, its alpha, × and the offset.
  const Dim hidden = divide(expert_size<Packed>(ctx, at.weights[0]), c);
  if (type == "swiglu")
    cost.flops.add("activation",
                   {{"operations", 8},
                    {"tokens", n},
                    {"k", k},
                    {"hidden", ctx.has_input(at.weights[2]) ? hidden : divide(hidden, 2)}});
  else if (const auto operations = activation_operations(type); operations != 0)
    cost.flops.add("activation",
                   {{"operations", operations}, {"tokens", n}, {"k", k}, {"hidden", hidden}});
  if (ctx.has_input(at.biases[0]))
    cost.flops.add("bias", {{"tokens", n}, {"k", k}, {"hidden", hidden}});
  if (ctx.has_input(at.biases[1])) cost.flops.add("bias", {{"tokens", n}, {"k", k}, {"C", c}});
  cost.flops.add("mix", {{"operations", 2}, {"tokens", n}, {"k", k}, {"C", c}});
  cost.flops.add("choose", {{"tokens", n}, {"k", k}, {"experts", dim_of(ctx.in(1).shape, 1)}});
  if (!Packed) return;
  Dim weights = 0;
  for (const int i : at.weights)
    if (ctx.has_input(i))
      weights = plus(weights, multiply(dim_of(ctx.in(i).shape, 0), expert_size<Packed>(ctx, i)));
  cost.flops.add("dequantise", {{"weights", weights}});
}

template <bool Packed>
void mixture_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = Packed ? 0b11 : 0b1010111;
  const Shape& x = ctx.in(0).shape;
  const Dim c = x.has_rank() ? x[x.rank() - 1] : unknown_dim;
  saved.extra_bytes.add("hidden",
                        {{"tokens", tokens(ctx)},
                         {"k", ctx.int_attr("k", 1)},
                         {"hidden", divide(expert_size<Packed>(ctx, slots<Packed>.weights[0]), c)},
                         {"bytes", element_bytes(ctx.in(0).dtype)}});
}

Dim packed_values(const OpContext& ctx, int i) {
  const auto& weights = packed_slots.weights;
  if (std::find(weights.begin(), weights.end(), i) == weights.end()) return unknown_dim;
  const Shape& shape = ctx.in(i).shape;
  if (!shape.is_static()) return unknown_dim;
  return multiply(shape.elements().value_or(INT64_MAX), per_element<true>(ctx, i));
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "MoE",
     .signature = "x[*M,C] router[M,E] fc1:weight[E,H,C] b1:weight[E,H]? fc2:weight[E,C,H] "
                  "b2:weight[E,C]? fc3:weight[E,H,C]? b3:weight[E,H]? -> y[*M,C]",
     .nature = {OpKind::linear, Space::not_modelled, Functions::special},
     .shape = mixture_shape<false>,
     .cost = mixture_cost<false>,
     .saved = mixture_saved<false>,
     .domain = microsoft},
    {.name = "QMoE",
     .signature =
         "x[*M,C] router[M,E] fc1:weight[E,H,*] s1:scale[*]? b1:weight[E,H]? fc2:weight[E,C,*] "
         "s2:scale[*]? b2:weight[E,C]? fc3:weight[E,H,*]? s3:scale[*]? b3:weight[E,H]? "
         "z1:zero_point[*]? z2:zero_point[*]? z3:zero_point[*]? mixing[M,E]? g1:scale[E]? "
         "g2:scale[E]? a1:scale[*]? a2:scale[*]? ab1:scale[*]? ab2:scale[*]? -> y[*M,C]",
     .nature = {OpKind::linear, Space::not_modelled, Functions::special},
     .values = packed_values,
     .shape = mixture_shape<true>,
     .cost = mixture_cost<true>,
     .saved = mixture_saved<true>,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> mixture_ops(rows);

}  // namespace reckon
