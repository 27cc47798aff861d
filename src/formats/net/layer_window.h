// The window arguments that convolutions and pools share.
#pragma once

#include <vector>

#include "formats/net/layer.h"

namespace reckon::net {

struct WindowArgs {
  std::vector<std::int64_t> kernel, stride, dilation, pads;  // pads: all begins, then all ends

  std::vector<Attr> attrs() const {
    return {{.name = "kernel_shape", .value = kernel},
            {.name = "strides", .value = stride},
            {.name = "dilations", .value = dilation},
            {.name = "pads", .value = pads}};
  }
};

// Reads KERNEL, stride=, pad= and dilation= for the spatial dimensions of the input. `stride` 0
// means: as large as the kernel. pad=same keeps the size at stride 1.
inline Result<WindowArgs> window_args(const Layer& layer, const ArgValue* kernel,
                                      std::int64_t stride) {
  const int rank = layer.spatial_rank();
  WindowArgs window;
  RECKON_ASSIGN(window.kernel, layer.per_dimension(kernel, rank, 1, 1, "kernel"));
  RECKON_ASSIGN(window.stride,
                layer.per_dimension(layer.option("stride"), rank, 1, stride, "stride"));
  if (layer.option("stride") == nullptr && stride == 0) window.stride = window.kernel;
  RECKON_ASSIGN(window.dilation,
                layer.per_dimension(layer.option("dilation"), rank, 1, 1, "dilation"));
  const ArgValue* pad = layer.option("pad");
  if (pad != nullptr && pad->word == "same") {
    std::vector<std::int64_t> ends;
    for (std::size_t i = 0; i < window.kernel.size(); ++i) {
      RECKON_ASSIGN(const std::int64_t total,
                    (Checked(window.dilation[i]) * (window.kernel[i] - 1)).get("the padding"));
      window.pads.push_back(total / 2);
      ends.push_back(total - total / 2);
    }
    window.pads.insert(window.pads.end(), ends.begin(), ends.end());
    return window;
  }
  RECKON_ASSIGN(window.pads, layer.per_dimension(pad, rank, 0, 0, "padding"));
  window.pads.insert(window.pads.end(), window.pads.begin(), window.pads.begin() + rank);
  return window;
}

}  // namespace reckon::net
