// Pooling: maxpool, avgpool, adaptive_avgpool, global_avgpool, global_maxpool.
#include "formats/net/layer.h"
#include "formats/net/layer_window.h"

namespace reckon::net {
namespace {

using enum ArgType;

constexpr std::string_view expected_input = "N×channels×spatial dimensions";

Result<ValueId> maxpool(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, expected_input));
  RECKON_ASSIGN(WindowArgs window, window_args(layer, layer.positional(0), 0));
  std::vector<Attr> attrs = window.attrs();
  attrs.push_back({.name = "ceil_mode", .value = std::int64_t{layer.flag("ceil", false)}});
  return layer.node("MaxPool", "", {layer.input()}, attrs);
}

// Counts the padding in the mean, as PyTorch does by default.
Result<ValueId> avgpool(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, expected_input));
  RECKON_ASSIGN(WindowArgs window, window_args(layer, layer.positional(0), 0));
  std::vector<Attr> attrs = window.attrs();
  attrs.push_back({.name = "ceil_mode", .value = std::int64_t{layer.flag("ceil", false)}});
  attrs.push_back({.name = "count_include_pad", .value = std::int64_t{1}});
  return layer.node("AveragePool", "", {layer.input()}, attrs);
}

// stride = floor(in/out), kernel = in − (out − 1)·stride: exact windows where `out` divides `in`,
// else windows of one size where PyTorch's differ by one element here and there.
Result<ValueId> adaptive_avgpool(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, expected_input));
  const int rank = layer.spatial_rank();
  RECKON_ASSIGN(const auto out,
                layer.per_dimension(layer.positional(0), rank, 1, 1, "output size"));
  std::vector<std::int64_t> kernel, stride;
  for (int i = 0; i < rank; ++i) {
    const std::int64_t in = layer.shape()[i + 2], wanted = out[static_cast<std::size_t>(i)];
    if (wanted > in)
      return layer.error("cannot give " + std::to_string(wanted) +
                         " elements along a dimension of " + std::to_string(in));
    stride.push_back(in / wanted);
    kernel.push_back(in - (wanted - 1) * stride.back());
  }
  return layer.node("AveragePool", "", {layer.input()},
                    {{.name = "kernel_shape", .value = std::move(kernel)},
                     {.name = "strides", .value = std::move(stride)}});
}

Result<ValueId> global_avgpool(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, expected_input));
  return layer.node("GlobalAveragePool", "", {layer.input()});
}

Result<ValueId> global_maxpool(Layer& layer) {
  RECKON_TRY(layer.need_rank(3, Shape::max_rank, expected_input));
  return layer.node("GlobalMaxPool", "", {layer.input()});
}

constexpr ArgType size[] = {dims};
constexpr OptionDef max_options[] = {
    {"stride", dims}, {"pad", any}, {"dilation", dims}, {"ceil", flag}};
constexpr OptionDef avg_options[] = {{"stride", dims}, {"pad", any}, {"ceil", flag}};

constexpr LayerDef rows[] = {
    {"maxpool", "MaxPool", "maxpool KERNEL [stride=KERNEL pad=0 dilation=1 ceil=false]", size, 1,
     false, max_options, maxpool},
    {"avgpool", "AvgPool", "avgpool KERNEL [stride=KERNEL pad=0 ceil=false]", size, 1, false,
     avg_options, avgpool},
    {"adaptive_avgpool",
     "AdaptiveAvgPool",
     "adaptive_avgpool SIZE",
     size,
     1,
     false,
     {},
     adaptive_avgpool},
    {"global_avgpool", "GlobalAvgPool", "global_avgpool", {}, 0, false, {}, global_avgpool},
    {"global_maxpool", "GlobalMaxPool", "global_maxpool", {}, 0, false, {}, global_maxpool},
};

}  // namespace

constinit const std::span<const LayerDef> pool_layers(rows);

}  // namespace reckon::net
