// Operators that give the same bytes another shape. None of them computes or moves anything.
//
// Rules: ONNX operator specification, Reshape (allowzero since 14), Flatten, Squeeze and Unsqueeze
// (axes are an attribute before opset 13, an input since).
#include <bitset>
#include <string>

#include "ops/dims.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

// A target shape, and the dimension that it leaves to be found.
struct Target {
  Shape shape;        // unknown where to be found
  int inferred = -1;  // the dimension written as -1
  int n_unknown = 0;  // dimensions that the product must settle, the inferred one included
  int last_unknown = -1;
  std::bitset<Shape::max_rank> copied;  // taken from the input: the product may leave them out
};

Result<Target> read_target(const ShapeContext& ctx, const Shape& x,
                           const std::vector<std::int64_t>& list) {
  const bool zero_is_zero = ctx.int_attr("allowzero", 0) != 0;
  RECKON_TRY(check_rank(ctx, static_cast<std::int64_t>(list.size())));
  Target t;
  t.shape = Shape::of_rank(static_cast<int>(list.size()));
  bool has_zero = false;
  for (int i = 0; i < t.shape.rank(); ++i) {
    const std::int64_t d = list[static_cast<std::size_t>(i)];
    if (d == 0 && !zero_is_zero) {
      if (x.has_rank() && i >= x.rank())
        return ctx.mismatch("the target copies dimension " + std::to_string(i) +
                            ", the input has " + std::to_string(x.rank()));
      if (x.has_rank()) t.shape[i] = x[i];
      t.copied[static_cast<std::size_t>(i)] = true;
      continue;
    }
    has_zero |= d == 0;
    if (d == -1 && t.inferred >= 0)
      return ctx.mismatch("the target leaves dimensions " + std::to_string(t.inferred) + " and " +
                          std::to_string(i) + " to be inferred; one is possible");
    if (d == -1) t.inferred = i;
    if (d == -1 || d == Constant::unknown_element) {
      ++t.n_unknown;
      t.last_unknown = i;
    } else if (d < 0) {
      return ctx.mismatch("the target has a dimension of " + std::to_string(d));
    } else {
      t.shape[i] = d;
    }
  }
  if (has_zero && t.inferred >= 0)
    return ctx.mismatch("the target has both 0 and -1, which allowzero forbids");
  return t;
}

// x[*S] shape[k] -> y[*O]. In the target 0 copies a dimension and -1 is inferred. One unknown
// dimension follows from the number of elements; dimensions that were copied cancel on both sides.
Status reshape_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape& xs = x.shape;
  const PartialInts list = partial_ints(ctx, "shape", 1);
  if (!list) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  RECKON_ASSIGN(Target t, read_target(ctx, xs, *list));
  Checked have = 1, want = 1;
  bool comparable = xs.has_rank(), copies_zero = false;
  for (int i = 0; i < xs.rank(); ++i) {
    if (i < t.shape.rank() && t.copied[static_cast<std::size_t>(i)]) {
      copies_zero |= xs[i] == 0;
      continue;
    }
    if (xs[i] < 0)
      comparable = false;
    else
      have *= xs[i];
  }
  for (int i = 0; i < t.shape.rank(); ++i)
    if (t.shape[i] >= 0 && !t.copied[static_cast<std::size_t>(i)]) want *= t.shape[i];
  RECKON_ASSIGN(const Dim rest, want.get("the number of elements of the target", ctx.node().name));
  if (comparable && t.n_unknown <= 1) {
    RECKON_ASSIGN(const Dim n, have.get("the number of elements of the input", ctx.node().name));
    // A copied 0 does not cancel: with it neither side has an element, whatever the rest is.
    const bool fits = copies_zero        ? true
                      : t.n_unknown == 0 ? n == rest
                      : rest == 0        ? n == 0
                                         : n % rest == 0;
    if (!fits)
      return ctx.mismatch("the input " + to_string(xs) + " does not fit into " +
                          to_string(t.shape) + ": " + std::to_string(n) + " elements against " +
                          (t.n_unknown == 0 ? "" : "a multiple of ") + std::to_string(rest));
    if (t.n_unknown == 1 && rest > 0 && n % rest == 0) t.shape[t.last_unknown] = n / rest;
  }
  ctx.set_out(0, x.dtype, t.shape);
  return {};
}

// x[*S] -> y[S_0·…·S_(axis−1), S_axis·…]
Status flatten_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  Shape y = Shape::of_rank(2);
  if (x.shape.has_rank()) {
    const int rank = x.shape.rank();
    std::int64_t axis = ctx.int_attr("axis", 1);
    if (axis < -rank || axis > rank)
      return ctx.mismatch("axis " + std::to_string(axis) + " is outside of " +
                          std::to_string(rank) + " dimensions");
    if (axis < 0) axis += rank;
    const auto dims = x.shape.dims();
    const auto at = static_cast<std::size_t>(axis);
    RECKON_ASSIGN(y[0], total(ctx, dims.first(at), "a flattened dimension"));
    RECKON_ASSIGN(y[1], total(ctx, dims.subspan(at), "a flattened dimension"));
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Removes the axes, each of which must be 1; all dimensions of 1 where no axes are given.
Status squeeze_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const auto axes = ctx.ints_from("axes", 1);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  const int rank = x.shape.rank();
  if (!axes.known) {
    const Shape& n = ctx.in(1).shape;
    const bool counted = n.is_static() && n.rank() == 1 && n[0] <= rank;
    ctx.set_out(0, x.dtype, counted ? Shape::of_rank(rank - static_cast<int>(n[0])) : Shape());
    return {};
  }
  std::bitset<Shape::max_rank> gone;
  for (const std::int64_t axis : axes.values) {
    RECKON_ASSIGN(const int i, axis_of(ctx, axis, rank));
    if (x.shape[i] >= 0 && x.shape[i] != 1)
      return ctx.mismatch("dimension " + std::to_string(i) + " is " + std::to_string(x.shape[i]) +
                          ", only 1 can be squeezed");
    gone[static_cast<std::size_t>(i)] = true;
  }
  for (int i = 0; i < rank && !axes.present; ++i) {
    if (x.shape[i] == unknown_dim) {
      ctx.set_out(0, x.dtype, Shape());
      return {};
    }
    gone[static_cast<std::size_t>(i)] = x.shape[i] == 1;
  }
  Shape y = Shape::of_rank(0);
  for (int i = 0; i < rank; ++i)
    if (!gone[static_cast<std::size_t>(i)]) y.push_back(x.shape[i]);
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Inserts a 1 at each of the axes, which count in the output.
Status unsqueeze_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const auto axes = ctx.ints_from("axes", 1);
  if (!axes.present) return ctx.mismatch("has no axes");
  if (!x.shape.has_rank() || !axes.known) {
    const Shape& n = ctx.in(1).shape;
    const bool counted = x.shape.has_rank() && n.is_static() && n.rank() == 1 &&
                         n[0] <= Shape::max_rank - x.shape.rank();
    ctx.set_out(0, x.dtype,
                counted ? Shape::of_rank(x.shape.rank() + static_cast<int>(n[0])) : Shape());
    return {};
  }
  const std::int64_t rank = x.shape.rank() + static_cast<std::int64_t>(axes.values.size());
  RECKON_TRY(check_rank(ctx, rank));
  std::bitset<Shape::max_rank> made;
  for (const std::int64_t axis : axes.values) {
    RECKON_ASSIGN(const int i, axis_of(ctx, axis, static_cast<int>(rank)));
    if (made[static_cast<std::size_t>(i)])
      return ctx.mismatch("axis " + std::to_string(i) + " is named twice");
    made[static_cast<std::size_t>(i)] = true;
  }
  Shape y = Shape::of_rank(static_cast<int>(rank));
  for (int i = 0, from = 0; i < y.rank(); ++i)
    y[i] = made[static_cast<std::size_t>(i)] ? 1 : x.shape[from++];
  ctx.set_out(0, x.dtype, y);
  return {};
}

// The elements stay as they are.
void view_fold(ShapeContext& ctx) {
  const Shape& y = ctx.out(0).shape;
  if (!foldable(ctx, 0) || !y.is_static()) return;
  const Constant& x = *ctx.in(0).value;
  if (y.elements() == x.shape.elements()) ctx.set_value(0, reshaped(x, y));
}

constexpr OpDef row(std::string_view name, std::string_view signature, ShapeFn shape) {
  return {.name = name,
          .signature = signature,
          .nature = {OpKind::layout, Space::reshapes},
          .shape = shape,
          .fold = view_fold,
          .traits = Trait::carries | Trait::unit_gradient | Trait::view};
}

constexpr OpDef rows[] = {
    row("Reshape", "x[*S] shape:setting[rank_out]? -> y[*O]", reshape_shape),
    row("Flatten", "x[*S] -> y[S_before,S_after]", flatten_shape),
    row("Squeeze", "x[*S] axes:setting[k]? -> y[*O]", squeeze_shape),
    row("Unsqueeze", "x[*S] axes:setting[k]? -> y[*O]", unsqueeze_shape),
};

}  // namespace

constinit const std::span<const OpDef> reshape_ops(rows);

}  // namespace reckon
