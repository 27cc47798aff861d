// Operators that put elements in another order or repeat them. None of them computes anything.
//
// Transpose and Expand make no copy where tensors have strides; the others do. Rules: ONNX operator
// specification.
#include <bitset>
#include <string>

#include "ops/block.h"
#include "ops/dims.h"
#include "ops/families.h"

namespace reckon {
namespace {

// Source dimension of each output dimension; the reverse order where `perm` is absent.
Result<std::array<int, Shape::max_rank>> permutation(const ShapeContext& ctx, int rank) {
  std::array<int, Shape::max_rank> from{};
  const auto perm = ctx.ints_attr("perm");
  if (!perm.empty() && static_cast<int>(perm.size()) != rank)
    return ctx.mismatch("perm has " + std::to_string(perm.size()) + " entries, the input " +
                        std::to_string(rank) + " dimensions");
  std::bitset<Shape::max_rank> used;
  for (int i = 0; i < rank; ++i) {
    const auto at = static_cast<std::size_t>(i);
    from[at] = rank - 1 - i;
    if (!perm.empty()) {
      RECKON_ASSIGN(from[at], axis_of(ctx, perm[at], rank));
    }
    if (used[static_cast<std::size_t>(from[at])])
      return ctx.mismatch("perm names dimension " + std::to_string(from[at]) + " twice");
    used[static_cast<std::size_t>(from[at])] = true;
  }
  return from;
}

Status transpose_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    const auto perm = ctx.ints_attr("perm");
    const bool counted = !perm.empty() && perm.size() <= Shape::max_rank;
    ctx.set_out(0, x.dtype, counted ? Shape::of_rank(static_cast<int>(perm.size())) : Shape());
    return {};
  }
  RECKON_ASSIGN(const auto from, permutation(ctx, x.shape.rank()));
  Shape y = x.shape;
  for (int i = 0; i < y.rank(); ++i) y[i] = x.shape[from[static_cast<std::size_t>(i)]];
  ctx.set_out(0, x.dtype, y);
  return {};
}

void transpose_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant& x = *ctx.in(0).value;
  const auto from = permutation(ctx, x.shape.rank());
  if (!from) return;
  const Walk straight = walk_of(x.shape);
  Walk turned;
  for (int i = 0; i < y.rank(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    turned.stride[at] = straight.stride[static_cast<std::size_t>((*from)[at])];
  }
  Constant out = like(x.dtype, y);
  copy_block(x, turned, out, walk_of(y), y);
  ctx.set_value(0, std::move(out));
}

// x[*S] shape[k] -> y: broadcasting in both directions.
Status expand_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const PartialInts list = partial_ints(ctx, 1);
  if (!list || !x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  RECKON_TRY(check_rank(ctx, static_cast<std::int64_t>(list->size())));
  Shape target = Shape::of_rank(0);
  for (const std::int64_t d : *list) {
    if (d < 0 && d != Constant::unknown_element)
      return ctx.mismatch("the target has a dimension of " + std::to_string(d));
    target.push_back(d < 0 ? unknown_dim : d);
  }
  const auto y = broadcast(x.shape, target);
  if (!y)
    return ctx.mismatch("the input " + to_string(x.shape) + " does not expand to " +
                        to_string(target));
  ctx.set_out(0, x.dtype, *y);
  return {};
}

void expand_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant& x = *ctx.in(0).value;
  const int missing = y.rank() - x.shape.rank();
  if (missing < 0) return;
  const Walk straight = walk_of(x.shape);
  Walk repeated;
  for (int i = missing; i < y.rank(); ++i)
    if (x.shape[i - missing] != 1)
      repeated.stride[static_cast<std::size_t>(i)] =
          straight.stride[static_cast<std::size_t>(i - missing)];
  Constant out = like(x.dtype, y);
  copy_block(x, repeated, out, walk_of(y), y);
  ctx.set_value(0, std::move(out));
}

// x[*S] repeats[rank] -> y[*(S·repeats)]
Status tile_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const PartialInts repeats = partial_ints(ctx, 1);
  if (!x.shape.has_rank()) {
    const bool counted = repeats && repeats->size() <= Shape::max_rank;
    ctx.set_out(0, x.dtype, counted ? Shape::of_rank(static_cast<int>(repeats->size())) : Shape());
    return {};
  }
  Shape y = Shape::of_rank(x.shape.rank());
  if (repeats && static_cast<int>(repeats->size()) != y.rank())
    return ctx.mismatch("repeats has " + std::to_string(repeats->size()) +
                        " entries, the input has " + std::to_string(y.rank()) + " dimensions");
  for (int i = 0; i < y.rank() && repeats; ++i) {
    const std::int64_t times = (*repeats)[static_cast<std::size_t>(i)];
    if (times == Constant::unknown_element) continue;
    if (times < 0) return ctx.mismatch("cannot repeat " + std::to_string(times) + " times");
    if (times == 0) y[i] = 0;
    if (times == 0 || x.shape[i] < 0) continue;
    RECKON_ASSIGN(
        y[i],
        (Checked(x.shape[i]) * Checked(times)).get("an output dimension of Tile", ctx.node().name));
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

void tile_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !fits(ctx.in(0).value->dtype, y)) return;
  const Constant& x = *ctx.in(0).value;
  Constant out = like(x.dtype, y);
  const std::int64_t n = n_elements(out);
  const Walk straight = walk_of(x.shape);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t rest = i, from = 0;
    for (int k = y.rank() - 1; k >= 0; --k) {
      from += rest % y[k] % x.shape[k] * straight.stride[static_cast<std::size_t>(k)];
      rest /= y[k];
    }
    copy_element(x, from, out, i);
  }
  ctx.set_value(0, std::move(out));
}

// An image operand and its block size.
Result<Dim> block_size(const ShapeContext& ctx, const Shape& x) {
  const Dim b = ctx.int_attr("blocksize", 0);
  if (b < 1 || b > (Dim{1} << 30)) return ctx.mismatch("blocksize cannot be " + std::to_string(b));
  if (x.has_rank() && x.rank() != 4)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×H×W");
  return b;
}

// `size` split into `parts`; unknown stays unknown.
Result<Dim> divided(const ShapeContext& ctx, std::string_view what, Dim size, Dim parts) {
  if (size < 0) return unknown_dim;
  if (size % parts != 0)
    return ctx.mismatch(std::string(what) + " is " + std::to_string(size) + ", not a multiple of " +
                        std::to_string(parts));
  return size / parts;
}

Result<Dim> multiplied(const ShapeContext& ctx, Dim size, Dim times) {
  if (size < 0) return unknown_dim;
  return (Checked(size) * Checked(times)).get("an output dimension", ctx.node().name);
}

// x[N,C,H,W] -> y[N,C/b²,H·b,W·b]
Status depth_to_space_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  RECKON_ASSIGN(const Dim b, block_size(ctx, x.shape));
  Shape y = Shape::of_rank(4);
  if (x.shape.has_rank()) {
    y[0] = x.shape[0];
    RECKON_ASSIGN(y[1], divided(ctx, "C", x.shape[1], b * b));
    RECKON_ASSIGN(y[2], multiplied(ctx, x.shape[2], b));
    RECKON_ASSIGN(y[3], multiplied(ctx, x.shape[3], b));
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// x[N,C,H,W] -> y[N,C·b²,H/b,W/b]
Status space_to_depth_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  RECKON_ASSIGN(const Dim b, block_size(ctx, x.shape));
  Shape y = Shape::of_rank(4);
  if (x.shape.has_rank()) {
    y[0] = x.shape[0];
    RECKON_ASSIGN(y[1], multiplied(ctx, x.shape[1], b * b));
    RECKON_ASSIGN(y[2], divided(ctx, "H", x.shape[2], b));
    RECKON_ASSIGN(y[3], divided(ctx, "W", x.shape[3], b));
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Same shape; one length per entry of the batch.
Status reverse_sequence_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape& lengths = ctx.in(1).shape;
  if (x.shape.has_rank()) {
    RECKON_ASSIGN(const int batch, axis_of(ctx, ctx.int_attr("batch_axis", 1), x.shape.rank()));
    RECKON_TRY(axis_of(ctx, ctx.int_attr("time_axis", 0), x.shape.rank()));
    if (lengths.rank() == 1 && !may_equal(lengths[0], x.shape[batch]))
      return ctx.mismatch(std::to_string(lengths[0]) + " sequence lengths for a batch of " +
                          std::to_string(x.shape[batch]));
  }
  ctx.set_out(0, x.dtype, x.shape);
  return {};
}

// Keeps one triangle of each matrix, zero elsewhere.
Status trilu_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (x.shape.has_rank() && x.shape.rank() < 2)
    return ctx.mismatch("the input is " + to_string(x.shape) + "; expected a matrix");
  ctx.set_out(0, x.dtype, x.shape);
  return {};
}

constexpr OpDef rows[] = {
    {.name = "Transpose",
     .signature = "x[*S] -> y[*O]",
     .nature = {OpKind::layout, Space::permutes},
     .shape = transpose_shape,
     .fold = transpose_fold,
     .traits = Trait::carries | Trait::unit_gradient | Trait::strided_view},
    {.name = "Expand",
     .signature = "x[*S] shape:setting[rank_out] -> y[*O]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = expand_shape,
     .fold = expand_fold,
     .traits = Trait::carries | Trait::unit_gradient | Trait::strided_view},
    {.name = "Tile",
     .signature = "x[*S] repeats:setting[rank] -> y[*O]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = tile_shape,
     .fold = tile_fold,
     .traits = Trait::carries},
    {.name = "DepthToSpace",
     .signature = "x[N,C,H,W] -> y[N,C_out,H_out,W_out]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = depth_to_space_shape,
     .traits = Trait::carries},
    {.name = "SpaceToDepth",
     .signature = "x[N,C,H,W] -> y[N,C_out,H_out,W_out]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = space_to_depth_shape,
     .traits = Trait::carries},
    {.name = "ReverseSequence",
     .signature = "x[*S] lengths:setting[N] -> y[*S]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = reverse_sequence_shape},
    {.name = "Trilu",
     .signature = "x[*B,M,N] k:setting[]? -> y[*B,M,N]",
     .nature = {OpKind::layout, Space::pointwise},
     .shape = trilu_shape,
     .traits = Trait::in_place},
};

}  // namespace

constinit const std::span<const OpDef> layout_ops(rows);

}  // namespace reckon
