// Convolutions, in one to three dimensions.
#include "interpreter.h"
#include "window_run.h"

namespace reckon {
namespace {

void conv(RunContext& c) {
  const RunWindow w = run_window(c, c.in(1).shape);
  const at::Tensor padded = w.padded(c.x(0), 0);
  c.set(0, at::convolution(padded, c.x(1), c.optional_x(2), w.stride, w.pad, w.dilation, false,
                           std::vector<std::int64_t>(w.stride.size(), 0), c.int_attr("group", 1)));
}

void conv_transpose(RunContext& c) {
  const RunWindow w = run_window(c, c.in(1).shape);
  if (!w.extra.empty()) throw Refused("a transposed convolution with unequal padding is not run");
  std::vector<std::int64_t> more(w.stride.size(), 0);
  const auto given = c.ints_attr("output_padding");
  if (given.size() == more.size()) more.assign(given.begin(), given.end());
  c.set(0, at::convolution(c.x(0), c.x(1), c.optional_x(2), w.stride, w.pad, w.dilation, true, more,
                           c.int_attr("group", 1)));
}

constexpr RunRow rows[] = {{"Conv", conv}, {"ConvTranspose", conv_transpose}};

}  // namespace

std::span<const RunRow> conv_runs() {
  return rows;
}

}  // namespace reckon
