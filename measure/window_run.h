// The window of a convolution or pool as LibTorch takes it.
#pragma once

#include "interpreter.h"
#include "ops/window.h"

namespace reckon {

struct RunWindow {
  std::vector<std::int64_t> kernel, stride, dilation, pad;
  // Padding that LibTorch cannot do by itself because the two ends differ, as constant_pad_nd takes
  // it; empty where they are equal.
  std::vector<std::int64_t> extra;
  bool ceil_mode = false;

  at::Tensor padded(const at::Tensor& x, double with) const {
    return extra.empty() ? x : at::constant_pad_nd(x, extra, with);
  }
};

// `weight` is of unknown rank where the node itself says its kernel.
inline RunWindow run_window(RunContext& c, const Shape& weight = {}) {
  const int rank = c.in(0).shape.rank() - 2;
  const auto kernel = weight.has_rank() ? weight.dims().subspan(2) : std::span<const Dim>();
  const auto window = read_window(c, rank, kernel);
  if (!window) throw Refused(window.error().message);
  RunWindow w;
  w.ceil_mode = window->ceil_mode;
  bool differ = false;
  std::vector<std::int64_t> begin, end;
  for (int i = 0; i < rank; ++i) {
    const auto k = static_cast<std::size_t>(i);
    w.kernel.push_back(window->kernel[k]);
    w.stride.push_back(window->stride[k]);
    w.dilation.push_back(window->dilation[k]);
    Dim before = window->pad_begin[k], after = window->pad_end[k];
    const bool lower = window->auto_pad == Window::AutoPad::same_lower;
    if (lower || window->auto_pad == Window::AutoPad::same_upper) {
      const Dim all = std::max<Dim>(0, (c.out(0).shape[i + 2] - 1) * window->stride[k] +
                                           window->extent(i) - c.in(0).shape[i + 2]);
      before = lower ? all - all / 2 : all / 2;
      after = all - before;
    }
    differ = differ || before != after;
    begin.push_back(before);
    end.push_back(after);
  }
  w.pad = begin;
  if (!differ) return w;
  w.pad.assign(begin.size(), 0);
  for (std::size_t i = begin.size(); i-- > 0;) {
    w.extra.push_back(begin[i]);
    w.extra.push_back(end[i]);
  }
  return w;
}

}  // namespace reckon
