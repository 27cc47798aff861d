// The rest of ONNX Runtime's contributed operators (com.microsoft, ContribOperators.md) that files
// hold: small algebra, sampling of regions, embeddings, text.
//
//   Inverse            2 · n³ per matrix (LU and substitution)
//   ComplexMul         6 per pair: 3 per element
//   CDist              − and a multiply-accumulate per element and pair, a root per pair
//   CropAndResize      bilinear: 7 per output (grid.cpp)
//   WordConvEmbedding  a convolution over the characters of each word, and a maximum
//   MurmurHash3        11 per 32-bit word and 9 more
#include <algorithm>
#include <string>

#include "ops/pointwise.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

Status inverse_shape(ShapeContext& ctx) {
  const Shape& x = ctx.in(0).shape;
  const int rank = x.rank();
  if (x.has_rank() && (rank < 2 || !may_equal(x[rank - 1], x[rank - 2])))
    return ctx.mismatch("the input is " + to_string(x) + "; expected square matrices");
  return same_as_input(ctx);
}

void inverse_cost(const OpContext& ctx, Cost& cost) {
  const Shape& x = ctx.in(0).shape;
  const Dim n = x.has_rank() ? x[x.rank() - 1] : unknown_dim;
  times_elements(cost.flops.add({{"operations", 2}, {"n", n}}), x);
}

// [*,2] with [*,2]: real and imaginary parts.
Status complex_shape(ShapeContext& ctx) {
  const Shape &a = ctx.in(0).shape, &b = ctx.in(1).shape;
  const auto y = broadcast(a, b);
  if (!y)
    return ctx.mismatch("operands " + to_string(a) + " and " + to_string(b) + " do not broadcast");
  ctx.set_out(0, ctx.in(0).dtype, *y);
  return {};
}

// a[M,C] b[K,C] -> y[M,K]
Status distance_shape(ShapeContext& ctx) {
  const Shape &a = ctx.in(0).shape, &b = ctx.in(1).shape;
  if (!may_equal(dim_of(a, 1), dim_of(b, 1)))
    return ctx.mismatch("operands " + to_string(a) + " and " + to_string(b) +
                        " have different features");
  ctx.set_out(0, ctx.in(0).dtype, Shape{dim_of(a, 0), dim_of(b, 0)});
  return {};
}

void distance_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  const Dim c = known_of(dim_of(ctx.in(0).shape, 1), dim_of(ctx.in(1).shape, 1));
  Term& macs = cost.macs.add({{"M", y[0]}, {"K", y[1]}, {"C", c}});
  macs.operand_a = 0;
  macs.operand_b = 1;
  cost.flops.add("differences", {{"M", y[0]}, {"K", y[1]}, {"C", c}});
  if (ctx.string_attr("metric", "sqeuclidean") != "sqeuclidean")
    count_elements(cost.flops, "root", y);
}

// x[N,C,H,W] boxes[R,4] images[R] size[2] -> y[R,C,h,w]
Status crop_resize_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &boxes = ctx.in(1).shape;
  if (x.has_rank() && x.rank() != 4)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×H×W");
  if (boxes.has_rank() && (boxes.rank() != 2 || !may_equal(boxes[1], 4)))
    return ctx.mismatch("the boxes are " + to_string(boxes) + "; expected boxes×4");
  const auto size = ctx.const_ints(3);
  if (size && (size->size() != 2 || (*size)[0] < 1 || (*size)[1] < 1))
    return ctx.mismatch("crop_size must be two positive numbers");
  const Dim n = known_of(dim_of(boxes, 0), dim_of(ctx.in(2).shape, 0));
  ctx.set_out(
      0, ctx.in(0).dtype,
      Shape{n, dim_of(x, 1), size ? (*size)[0] : unknown_dim, size ? (*size)[1] : unknown_dim});
  return {};
}

void crop_resize_cost(const OpContext& ctx, Cost& cost) {
  if (ctx.string_attr("mode", "bilinear") != "nearest")
    count_elements(cost.flops, {}, ctx.out(0).shape, 7);
}

// x axis[] -> y with a dimension of 1 at the axis
Status expand_dims_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const auto axis = ctx.const_int(1);
  Shape y;
  if (x.shape.has_rank()) {
    RECKON_TRY(check_rank(ctx, x.shape.rank() + 1));
    y = Shape::of_rank(x.shape.rank() + 1);
    if (axis) {
      RECKON_ASSIGN(const int at, axis_of(ctx, *axis, y.rank()));
      for (int i = 0; i < y.rank(); ++i) y[i] = i == at ? 1 : x.shape[i < at ? i : i - 1];
    }
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// w[V,C] indices[*Q] -> y[*Q,C]
Status embedding_shape(ShapeContext& ctx) {
  Shape y = ctx.in(1).shape;
  RECKON_TRY(check_rank(ctx, y.rank() + 1));
  if (y.has_rank()) y.push_back(dim_of(ctx.in(0).shape, 1));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// All windows of `size` along one dimension, `step` apart, as a last dimension.
Status unfold_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  const Dim size = ctx.int_attr("size", 0), step = ctx.int_attr("step", 1);
  if (size < 1 || step < 1) return ctx.mismatch("size and step must be at least 1");
  RECKON_TRY(check_rank(ctx, y.rank() + 1));
  if (y.has_rank()) {
    RECKON_ASSIGN(const int dim, axis_of(ctx, ctx.int_attr("dim", -1), y.rank()));
    if (y[dim] >= 0 && y[dim] < size)
      return ctx.mismatch("a window of " + std::to_string(size) + " in a dimension of " +
                          std::to_string(y[dim]));
    if (y[dim] >= 0) y[dim] = (y[dim] - size) / step + 1;
    y.push_back(size);
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// ids[N,L] scores[N,V] -> scores
Status second_input_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(1).dtype, ctx.in(1).shape);
  return {};
}

void repeat_block_cost(const OpContext& ctx, Cost& cost) {
  const Shape& ids = ctx.in(0).shape;
  cost.int_ops.add("comparisons", {{"N", dim_of(ids, 0)},
                                   {"L", dim_of(ids, 1)},
                                   {"n", ctx.int_attr("ngram_size", unknown_dim)}});
}

// words[*,characters] w[E,1,k,d] b[E] table[V,d] -> y[*,E]
Status word_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  if (y.rank() == 0) return ctx.mismatch("the input is a scalar");
  if (y.has_rank())
    y[y.rank() - 1] =
        known_of(ctx.int_attr("embedding_size", unknown_dim), dim_of(ctx.in(1).shape, 0));
  ctx.set_out(0, ctx.in(1).dtype, y);
  return {};
}

void word_cost(const OpContext& ctx, Cost& cost) {
  const Shape &words = ctx.in(0).shape, &w = ctx.in(1).shape, &y = ctx.out(0).shape;
  const Dim characters = words.has_rank() ? words[words.rank() - 1] : unknown_dim;
  const Dim k = dim_of(w, 2);
  const Dim places = characters < 0 || k < 0 ? unknown_dim : std::max<Dim>(characters - k + 1, 0);
  times_elements(cost.macs.add({{"places", places}, {"k", k}, {"d", dim_of(w, 3)}}), y);
  times_elements(cost.flops.add("bias and maximum", {{"operations", 2}, {"places", places}}), y);
}

Status hash_shape(ShapeContext& ctx) {
  const bool positive = ctx.int_attr("positive", 1) != 0;
  ctx.set_out(0, positive ? DType::uint32 : DType::int32, ctx.in(0).shape);
  return {};
}

void hash_cost(const OpContext& ctx, Cost& cost) {
  const int size = bits(ctx.in(0).dtype);
  count_elements(cost.int_ops, {}, ctx.out(0).shape,
                 size == 0 ? unknown_dim : 9 + 11 * (size / 32));
}

Status finite_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::boolean, Shape::scalar());
  return {};
}

void finite_cost(const OpContext& ctx, Cost& cost) {
  Term& term = cost.flops.add();
  Dim elements = 0;
  for (int i = 0; i < ctx.n_inputs(); ++i) {
    const Shape& x = ctx.in(i).shape;
    elements = plus(elements, x.is_static() ? x.elements().value_or(INT64_MAX) : unknown_dim);
  }
  term.times("elements", elements);
}

// cost[M,N] -> path[2,?]
Status warping_shape(ShapeContext& ctx) {
  ctx.set_out(0, DType::int32, Shape{2, unknown_dim});
  return {};
}

void warping_cost(const OpContext& ctx, Cost& cost) {
  count_elements(cost.flops, {}, ctx.in(0).shape, 3);
}

// x indices[*Q,k] -> y[*Q, the dimensions of x behind the first k]
Status gather_nd_shape(ShapeContext& ctx) {
  const Shape &x = ctx.in(0).shape, &indices = ctx.in(1).shape;
  Shape y;
  if (indices.rank() == 0) return ctx.mismatch("the indices are a scalar");
  const Dim k = indices.has_rank() ? indices[indices.rank() - 1] : unknown_dim;
  if (x.has_rank() && k > x.rank())
    return ctx.mismatch("indices of " + std::to_string(k) + " numbers into " + to_string(x));
  if (x.has_rank() && k >= 0) {
    RECKON_TRY(check_rank(ctx, indices.rank() - 1 + x.rank() - k));
    y = Shape::scalar();
    for (int i = 0; i + 1 < indices.rank(); ++i) y.push_back(indices[i]);
    for (int i = static_cast<int>(k); i < x.rank(); ++i) y.push_back(x[i]);
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// x pads[2·rank] value?: begins, then ends; a negative one cuts off.
Status pad_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  const auto pads = ctx.const_ints(1);
  const auto rank = static_cast<std::size_t>(std::max(y.rank(), 0));
  if (pads && y.has_rank() && pads->size() != 2 * rank)
    return ctx.mismatch("pads has " + std::to_string(pads->size()) + " entries, expected " +
                        std::to_string(2 * rank));
  for (std::size_t i = 0; i < rank; ++i) {
    Dim& d = y[static_cast<int>(i)];
    if (!pads || d < 0) {
      d = unknown_dim;
      continue;
    }
    RECKON_ASSIGN(
        d,
        (Checked(d) + (*pads)[i] + (*pads)[i + rank]).get("a padded dimension", ctx.node().name));
    if (d < 0) return ctx.mismatch("the pads leave nothing of dimension " + std::to_string(i));
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// x[n] -> the different elements, where each element of x is among them, how often each occurs
Status unique_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, Shape::of_rank(1));
  ctx.set_out(1, DType::int64, ctx.in(0).shape);
  ctx.set_out(2, DType::int64, Shape::of_rank(1));
  return {};
}

Status tokenizer_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  RECKON_TRY(check_rank(ctx, y.rank() + 1));
  if (y.has_rank()) y.push_back(unknown_dim);
  ctx.set_out(0, DType::string, y);
  return {};
}

constexpr std::string_view microsoft = "com.microsoft";

constexpr OpDef rows[] = {
    {.name = "Inverse",
     .signature = "x[*B,M,M] -> y[*B,M,M]",
     .nature = {OpKind::signal, Space::not_modelled, Functions::simple},
     .shape = inverse_shape,
     .cost = inverse_cost,
     .saved = keeps<0, 1>,
     .domain = microsoft},
    {.name = "ComplexMul",
     .signature = "a[*D,2] b[*D,2] -> y[*D,2]",
     .nature = {OpKind::arithmetic, Space::not_modelled, Functions::simple},
     .shape = complex_shape,
     .cost = costs<3>,
     .saved = keeps<0b11>,
     .domain = microsoft},
    {.name = "ComplexMulConj",
     .signature = "a[*D,2] b[*D,2] -> y[*D,2]",
     .nature = {OpKind::arithmetic, Space::not_modelled, Functions::simple},
     .shape = complex_shape,
     .cost = costs<3>,
     .saved = keeps<0b11>,
     .domain = microsoft},
    {.name = "CDist",
     .signature = "a[M,C] b[K,C] -> y[M,K]",
     .nature = {OpKind::product, Space::product, Functions::simple},
     .shape = distance_shape,
     .cost = distance_cost,
     .saved = keeps<0b11, 1>,
     .domain = microsoft},
    {.name = "CropAndResize",
     .signature = "x[N,C,H,W] boxes[R,4] images:index[R] size:setting[2] -> y[R,C,H_out,W_out]",
     .nature = {OpKind::resampling, Space::not_modelled, Functions::simple},
     .shape = crop_resize_shape,
     .cost = crop_resize_cost,
     .saved = keeps<0b111>,
     .domain = microsoft},
    {.name = "ExpandDims",
     .signature = "x[*X] axis:setting[] -> y[*Y]",
     .nature = {OpKind::layout, Space::reshapes},
     .shape = expand_dims_shape,
     .traits = Trait::view | Trait::carries | Trait::unit_gradient,
     .domain = microsoft},
    {.name = "TorchEmbedding",
     .signature =
         "w:weight[V,C] indices:index[*Q] padding:setting[]? scale_grad:setting[]? -> y[*Q,C]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = embedding_shape,
     .saved = keeps<0b10>,
     .traits = Trait::selects,
     .domain = microsoft},
    {.name = "UnfoldTensor",
     .signature = "x[*X] -> y[*Y,size]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = unfold_shape,
     .domain = microsoft},
    {.name = "NGramRepeatBlock",
     .signature = "ids:index[N,L] scores[N,V] -> y[N,V]",
     .nature = {OpKind::selection, Space::not_modelled, Functions::simple},
     .shape = second_input_shape,
     .cost = repeat_block_cost,
     .domain = microsoft},
    {.name = "WordConvEmbedding",
     .signature = "words:index[*W,characters] w:weight[C,1,k,d] b:weight[C] table:weight[V,d] -> "
                  "y[*W,C]",
     .nature = {OpKind::convolution, Space::not_modelled, Functions::simple},
     .shape = word_shape,
     .cost = word_cost,
     .domain = microsoft},
    {.name = "MurmurHash3",
     .signature = "x[*D] -> y[*D]",
     .nature = {OpKind::text, Space::pointwise, Functions::simple},
     .shape = hash_shape,
     .cost = hash_cost,
     .domain = microsoft},
    {.name = "IsAllFinite",
     .signature = "x[*X] x[*X]... -> y[]",
     .nature = {OpKind::reduction, Space::whole, Functions::simple},
     .shape = finite_shape,
     .cost = finite_cost,
     .domain = microsoft},
    {.name = "DynamicTimeWarping",
     .signature = "cost[M,N] -> path[2,n]",
     .nature = {OpKind::selection, Space::whole, Functions::simple},
     .shape = warping_shape,
     .cost = warping_cost,
     .domain = microsoft},
    {.name = "GatherND",
     .signature = "x[*X] indices:index[*Q,k] -> y[*Y]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = gather_nd_shape,
     .saved = keeps<0b10>,
     .traits = Trait::selects,
     .domain = microsoft},
    {.name = "Pad",
     .signature = "x[*X] pads:setting[*] value:setting[]? -> y[*Y]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = pad_shape,
     .domain = microsoft},
    {.name = "Trilu",
     .signature = "x[*B,M,N] k:setting[]? -> y[*B,M,N]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = same_as_input,
     .domain = microsoft},
    {.name = "Unique",
     .signature = "x[n] -> y[u] positions[n] counts[u]",
     .nature = {OpKind::selection, Space::not_modelled},
     .shape = unique_shape,
     .domain = microsoft},
    {.name = "Tokenizer",
     .signature = "x[*X] -> y[*X,n]",
     .nature = {OpKind::text, Space::not_modelled},
     .shape = tokenizer_shape,
     .domain = microsoft},
};

}  // namespace

constinit const std::span<const OpDef> contrib_ops(rows);

}  // namespace reckon
