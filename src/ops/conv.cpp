// Convolution over any number of spatial dimensions.
//
// The backward pass reads x (for dw) and w (for dx); y is not kept. Weight, group and padding
// rules: ONNX operator specification, Conv and ConvTranspose.
#include "ops/conv.h"

#include <string>

#include "ops/families.h"
#include "ops/window.h"

namespace reckon {
namespace {

std::span<const Dim> spatial(const Shape& shape) {
  return shape.dims().subspan(2);
}

// Shapes that both directions demand: x[N,C,*S] and w with as many spatial dimensions.
Status check_operands(const ShapeContext& ctx, const Shape& x, const Shape& w) {
  if (x.has_rank() && x.rank() < 3)
    return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×spatial");
  if (w.has_rank() && w.rank() < 3)
    return ctx.mismatch("the weight is " + to_string(w) + "; expected at least three dimensions");
  if (x.has_rank() && w.has_rank() && x.rank() != w.rank())
    return ctx.mismatch("the input is " + to_string(x) + ", the weight " + to_string(w) +
                        ": different numbers of spatial dimensions");
  return {};
}

Status channels_differ(const ShapeContext& ctx, Dim has, Dim expects, Dim group) {
  return ctx.mismatch("the input has " + std::to_string(has) + " channels, the weight expects " +
                      std::to_string(expects) +
                      (group > 1 ? " (in " + std::to_string(group) + " groups)" : ""));
}

Result<Dim> read_group(const ShapeContext& ctx) {
  const Dim group = ctx.int_attr("group", 1);
  if (group < 1) return ctx.mismatch("group must be at least 1, not " + std::to_string(group));
  return group;
}

// x[N,C_in,*S] w[C_out,C_in/g,*K] -> y[N,C_out,*O]
Status conv_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, conv_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void conv_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_conv(cost, ctx.in(1).shape, y, 0, 1);
  if (!ctx.has_input(2) || !y.has_rank()) return;
  const int rank = y.rank() - 2;
  Term& bias = cost.flops.add("bias", {{"C_out", y[1]}});
  for (int i = 0; i < rank; ++i) bias.times(out_name(i, rank), y[i + 2]);
  bias.times("N", y[0]);
}

Status conv_transpose_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, conv_transpose_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void conv_transpose_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_conv_transpose(cost, ctx.in(0).shape, ctx.in(1).shape);
  if (!ctx.has_input(2) || !y.has_rank()) return;
  const int rank = y.rank() - 2;
  Term& bias = cost.flops.add("bias", {{"C_out", y[1]}});
  for (int i = 0; i < rank; ++i) bias.times(out_name(i, rank), y[i + 2]);
  bias.times("N", y[0]);
}

void conv_saved(const OpContext&, Saved& saved) {
  saved.inputs = 0b11;
}

constexpr OpDef rows[] = {
    {.name = "Conv",
     .signature = "x[N,C_in,*S] w:weight[C_out,C_in/g,*K] b:weight[C_out]? -> y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::window, Functions::simple},
     .shape = conv_shape,
     .cost = conv_cost,
     .saved = conv_saved},
    {.name = "ConvTranspose",
     .signature = "x[N,C_in,*S] w:weight[C_in,C_out/g,*K] b:weight[C_out]? -> y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::transposed_window, Functions::simple},
     .shape = conv_transpose_shape,
     .cost = conv_transpose_cost,
     .saved = conv_saved},
};

}  // namespace

Result<Shape> conv_output(const ShapeContext& ctx, const Shape& xs, const Shape& ws) {
  RECKON_TRY(check_operands(ctx, xs, ws));
  RECKON_ASSIGN(const Dim group, read_group(ctx));
  if (!xs.has_rank()) return ws.has_rank() ? Shape::of_rank(ws.rank()) : Shape();
  Shape y = Shape::of_rank(xs.rank());
  y[0] = xs[0];
  const int rank = xs.rank() - 2;
  if (ws.has_rank()) {
    const Checked expects = Checked(ws[1]) * Checked(group);
    if (xs[1] >= 0 && ws[1] >= 0 && !(expects == Checked(xs[1])))
      RECKON_TRY(channels_differ(ctx, xs[1], expects.value_or(-1), group));
    if (ws[0] >= 0 && ws[0] % group != 0)
      return ctx.mismatch(std::to_string(ws[0]) + " output channels do not divide into " +
                          std::to_string(group) + " groups");
    y[1] = ws[0];
  }
  if (ws.has_rank() || ctx.has_attr("kernel_shape")) {
    const Shape kernel = ws.has_rank() ? Shape(spatial(ws)) : Shape::of_rank(rank);
    RECKON_ASSIGN(const Window window, read_window(ctx, rank, kernel.dims()));
    for (int i = 0; i < rank; ++i) {
      RECKON_ASSIGN(y[i + 2], window_output(ctx, window, i, xs[i + 2]));
    }
  }
  return y;
}

// Each output element is a dot product over C_in/g channels and one kernel window.
void add_conv(Cost& cost, const Shape& w, const Shape& y, int input_x, int input_w) {
  Term& macs = cost.macs.add();
  macs.operand_a = static_cast<std::int8_t>(input_x);
  macs.operand_b = static_cast<std::int8_t>(input_w);
  if (!w.has_rank() || !y.has_rank()) {
    macs.times("C_in/g", unknown_dim);
    return;
  }
  const int rank = y.rank() - 2;
  macs.times("C_in/g", w[1]);
  for (int i = 0; i < rank; ++i) macs.times(kernel_name(i, rank), w[i + 2]);
  macs.times("C_out", y[1]);
  for (int i = 0; i < rank; ++i) macs.times(out_name(i, rank), y[i + 2]);
  macs.times("N", y[0]);
}

// x[N,C_in,*S] w[C_in,C_out/g,*K] -> y[N,C_out,*O], O = stride·(S−1) + output_padding + extent −
// pads.
Result<Shape> conv_transpose_output(const ShapeContext& ctx, const Shape& xs, const Shape& ws) {
  RECKON_TRY(check_operands(ctx, xs, ws));
  RECKON_ASSIGN(const Dim group, read_group(ctx));
  if (!xs.has_rank() || !ws.has_rank()) {
    const int known = std::max(xs.rank(), ws.rank());
    return known < 0 ? Shape() : Shape::of_rank(known);
  }
  if (xs[1] >= 0 && ws[0] >= 0 && xs[1] != ws[0])
    RECKON_TRY(channels_differ(ctx, xs[1], ws[0], group));
  const int rank = xs.rank() - 2;
  RECKON_ASSIGN(const Window window, read_window(ctx, rank, spatial(ws)));
  const auto extra = ctx.ints_attr("output_padding");
  const auto wanted = ctx.ints_attr("output_shape");
  for (const auto list : {extra, wanted})
    if (!list.empty() && static_cast<int>(list.size()) != rank)
      return ctx.mismatch("output_padding and output_shape need " + std::to_string(rank) +
                          " entries");
  Shape y = Shape::of_rank(xs.rank());
  y[0] = xs[0];
  y[1] = product(std::array<Dim, 2>{ws[1], group});
  for (int i = 0; i < rank; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (!wanted.empty()) {
      y[i + 2] = wanted[at];
    } else if (xs[i + 2] >= 0 && window.kernel[at] >= 0) {
      const Dim padding = extra.empty() ? 0 : extra[at];
      const Checked spread = Checked(window.stride[at]) * (xs[i + 2] - 1);
      const bool same = window.auto_pad == Window::AutoPad::same_upper ||
                        window.auto_pad == Window::AutoPad::same_lower;
      const Checked size =
          same ? Checked(window.stride[at]) * xs[i + 2]
               : spread + padding + window.extent(i) - window.pad_begin[at] - window.pad_end[at];
      RECKON_ASSIGN(y[i + 2], size.get("an output dimension of ConvTranspose", ctx.node().name));
    }
    if (y[i + 2] < 0 && y[i + 2] != unknown_dim)
      return ctx.mismatch("the pads leave no output along dimension " + std::to_string(i + 2));
  }
  return y;
}

// Each input element is multiplied into one kernel window of C_out/g channels.
void add_conv_transpose(Cost& cost, const Shape& x, const Shape& w) {
  Term& macs = cost.macs.add();
  macs.operand_a = 0;
  macs.operand_b = 1;
  if (!w.has_rank() || x.rank() != w.rank()) {
    macs.times("C_out/g", unknown_dim);
    return;
  }
  const int rank = x.rank() - 2;
  macs.times("C_out/g", w[1]);
  for (int i = 0; i < rank; ++i) macs.times(kernel_name(i, rank), w[i + 2]);
  macs.times("C_in", x[1]);
  for (int i = 0; i < rank; ++i) macs.times(in_name(i, rank), x[i + 2]);
  macs.times("N", x[0]);
}

constinit const std::span<const OpDef> conv_ops(rows);

}  // namespace reckon
