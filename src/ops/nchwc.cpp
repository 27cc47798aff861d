// Images in blocks of channels (com.microsoft.nchwc) and channels last (com.ms.internal.nhwc): what
// ONNX Runtime writes when it saves a graph that it has laid out for one processor.
//
// A tensor keeps the dimensions N×C×spatial, its channels rounded up to the block of the processor
// that saved the file (8 with AVX2 and NEON, 16 with AVX-512): what is counted is what such a
// kernel computes, padding included. ReorderInput does not say which block it pads to; only a
// number of channels that 16 divides is sure to stay. Definitions: nchwc_schema_defs.cc.
#include <string>

#include "ops/activation_cost.h"
#include "ops/channels.h"
#include "ops/conv.h"
#include "ops/pointwise.h"
#include "ops/pool.h"
#include "ops/runtime_families.h"

namespace reckon {
namespace {

constexpr Dim largest_block = 16;

Status check_image(const ShapeContext& ctx, const Shape& x) {
  if (!x.has_rank() || x.rank() >= 3) return {};
  return ctx.mismatch("the input is " + to_string(x) + "; expected N×C×spatial");
}

Status reorder_input_shape(ShapeContext& ctx) {
  RECKON_TRY(check_image(ctx, ctx.in(0).shape));
  Shape y = image_of(ctx, ctx.in(0).shape);
  if (y.rank() > 1 && y[1] >= 0 && y[1] % largest_block != 0) y[1] = unknown_dim;
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

Status reorder_output_shape(ShapeContext& ctx) {
  RECKON_TRY(check_image(ctx, ctx.in(0).shape));
  const Dim channels = ctx.int_attr("channels", 0);
  if (channels < 1)
    return ctx.mismatch("channels must be at least 1, not " + std::to_string(channels));
  Shape y = ctx.in(0).shape;
  if (y.has_rank()) y[1] = channels;
  ctx.set_out(0, ctx.in(0).dtype, layout_of(ctx, y));
  return {};
}

// x w bias? sum?
Status conv_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, conv_output(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

void conv_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_conv(cost, ctx.in(1).shape, y, 0, 1);
  if (ctx.has_input(2)) count_elements(cost.flops, "bias", y);
  if (ctx.has_input(3)) count_elements(cost.flops, "sum", y);
  add_activation(ctx, cost);
}

template <bool Last, bool Global>
Status pool_shape(ShapeContext& ctx) {
  const Shape x = Last ? channels_second(ctx.in(0).shape) : ctx.in(0).shape;
  RECKON_ASSIGN(const Shape y, Global ? global_pool_output(ctx, x) : pool_output(ctx, x));
  ctx.set_out(0, ctx.in(0).dtype, Last ? channels_last(y) : y);
  return {};
}

template <bool Last>
void pool_cost(const OpContext& ctx, Cost& cost) {
  const Shape& y = ctx.out(0).shape;
  add_pool(operations(cost, ctx.in(0).dtype), ctx, Last ? channels_second(y) : y);
}

// An addition or comparison per input element, and a division per mean.
template <bool Mean>
void global_cost(const OpContext& ctx, Cost& cost) {
  Figure& figure = operations(cost, ctx.in(0).dtype);
  count_elements(figure, Mean ? "sum" : "", ctx.in(0).shape);
  if (Mean) count_elements(figure, "division", ctx.out(0).shape);
}

// Integer scales, one per dimension.
Status upsample_shape(ShapeContext& ctx) {
  Shape y = ctx.in(0).shape;
  const auto scales = ctx.ints_attr("scales");
  if (y.has_rank() && !scales.empty() && static_cast<int>(scales.size()) != y.rank())
    return ctx.mismatch("scales has " + std::to_string(scales.size()) + " entries, expected " +
                        std::to_string(y.rank()));
  for (int i = 0; i < y.rank(); ++i) {
    const Dim scale = scales.empty() ? unknown_dim : scales[static_cast<std::size_t>(i)];
    if (!scales.empty() && scale < 1)
      return ctx.mismatch("scales has an entry of " + std::to_string(scale));
    y[i] = multiply(y[i], scale);
  }
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

// Nearest copies; linear is a weighted sum of four neighbours (resize.cpp).
void upsample_cost(const OpContext& ctx, Cost& cost) {
  if (ctx.string_attr("mode", "nearest") == "linear")
    count_elements(cost.flops, {}, ctx.out(0).shape, 7);
}

std::optional<std::uint32_t> spatial_axes(const OpContext& ctx) {
  const int rank = ctx.in(0).shape.rank();
  if (rank < 2) return std::nullopt;
  return (std::uint32_t{1} << rank) - 4;
}

constexpr std::string_view blocked = "com.microsoft.nchwc";
constexpr std::string_view last = "com.ms.internal.nhwc";

// Windows of a blocked image, or of one with its channels last.
template <bool Last>
constexpr OpDef pool(std::string_view name, std::string_view domain) {
  return {
      .name = name,
      .signature = Last ? "x[N,*S,C] -> y[N,*O,C]" : "x[N,C,*S] -> y[N,C,*O]",
      .nature = {OpKind::pooling, Last ? Space::not_modelled : Space::window, Functions::simple},
      .shape = pool_shape<Last, false>,
      .cost = pool_cost<Last>,
      .saved = keeps<1>,
      .domain = domain};
}
// All of each channel.
template <bool Last, bool Mean>
constexpr OpDef global_pool(std::string_view name, std::string_view domain) {
  return {.name = name,
          .signature = Last ? "x[N,*S,C] -> y[N,1,…,C]" : "x[N,C,*S] -> y[N,C,1,…]",
          .nature = {OpKind::pooling, Last ? Space::not_modelled : Space::mixes, Functions::simple,
                     Last ? nullptr : spatial_axes},
          .shape = pool_shape<Last, true>,
          .cost = global_cost<Mean>,
          .saved = keeps<1>,
          .domain = domain};
}

constexpr OpDef rows[] = {
    {.name = "ReorderInput",
     .signature = "x[N,C,*S] -> y[N,C,*S]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = reorder_input_shape,
     .domain = blocked},
    {.name = "ReorderOutput",
     .signature = "x[N,C,*S] -> y[N,C,*S]",
     .nature = {OpKind::layout, Space::not_modelled},
     .shape = reorder_output_shape,
     .domain = blocked},
    {.name = "Conv",
     .signature = "x[N,C_in,*S] w:weight[C_out,C_in/g,*K] b:weight[C_out]? sum[N,C_out,*O]? -> "
                  "y[N,C_out,*O]",
     .nature = {OpKind::convolution, Space::window, Functions::simple},
     .shape = conv_shape,
     .cost = conv_cost,
     .saved = keeps<0b11>,
     .domain = blocked},
    pool<false>("MaxPool", blocked),
    pool<false>("AveragePool", blocked),
    global_pool<false, false>("GlobalMaxPool", blocked),
    global_pool<false, true>("GlobalAveragePool", blocked),
    {.name = "Upsample",
     .signature = "x[N,C,*S] -> y[N,C,*O]",
     .nature = {OpKind::resampling, Space::resampled, Functions::simple},
     .shape = upsample_shape,
     .cost = upsample_cost,
     .domain = blocked},
    pool<true>("MaxPool", last),
    pool<true>("AveragePool", last),
    global_pool<true, false>("GlobalMaxPool", last),
    global_pool<true, true>("GlobalAveragePool", last),
    {.name = "NhwcMaxPool",
     .signature = "x[N,*S,C] -> y[N,*O,C]",
     .nature = {OpKind::pooling, Space::not_modelled, Functions::simple},
     .shape = pool_shape<true, false>,
     .cost = pool_cost<true>,
     .domain = "com.microsoft"},
};

}  // namespace

constinit const std::span<const OpDef> nchwc_ops(rows);

}  // namespace reckon
