// Pooling, in one to three dimensions.
#include <limits>

#include "window_run.h"

namespace reckon {
namespace {

void max_pool(RunContext& c) {
  if (c.has_output(1)) throw Refused("MaxPool with indices as a result is not run");
  const RunWindow w = run_window(c);
  const at::Tensor x = w.padded(c.x(0), -std::numeric_limits<double>::infinity());
  switch (w.kernel.size()) {
    case 1:
      return c.set(0, at::max_pool1d(x, w.kernel, w.stride, w.pad, w.dilation, w.ceil_mode));
    case 2:
      return c.set(0, at::max_pool2d(x, w.kernel, w.stride, w.pad, w.dilation, w.ceil_mode));
    case 3:
      return c.set(0, at::max_pool3d(x, w.kernel, w.stride, w.pad, w.dilation, w.ceil_mode));
    default:
      throw Refused("MaxPool in more than three dimensions is not run");
  }
}

void average_pool(RunContext& c) {
  const RunWindow w = run_window(c);
  const bool counts_padding = c.int_attr("count_include_pad", 0) != 0;
  if (!w.extra.empty() && !counts_padding)
    throw Refused("AveragePool with unequal padding that does not count is not run");
  for (const std::int64_t d : w.dilation)
    if (d != 1) throw Refused("AveragePool with dilation is not run");
  const at::Tensor x = w.padded(c.x(0), 0);
  switch (w.kernel.size()) {
    case 1:
      return c.set(0, at::avg_pool1d(x, w.kernel, w.stride, w.pad, w.ceil_mode, counts_padding));
    case 2:
      return c.set(0, at::avg_pool2d(x, w.kernel, w.stride, w.pad, w.ceil_mode, counts_padding));
    case 3:
      return c.set(0, at::avg_pool3d(x, w.kernel, w.stride, w.pad, w.ceil_mode, counts_padding));
    default:
      throw Refused("AveragePool in more than three dimensions is not run");
  }
}

void global_average_pool(RunContext& c) {
  switch (c.in(0).shape.rank()) {
    case 3:
      return c.set(0, at::adaptive_avg_pool1d(c.x(0), {1}));
    case 4:
      return c.set(0, at::adaptive_avg_pool2d(c.x(0), {1, 1}));
    case 5:
      return c.set(0, at::adaptive_avg_pool3d(c.x(0), {1, 1, 1}));
    default:
      throw Refused("GlobalAveragePool in more than three dimensions is not run");
  }
}

void global_max_pool(RunContext& c) {
  switch (c.in(0).shape.rank()) {
    case 3:
      return c.set(0, std::get<0>(at::adaptive_max_pool1d(c.x(0), {1})));
    case 4:
      return c.set(0, std::get<0>(at::adaptive_max_pool2d(c.x(0), {1, 1})));
    case 5:
      return c.set(0, std::get<0>(at::adaptive_max_pool3d(c.x(0), {1, 1, 1})));
    default:
      throw Refused("GlobalMaxPool in more than three dimensions is not run");
  }
}

void resize(RunContext& c) {
  const std::string_view mode = c.string_attr("mode", "nearest");
  const std::string_view coordinates =
      c.string_attr("coordinate_transformation_mode", "half_pixel");
  const auto out = c.sizes_of_output();
  if (out.size() < 3 || out[0] != c.in(0).shape[0] || out[1] != c.in(0).shape[1])
    throw Refused("Resize of batch or channels is not run");
  const std::vector<std::int64_t> to(out.begin() + 2, out.end());
  const bool corners = coordinates == "align_corners";
  if (mode == "nearest" && to.size() == 1) return c.set(0, at::upsample_nearest1d(c.x(0), to));
  if (mode == "nearest" && to.size() == 2) return c.set(0, at::upsample_nearest2d(c.x(0), to));
  if (mode == "nearest" && to.size() == 3) return c.set(0, at::upsample_nearest3d(c.x(0), to));
  if (mode == "linear" && to.size() == 1)
    return c.set(0, at::upsample_linear1d(c.x(0), to, corners));
  if (mode == "linear" && to.size() == 2)
    return c.set(0, at::upsample_bilinear2d(c.x(0), to, corners));
  if (mode == "linear" && to.size() == 3)
    return c.set(0, at::upsample_trilinear3d(c.x(0), to, corners));
  if (mode == "cubic" && to.size() == 2)
    return c.set(0, at::upsample_bicubic2d(c.x(0), to, corners));
  throw Refused("Resize in mode " + std::string(mode) + " over " + std::to_string(to.size()) +
                " dimensions is not run");
}

constexpr RunRow rows[] = {
    {"MaxPool", max_pool},
    {"AveragePool", average_pool},
    {"GlobalAveragePool", global_average_pool},
    {"GlobalMaxPool", global_max_pool},
    {"Resize", resize},
    {"Upsample", resize},
};

}  // namespace

std::span<const RunRow> pool_runs() {
  return rows;
}

}  // namespace reckon
