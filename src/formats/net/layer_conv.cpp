// Convolutions: conv, conv1d/2d/3d, depthwise, deconv.
#include "base/text.h"
#include "formats/net/layer.h"
#include "formats/net/layer_window.h"

namespace reckon::net {
namespace {

using enum ArgType;

Status divides(const Layer& layer, std::int64_t groups, Dim n_channels, std::string_view what) {
  if (n_channels % groups == 0) return {};
  return layer.error(std::to_string(n_channels) + " " + std::string(what) +
                     " channels do not divide into " + std::to_string(groups) + " groups");
}

struct ConvShape {
  Dim out = 0;
  std::int64_t groups = 1;
  const ArgValue* kernel = nullptr;
};

// w[C_out, C_in/groups, *K]
Result<ValueId> convolve(Layer& layer, const ConvShape& conv) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_TRY(divides(layer, conv.groups, layer.channels(), "input"));
  RECKON_TRY(divides(layer, conv.groups, conv.out, "output"));
  RECKON_ASSIGN(WindowArgs window, window_args(layer, conv.kernel, 1));
  Shape w{conv.out, layer.channels() / conv.groups};
  for (const std::int64_t k : window.kernel) w.push_back(k);
  RECKON_ASSIGN(const ValueId weight, layer.weight("weight", w));
  std::vector<Attr> attrs = window.attrs();
  attrs.push_back({.name = "group", .value = conv.groups});
  if (!layer.flag("bias", true)) return layer.node("Conv", "", {layer.input(), weight}, attrs);
  RECKON_ASSIGN(const ValueId bias, layer.weight("bias", {conv.out}));
  return layer.node("Conv", "", {layer.input(), weight, bias}, attrs);
}

Result<ValueId> conv(Layer& layer) {
  ConvShape shape;
  RECKON_ASSIGN(shape.out, layer.count(layer.positional(0), 1, 1, "number of channels"));
  RECKON_ASSIGN(shape.groups, layer.count(layer.option("groups"), 1, 1, "number of groups"));
  shape.kernel = layer.positional(1);
  return convolve(layer, shape);
}

template <int rank>
Result<ValueId> conv_nd(Layer& layer) {
  constexpr std::string_view expected[] = {"N×C×L", "N×C×H×W", "N×C×D×H×W"};
  RECKON_TRY(layer.need_rank(rank + 2, rank + 2, expected[rank - 1]));
  return conv(layer);
}

Result<ValueId> depthwise(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const std::int64_t multiplier,
                layer.count(layer.option("multiplier"), 1, 1, "multiplier"));
  ConvShape shape;
  shape.groups = layer.channels();
  RECKON_ASSIGN(shape.out, (Checked(shape.groups) * multiplier).get("the number of channels"));
  if (shape.groups < 1) return layer.error("the input has no channels");
  shape.kernel = layer.positional(0);
  return convolve(layer, shape);
}

// w[C_in, C_out/groups, *K]
Result<ValueId> deconv(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, "N×channels×spatial dimensions"));
  RECKON_ASSIGN(const Dim out, layer.count(layer.positional(0), 1, 1, "number of channels"));
  RECKON_ASSIGN(const std::int64_t groups,
                layer.count(layer.option("groups"), 1, 1, "number of groups"));
  RECKON_TRY(divides(layer, groups, layer.channels(), "input"));
  RECKON_TRY(divides(layer, groups, out, "output"));
  RECKON_ASSIGN(WindowArgs window, window_args(layer, layer.positional(1), 1));
  RECKON_ASSIGN(auto extra, layer.per_dimension(layer.option("output_pad"), layer.spatial_rank(), 0,
                                                0, "output padding"));
  Shape w{layer.channels(), out / groups};
  for (const std::int64_t k : window.kernel) w.push_back(k);
  RECKON_ASSIGN(const ValueId weight, layer.weight("weight", w));
  std::vector<Attr> attrs = window.attrs();
  attrs.push_back({.name = "group", .value = groups});
  attrs.push_back({.name = "output_padding", .value = std::move(extra)});
  if (!layer.flag("bias", true))
    return layer.node("ConvTranspose", "", {layer.input(), weight}, attrs);
  RECKON_ASSIGN(const ValueId bias, layer.weight("bias", {out}));
  return layer.node("ConvTranspose", "", {layer.input(), weight, bias}, attrs);
}

constexpr ArgType channels_kernel[] = {integer, dims};
constexpr ArgType kernel_only[] = {dims};
constexpr OptionDef conv_options[] = {
    {"stride", dims}, {"pad", any}, {"dilation", dims}, {"groups", integer}, {"bias", flag}};
constexpr OptionDef depthwise_options[] = {
    {"stride", dims}, {"pad", any}, {"dilation", dims}, {"multiplier", integer}, {"bias", flag}};
constexpr OptionDef deconv_options[] = {{"stride", dims},     {"pad", dims},
                                        {"output_pad", dims}, {"dilation", dims},
                                        {"groups", integer},  {"bias", flag}};
#define RECKON_CONV_USAGE " CHANNELS KERNEL [stride=1 pad=0 dilation=1 groups=1 bias=true]"

constexpr LayerDef rows[] = {
    {"conv", "Conv", "conv" RECKON_CONV_USAGE, channels_kernel, 2, false, conv_options, conv},
    {"conv1d", "Conv", "conv1d" RECKON_CONV_USAGE, channels_kernel, 2, false, conv_options,
     conv_nd<1>},
    {"conv2d", "Conv", "conv2d" RECKON_CONV_USAGE, channels_kernel, 2, false, conv_options,
     conv_nd<2>},
    {"conv3d", "Conv", "conv3d" RECKON_CONV_USAGE, channels_kernel, 2, false, conv_options,
     conv_nd<3>},
    {"depthwise", "Conv", "depthwise KERNEL [stride=1 pad=0 dilation=1 multiplier=1 bias=true]",
     kernel_only, 1, false, depthwise_options, depthwise},
    {"deconv conv_transpose", "ConvTranspose",
     "deconv CHANNELS KERNEL [stride=1 pad=0 output_pad=0 dilation=1 groups=1 bias=true]",
     channels_kernel, 2, false, deconv_options, deconv},
};

}  // namespace

constinit const std::span<const LayerDef> conv_layers(rows);

}  // namespace reckon::net
