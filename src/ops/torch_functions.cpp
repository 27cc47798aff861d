// Functions of PyTorch for which ONNX has no operator, and which exporters therefore write out
// (domain aten). No file holds them: analysis/join_functions.h finds them again for whoever wants
// to know what a training step keeps. Each is counted as the operators that it is written as; what
// it keeps for its backward pass stands in PyTorch's derivatives.yaml.
#include <string>

#include "ops/families.h"
#include "ops/pointwise.h"
#include "ops/reduce.h"

namespace reckon {
namespace {

constexpr std::string_view aten = "aten";
constexpr Functions simple = Functions::simple, special = Functions::special;

void add_result(const OpContext& ctx, Saved& saved, std::string_view name) {
  times_elements(saved.extra_bytes.add(name), ctx.out(0).shape)
      .times("bytes", element_bytes(ctx.out(0).dtype));
}

// The first half of x along `axis`, times the sigmoid of the second: glu_backward reads x.
Status glu_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  if (y.has_rank()) {
    const auto axis = normalize_axis(ctx.int_attr("axis", -1), y.rank());
    if (!axis || (y[*axis] >= 0 && y[*axis] % 2 != 0))
      return ctx.mismatch("no halves of " + to_string(y));
    y[*axis] = divide(y[*axis], 2);
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// On a processor log_sigmoid_forward also makes e^-|x|, and keeps it.
void log_sigmoid_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 1;
  add_result(ctx, saved, "buffer");
}

// 1 / x is x.reciprocal() * 1 (torch/_tensor.py, __rdiv__), and the product a tensor of its own.
void rdiv_saved(const OpContext& ctx, Saved& saved) {
  add_result(ctx, saved, "reciprocal");
}

// x/|x| and y/|y|, their operands and the norms.
void cosine_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  times_elements(saved.extra_bytes.add("quotients", {{"operands", 2}}), ctx.in(0).shape)
      .times("bytes", element_bytes(ctx.in(0).dtype));
  times_elements(saved.extra_bytes.add("norms", {{"operands", 2}}), ctx.out(0).shape)
      .times("bytes", element_bytes(ctx.in(0).dtype));
}

// v, g and the norms of v (_weight_norm_interface; where that does not serve, g / |v| is as large).
void weight_norm_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b11;
  times_elements(saved.extra_bytes.add("norms"), ctx.in(1).shape)
      .times("bytes", element_bytes(ctx.in(0).dtype));
}

// `each` operations on every element of x, `final` on every result.
template <int Each, int Final>
void reduction_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, "reduction", ctx.in(0).shape, Each);
  if (Final > 0) count_elements(cost.flops, "result", ctx.out(0).shape, Final);
}

template <int N, Functions F, SavedFn Keeps>
constexpr OpDef elementwise(std::string_view name, std::string_view domain) {
  return {.name = name,
          .signature = "x[*X] -> y[*X]",
          .nature = {OpKind::arithmetic, Space::pointwise, F},
          .shape = same_as_input,
          .cost = costs<N>,
          .saved = Keeps,
          .domain = domain};
}

template <int Each, int Final, SavedFn Keeps>
constexpr OpDef reduction(std::string_view name, std::string_view domain) {
  return {.name = name,
          .signature = "x[*X] axes:setting[n]? -> y[*Y]",
          .nature = {OpKind::reduction, Space::mixes, simple, reduced_axes},
          .shape = reduce_shape,
          .cost = reduction_cost<Each, Final>,
          .saved = Keeps,
          .domain = domain};
}

constexpr OpDef rows[] = {
    {.name = "glu",
     .signature = "x[*X] -> y[*Y]",
     .nature = {OpKind::activation, Space::rearranges, special, attribute_axis<-1>},
     .shape = glu_shape,
     .cost = costs<5>,
     .saved = keeps<1>,
     .domain = aten},
    elementwise<5, special, log_sigmoid_saved>("log_sigmoid", aten),
    elementwise<2, special, keeps<1>>("log1p", aten),
    elementwise<2, simple, keeps<0, 1>>("rsqrt", aten),
    elementwise<1, simple, rdiv_saved>("rdiv", aten),
    reduction<4, 3, keeps<1, 1>>("std", aten),
    reduction<4, 2, keeps<1>>("var", aten),
    reduction<1, 0, keeps<1, 1>>("amax", aten),
    reduction<1, 0, keeps<1, 1>>("amin", aten),
    {.name = "cosine_similarity",
     .signature = "x[*X] y[*X] -> z[*Y]",
     .nature = {OpKind::reduction, Space::mixes, simple, reduced_axes},
     .shape = reduce_shape,
     .cost = reduction_cost<8, 4>,
     .saved = cosine_saved,
     .domain = aten},
    // v·g/|v|, |v| over all dimensions but those of g (T. Salimans, D. P. Kingma, NeurIPS 2016).
    {.name = "weight_norm",
     .signature = "v:weight[*X] g:weight[*Y] -> w[*X]",
     .nature = {OpKind::arithmetic, Space::not_modelled, simple},
     .shape = same_as_input,
     .cost = costs<4>,
     .saved = weight_norm_saved,
     .domain = aten},
    {.name = "roll",
     .signature = "x[*X] -> y[*X]",
     .nature = {OpKind::layout, Space::rearranges, Functions::unknown, attribute_axis<0>},
     .shape = same_as_input,
     .domain = aten},
};

}  // namespace

constinit const std::span<const OpDef> torch_function_ops(rows);

}  // namespace reckon
