#include "ops/window.h"

namespace reckon {
namespace {

constexpr std::string_view in_names[] = {"D", "H", "W"};
constexpr std::string_view out_names[] = {"D_out", "H_out", "W_out"};
constexpr std::string_view kernel_names[] = {"k_d", "k_h", "k_w"};

// The last three dimensions have letters of their own; anything before them is "extra".
std::string_view pick(const std::string_view (&names)[3], int i, int rank) {
  const int from_right = rank - 1 - i;
  return from_right < 3 ? names[2 - from_right] : "S";
}

// Pads and shapes beyond this would overflow sums of three of them.
constexpr Dim largest = INT64_MAX / 8;

Status read_list(const OpContext& ctx, std::string_view name, int rank, Dim lowest,
                 std::array<Dim, Window::max_rank>& out, Dim otherwise) {
  const auto list = ctx.ints_attr(name);
  if (!list.empty() && static_cast<int>(list.size()) != rank)
    return ctx.mismatch(std::string(name) + " has " + std::to_string(list.size()) +
                        " entries, the input has " + std::to_string(rank) + " spatial dimensions");
  for (int i = 0; i < rank; ++i) {
    const auto at = static_cast<std::size_t>(i);
    out[at] = list.empty() ? otherwise : list[at];
    if (out[at] < lowest || out[at] > largest)
      return ctx.mismatch(std::string(name) + " cannot be " + std::to_string(out[at]));
  }
  return {};
}

}  // namespace

Dim Window::extent(int i) const {
  const auto at = static_cast<std::size_t>(i);
  const Checked e = Checked(dilation[at]) * (kernel[at] - 1) + Checked(1);
  return e.value_or(INT64_MAX);
}

Result<Window> read_window(const OpContext& ctx, int spatial_rank, std::span<const Dim> kernel) {
  Window w;
  w.rank = spatial_rank;
  RECKON_TRY(read_list(ctx, "strides", spatial_rank, 1, w.stride, 1));
  RECKON_TRY(read_list(ctx, "dilations", spatial_rank, 1, w.dilation, 1));
  if (ctx.has_attr("kernel_shape")) {
    RECKON_TRY(read_list(ctx, "kernel_shape", spatial_rank, 1, w.kernel, 1));
  } else {
    for (int i = 0; i < spatial_rank && i < static_cast<int>(kernel.size()); ++i)
      w.kernel[static_cast<std::size_t>(i)] = kernel[static_cast<std::size_t>(i)];
  }
  const auto pads = ctx.ints_attr("pads");
  if (!pads.empty() && static_cast<int>(pads.size()) != 2 * spatial_rank)
    return ctx.mismatch("pads has " + std::to_string(pads.size()) + " entries, expected " +
                        std::to_string(2 * spatial_rank));
  for (int i = 0; i < spatial_rank && !pads.empty(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    w.pad_begin[at] = pads[at];
    w.pad_end[at] = pads[at + static_cast<std::size_t>(spatial_rank)];
    if (w.pad_begin[at] < 0 || w.pad_end[at] < 0 || w.pad_begin[at] > largest ||
        w.pad_end[at] > largest)
      return ctx.mismatch("pads must not be negative");
  }
  const std::string_view auto_pad = ctx.string_attr("auto_pad", "NOTSET");
  if (auto_pad == "SAME_UPPER")
    w.auto_pad = Window::AutoPad::same_upper;
  else if (auto_pad == "SAME_LOWER")
    w.auto_pad = Window::AutoPad::same_lower;
  else if (auto_pad == "VALID")
    w.auto_pad = Window::AutoPad::valid;
  w.ceil_mode = ctx.int_attr("ceil_mode", 0) != 0;
  return w;
}

Result<Dim> window_output(const OpContext& ctx, const Window& w, int i, Dim in) {
  const auto at = static_cast<std::size_t>(i);
  if (in < 0 || w.kernel[at] < 0) return unknown_dim;
  const Dim stride = w.stride[at];
  if (w.auto_pad == Window::AutoPad::same_upper || w.auto_pad == Window::AutoPad::same_lower)
    return in / stride + (in % stride != 0 ? 1 : 0);
  const bool padded = w.auto_pad == Window::AutoPad::notset;
  const Dim begin = padded ? w.pad_begin[at] : 0, end = padded ? w.pad_end[at] : 0;
  const Checked room = Checked(in) + begin + end - w.extent(i);
  if (!room.ok() || room.value() < 0)
    return ctx.mismatch("a window of " + std::to_string(w.extent(i)) + " does not fit into " +
                        std::to_string(in) + " + " + std::to_string(begin) + " + " +
                        std::to_string(end) + " padded elements of " +
                        std::string(in_name(i, w.rank)));
  Dim out = room.value() / stride + 1;
  if (w.ceil_mode && room.value() % stride != 0) {
    // One more window, unless it would start beyond the input and its left padding.
    const Checked start = Checked(out) * Checked(stride);
    if (start.ok() && start.value() < in + begin) ++out;
  }
  return out;
}

std::string_view in_name(int i, int rank) {
  return pick(in_names, i, rank);
}
std::string_view out_name(int i, int rank) {
  return pick(out_names, i, rank);
}
std::string_view kernel_name(int i, int rank) {
  return pick(kernel_names, i, rank);
}

}  // namespace reckon
