// A window that slides over the spatial dimensions: convolution, pooling and their transposes.
#pragma once

#include <array>
#include <string_view>

#include "ops/context.h"

namespace reckon {

struct Window {
  static constexpr int max_rank = Shape::max_rank;
  int rank = 0;  // number of spatial dimensions
  std::array<Dim, max_rank> kernel{}, stride{}, dilation{}, pad_begin{}, pad_end{};
  enum class AutoPad : std::uint8_t { notset, same_upper, same_lower, valid } auto_pad = {};
  bool ceil_mode = false;

  // The extent of the dilated kernel: dilation·(kernel − 1) + 1.
  Dim extent(int i) const;
};

// Reads kernel_shape (or takes `kernel` where the attribute is absent, from the weight), strides,
// dilations, pads, auto_pad and ceil_mode. Fails when a list has the wrong length or a value is
// below 1 (pads: below 0).
Result<Window> read_window(const OpContext& ctx, int spatial_rank, std::span<const Dim> kernel);

// Output size along spatial dimension i for an input of `in` elements; unknown stays unknown.
// SAME padding needs no pads. Fails when the kernel does not fit into the padded input.
// ONNX Conv, AveragePool: floor((in + pads − extent) / stride) + 1, or ceil with ceil_mode, less
// the last window if that would start in the right padding.
Result<Dim> window_output(const OpContext& ctx, const Window& window, int i, Dim in);

// Names of the dimension `i` of `rank` spatial ones, counted from the left.
std::string_view in_name(int i, int rank);      // D H W
std::string_view out_name(int i, int rank);     // D_out H_out W_out
std::string_view kernel_name(int i, int rank);  // k_d k_h k_w

}  // namespace reckon
