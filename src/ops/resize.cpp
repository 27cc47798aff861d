// Resampling a tensor along some of its dimensions.
//
// Counting: an output of a linear interpolation along d dimensions is a weighted sum of 2^d
// neighbours: 2^d products and 2^d − 1 additions (3, 7, 15 for d = 1, 2, 3); of a cubic one, of 4^d
// (7, 31, 127). With antialias the neighbourhood grows with the factor of reduction. The weights
// are computed once per row and column and not counted. Nearest copies and is free.
// The backward pass keeps nothing but sizes (PyTorch, derivatives.yaml: upsample_*).
// Rules: ONNX operator specification, Resize (10, 11, 13, 18, 19) and Upsample (7, 9).
#include <cmath>
#include <string>

#include "ops/count.h"
#include "ops/dims.h"
#include "ops/families.h"
#include "ops/window.h"

namespace reckon {
namespace {

// An operand given as a tensor of no elements counts as absent.
bool given(const OpContext& ctx, int input) {
  const Shape& shape = ctx.in(input).shape;
  return ctx.has_input(input) && !(shape.rank() == 1 && shape[0] == 0);
}

constexpr double largest = 4611686018427387904.0;  // 2^62: beyond it no size is meant

// floor(in · scale), in float32 as the specification's inference and the runtimes compute it: 10
// times the float nearest to 0.7 is 7, though the exact product is a little less.
Result<Dim> scaled(const ShapeContext& ctx, Dim in, double scale) {
  if (!(scale > 0)) return ctx.mismatch("scales must be above 0, not " + std::to_string(scale));
  if (in < 0) return scale == 1 ? in : unknown_dim;
  const float size_f32 = static_cast<float>(in) * static_cast<float>(scale);
  const double size = std::floor(static_cast<double>(size_f32));
  if (!(size < largest))
    return fail(ErrorCode::overflow, "an output dimension is beyond 64 bits",
                std::string(ctx.node().name));
  return static_cast<Dim>(size);
}

// Sizes along `axes` that keep the proportions of the input: the smallest (not_larger) or the
// largest (not_smaller) of the factors asked for, halves rounded up.
Status keep_proportions(const ShapeContext& ctx, const Shape& x, const std::vector<int>& axes,
                        bool not_larger, Shape& y) {
  double factor = -1;
  for (const int i : axes) {
    if (x[i] < 0 || y[i] < 0) {
      for (const int k : axes) y[k] = unknown_dim;
      return {};
    }
    if (x[i] == 0) return ctx.mismatch("dimension " + std::to_string(i) + " is 0");
    const double f = static_cast<double>(y[i]) / static_cast<double>(x[i]);
    if (factor < 0 || (not_larger ? f < factor : f > factor)) factor = f;
  }
  for (const int i : axes) {
    const double size = std::floor(factor * static_cast<double>(x[i]) + 0.5);
    if (!(size < largest))
      return fail(ErrorCode::overflow, "an output dimension is beyond 64 bits",
                  std::string(ctx.node().name));
    y[i] = static_cast<Dim>(size);
  }
  return {};
}

// The dimensions that scales and sizes speak of: those named in `axes` (since 18), else all.
Result<std::vector<int>> resized_axes(const ShapeContext& ctx, int rank) {
  std::vector<int> axes;
  for (const std::int64_t axis : ctx.ints_attr("axes")) {
    RECKON_ASSIGN(const int i, axis_of(ctx, axis, rank));
    axes.push_back(i);
  }
  for (int i = 0; i < rank && !ctx.has_attr("axes"); ++i) axes.push_back(i);
  return axes;
}

Status check_length(const ShapeContext& ctx, std::string_view what, std::size_t has,
                    std::size_t expected) {
  if (has == expected) return {};
  return ctx.mismatch(std::string(what) + " has " + std::to_string(has) + " entries, expected " +
                      std::to_string(expected));
}

Status apply_sizes(const ShapeContext& ctx, int input, const Shape& x, const std::vector<int>& axes,
                   Shape& y) {
  const PartialInts sizes = partial_ints(ctx, input);
  if (sizes) RECKON_TRY(check_length(ctx, "sizes", sizes->size(), axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t size = sizes ? (*sizes)[i] : Constant::unknown_element;
    if (size < 0 && size != Constant::unknown_element)
      return ctx.mismatch("sizes has an entry of " + std::to_string(size));
    y[axes[i]] = size < 0 ? unknown_dim : size;
  }
  const std::string_view policy = ctx.string_attr("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch") return {};
  return keep_proportions(ctx, x, axes, policy == "not_larger", y);
}

Status apply_scales(const ShapeContext& ctx, std::optional<std::span<const double>> scales,
                    const Shape& x, const std::vector<int>& axes, Shape& y) {
  for (const int i : axes) y[i] = unknown_dim;
  if (!scales) return {};
  RECKON_TRY(check_length(ctx, "scales", scales->size(), axes.size()));
  // Cropping to a region of interest: its extent multiplies the scale.
  const bool crops = ctx.string_attr("coordinate_transformation_mode", "") == "tf_crop_and_resize";
  const auto roi = crops ? ctx.const_floats(1) : std::nullopt;
  if (crops && (!roi || roi->size() != 2 * axes.size())) return {};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    double scale = (*scales)[i];
    if (scale != scale) continue;  // NaN: unknown
    if (crops) scale *= (*roi)[i + axes.size()] - (*roi)[i];
    RECKON_ASSIGN(y[axes[i]], scaled(ctx, x[axes[i]], scale));
  }
  return {};
}

// x[*S] roi? scales? sizes? -> y[*O]; opset 10 has x and scales only.
Status resize_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  Shape y = x.shape;
  RECKON_ASSIGN(const auto axes, resized_axes(ctx, y.rank()));
  const int scales = ctx.opset() <= 10 ? 1 : 2;
  if (given(ctx, 3))
    RECKON_TRY(apply_sizes(ctx, 3, x.shape, axes, y));
  else if (given(ctx, scales))
    RECKON_TRY(apply_scales(ctx, ctx.const_floats(scales), x.shape, axes, y));
  else
    return ctx.mismatch("has neither scales nor sizes");
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Scales are an attribute in opset 7, an input in 9.
Status upsample_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  if (!x.shape.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  Shape y = x.shape;
  RECKON_ASSIGN(const auto axes, resized_axes(ctx, y.rank()));
  if (!given(ctx, 1) && !ctx.has_attr("scales")) return ctx.mismatch("has no scales");
  const auto scales =
      ctx.has_input(1) ? ctx.const_floats(1) : std::optional(ctx.floats_attr("scales"));
  RECKON_TRY(apply_scales(ctx, scales, x.shape, axes, y));
  ctx.set_out(0, x.dtype, y);
  return {};
}

// Neighbours that one output is the weighted sum of; unknown when a dimension is.
Dim neighbours(const OpContext& ctx, Dim taps) {
  const Shape &x = ctx.in(0).shape, &y = ctx.out(0).shape;
  if (!x.has_rank() || x.rank() != y.rank()) return unknown_dim;
  const bool antialias = ctx.int_attr("antialias", 0) != 0;
  Checked n = 1;
  for (int i = 0; i < x.rank(); ++i) {
    if (x[i] == y[i] && x[i] >= 0) continue;
    if (x[i] < 0 && y[i] < 0 && i < 2) continue;  // batch and channels are not interpolated
    if (antialias && (x[i] < 0 || y[i] <= 0)) return unknown_dim;
    if (antialias && x[i] > y[i])
      n *= Checked(taps) * (x[i] / y[i]) + taps * (x[i] % y[i] != 0 ? 1 : 0);
    else
      n *= taps;
  }
  return n.ok() ? n.value() : unknown_dim;
}

void resize_cost(const OpContext& ctx, Cost& cost) {
  const std::string_view mode = ctx.string_attr("mode", "nearest");
  if (mode == "nearest") return;
  const Dim n = neighbours(ctx, mode == "cubic" ? 4 : 2);
  if (n == 1) return;  // nothing changes its size: a copy
  const Shape& y = ctx.out(0).shape;
  Term& term = cost.flops.add();
  term.times("operations", n < 0 ? n : (Checked(2) * n - 1).value_or(INT64_MAX));
  if (!y.has_rank()) {
    term.times("elements", unknown_dim);
    return;
  }
  for (int i = 2; i < y.rank(); ++i) term.times(out_name(i - 2, y.rank() - 2), y[i]);
  if (y.rank() > 1) term.times("C", y[1]);
  if (y.rank() > 0) term.times("N", y[0]);
}

constexpr OpDef rows[] = {
    {.name = "Resize",
     .signature = "x[*S] roi:setting[2·rank]? scales:setting[rank]? sizes:setting[rank]? -> y[*O]",
     .nature = {OpKind::resampling, Space::resampled, Functions::simple},
     .shape = resize_shape,
     .cost = resize_cost},
    {.name = "Upsample",
     .signature = "x[*S] scales:setting[rank]? -> y[*O]",
     .nature = {OpKind::resampling, Space::resampled, Functions::simple},
     .shape = upsample_shape,
     .cost = resize_cost},
};

}  // namespace

constinit const std::span<const OpDef> resize_ops(rows);

}  // namespace reckon
