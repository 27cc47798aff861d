// Pooling: a window, or the whole image, reduced to one element per channel.
//
// Counting: one operation per window element and output (a comparison for max, an addition for
// average; the division stands for the addition that the first element does not need). Windows at
// the border count whole, as padding is usually computed.
// Saved: PyTorch, derivatives.yaml (max_pool2d_with_indices, avg_pool2d, max_unpool2d).
// Rules: ONNX operator specification.
#include "ops/pool.h"

#include <string>

#include "ops/axes.h"
#include "ops/count.h"
#include "ops/families.h"
#include "ops/window.h"

namespace reckon {
namespace {

// x[N,C,*S]; unknown rank passes.
Status check_image(const ShapeContext& ctx, const Shape& x) {
  if (x.has_rank() && x.rank() < 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×spatial");
  return {};
}

// A term for each output element, times the elements of the window.
Term& per_window(Figure& figure, const OpContext& ctx, std::string_view label) {
  Term& term = figure.add(label);
  const auto kernel = ctx.ints_attr("kernel_shape");
  const int rank = static_cast<int>(kernel.size());
  for (int i = 0; i < rank; ++i)
    term.times(kernel_name(i, rank), kernel[static_cast<std::size_t>(i)]);
  return term;
}

// N·C·H·W, named as the dimensions of an input or an output.
void times_dims(Term& term, const Shape& shape, std::string_view (*spatial_name)(int i, int rank)) {
  if (!shape.has_rank() || shape.rank() < 2) {
    term.times("elements", unknown_dim);
    return;
  }
  const int rank = shape.rank() - 2;
  term.times("C", shape[1]);
  for (int i = 0; i < rank; ++i) term.times(spatial_name(i, rank), shape[i + 2]);
  term.times("N", shape[0]);
}

Status max_pool_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, pool_output(ctx, ctx.in(0).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  ctx.set_out(1, DType::int64, y);
  return {};
}

Status average_pool_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, pool_output(ctx, ctx.in(0).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void pool_cost(const OpContext& ctx, Cost& cost) {
  add_pool(operations(cost, ctx.in(0).dtype), ctx, ctx.out(0).shape);
}

void indices_saved(const OpContext& ctx, Saved& saved) {
  saved.inputs = 0b1;
  Term& indices = saved.extra_bytes.add("indices", {{"bytes per index", 8}});
  times_dims(indices, ctx.out(0).shape, out_name);
}

void input_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b1;
}

// y = (Σ |x|^p)^(1/p): a power and an addition per window element, a root per output.
void lp_pool_cost(const OpContext& ctx, Cost& cost) {
  times_dims(per_window(cost.flops, ctx, "power").times("operations", 2), ctx.out(0).shape,
             out_name);
  times_dims(cost.flops.add("root"), ctx.out(0).shape, out_name);
}

// dx = dy · sign(x) · (|x| / y)^(p−1)
void lp_pool_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b1;
  saved.outputs = 0b1;
}

// x[N,C,*S] -> y[N,C,1,…]
Status global_pool_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, global_pool_output(ctx, ctx.in(0).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// An addition per input element and a division per output.
void global_average_cost(const OpContext& ctx, Cost& cost) {
  times_dims(cost.flops.add("sum"), ctx.in(0).shape, in_name);
  times_dims(cost.flops.add("division"), ctx.out(0).shape, out_name);
}

void global_max_cost(const OpContext& ctx, Cost& cost) {
  times_dims(operations(cost, ctx.in(0).dtype).add(), ctx.in(0).shape, in_name);
}

// Like LpPool with a window as large as the image.
void global_lp_cost(const OpContext& ctx, Cost& cost) {
  times_dims(cost.flops.add("power").times("operations", 2), ctx.in(0).shape, in_name);
  times_dims(cost.flops.add("root"), ctx.out(0).shape, out_name);
}

// x[N,C,*S] indices[N,C,*S] output_shape? -> y[N,C,*O], O = stride·(S−1) + kernel − pads.
Status max_unpool_shape(ShapeContext& ctx) {
  const Tensor& x = ctx.in(0);
  const Shape& xs = x.shape;
  RECKON_TRY(check_image(ctx, xs));
  const auto kernel = ctx.ints_attr("kernel_shape");
  if (kernel.empty()) return ctx.mismatch("has no kernel_shape");
  if (!xs.has_rank()) {
    ctx.set_out(0, x.dtype, Shape());
    return {};
  }
  Shape y = xs;
  RECKON_ASSIGN(const Window window, read_window(ctx, xs.rank() - 2, kernel));
  const auto wanted = ctx.const_ints(2);
  if (wanted && static_cast<int>(wanted->size()) != xs.rank())
    return ctx.mismatch("output_shape has " + std::to_string(wanted->size()) +
                        " entries, the input " + std::to_string(xs.rank()) + " dimensions");
  for (int i = 0; i < xs.rank(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (ctx.has_input(2)) {
      y[i] = wanted ? (*wanted)[at] : unknown_dim;
      if (wanted && y[i] < 0)
        return ctx.mismatch("output_shape has an entry of " + std::to_string(y[i]));
    } else if (i >= 2 && xs[i] >= 0) {
      const Checked size = Checked(window.stride[at - 2]) * (Checked(xs[i]) - 1) +
                           window.kernel[at - 2] - window.pad_begin[at - 2] -
                           window.pad_end[at - 2];
      RECKON_ASSIGN(y[i], size.get("an output dimension of MaxUnpool", ctx.node().name));
      if (y[i] < 0)
        return ctx.mismatch("the pads leave no output along dimension " + std::to_string(i));
    }
  }
  ctx.set_out(0, x.dtype, y);
  return {};
}

void unpool_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b10;
}

AxisSet spatial_axes(const OpContext&) {
  return all_axes << 2;
}

constexpr OpDef rows[] = {
    {.name = "MaxPool",
     .signature = "x[N,C,*S] -> y[N,C,*O] indices[N,C,*O]?",
     .nature = {OpKind::pooling, Space::window, Functions::simple},
     .shape = max_pool_shape,
     .cost = pool_cost,
     .saved = indices_saved},
    {.name = "AveragePool",
     .signature = "x[N,C,*S] -> y[N,C,*O]",
     .nature = {OpKind::pooling, Space::window, Functions::simple},
     .shape = average_pool_shape,
     .cost = pool_cost,
     .saved = input_saved},
    {.name = "LpPool",
     .signature = "x[N,C,*S] -> y[N,C,*O]",
     .nature = {OpKind::pooling, Space::window, Functions::simple},
     .shape = average_pool_shape,
     .cost = lp_pool_cost,
     .saved = lp_pool_saved},
    // Exported from adaptive_avg_pool2d(1), a mean over dimensions. Measured on PyTorch 1.13: its
    // input stays alive until the backward pass (torch_cpu_step_memory, googlenet: 401,408 B).
    {.name = "GlobalAveragePool",
     .signature = "x[N,C,*S] -> y[N,C,1,…]",
     .nature = {OpKind::pooling, Space::mixes, Functions::simple, spatial_axes},
     .shape = global_pool_shape,
     .cost = global_average_cost,
     .saved = input_saved},
    {.name = "GlobalMaxPool",
     .signature = "x[N,C,*S] -> y[N,C,1,…]",
     .nature = {OpKind::pooling, Space::mixes, Functions::simple, spatial_axes},
     .shape = global_pool_shape,
     .cost = global_max_cost,
     .saved = indices_saved},
    {.name = "GlobalLpPool",
     .signature = "x[N,C,*S] -> y[N,C,1,…]",
     .nature = {OpKind::pooling, Space::mixes, Functions::simple, spatial_axes},
     .shape = global_pool_shape,
     .cost = global_lp_cost,
     .saved = lp_pool_saved},
    {.name = "MaxUnpool",
     .signature = "x[N,C,*S] indices:index[N,C,*S] output_shape:setting[rank]? -> y[N,C,*O]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = max_unpool_shape,
     .saved = unpool_saved},
};

}  // namespace

Result<Shape> pool_output(const ShapeContext& ctx, const Shape& x) {
  RECKON_TRY(check_image(ctx, x));
  const auto kernel = ctx.ints_attr("kernel_shape");
  if (kernel.empty()) return ctx.mismatch("has no kernel_shape");
  if (!x.has_rank()) {
    const bool counted = kernel.size() + 2 <= Shape::max_rank;
    return counted ? Shape::of_rank(static_cast<int>(kernel.size()) + 2) : Shape();
  }
  RECKON_ASSIGN(const Window window, read_window(ctx, x.rank() - 2, kernel));
  Shape y = x;
  for (int i = 0; i < window.rank; ++i) {
    RECKON_ASSIGN(y[i + 2], window_output(ctx, window, i, x[i + 2]));
  }
  return y;
}

Result<Shape> global_pool_output(const ShapeContext& ctx, const Shape& x) {
  RECKON_TRY(check_image(ctx, x));
  Shape y = x;
  for (int i = 2; i < y.rank(); ++i) y[i] = 1;
  return y;
}

void add_pool(Figure& figure, const OpContext& ctx, const Shape& y) {
  times_dims(per_window(figure, ctx, {}), y, out_name);
}

constinit const std::span<const OpDef> pool_ops(rows);

}  // namespace reckon
