#include "memory/workspace.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "memory/torch_ops.h"

namespace reckon {
namespace {

std::int64_t bytes(const Tensor& tensor) {
  const auto n = tensor_bytes(tensor);
  return n && n->ok() ? n->value() : 0;
}

bool all_ones(std::span<const std::int64_t> list) {
  for (const std::int64_t v : list)
    if (v != 1) return false;
  return true;
}

// Bytes after rounding the number of channels up to a multiple of the block.
std::int64_t in_blocks(std::int64_t n_bytes, Dim channels, Dim block) {
  if (channels < 1) return n_bytes;
  const Dim rounded = (channels + block - 1) / block * block;
  return (Checked(n_bytes / channels) * Checked(rounded)).value_or(n_bytes);
}

class Scratch {
 public:
  Scratch(Heap& heap, std::int64_t n_bytes)
      : heap_(heap), id_(heap.allocate(n_bytes, Holding::workspace)) {}
  ~Scratch() { heap_.release(id_, Holding::workspace); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

 private:
  Heap& heap_;
  StorageId id_;
};

}  // namespace

ConvCase conv_case(const OpContext& ctx, bool channels_last, int threads) {
  ConvCase c;
  const Tensor &x = ctx.in(0), &w = ctx.in(1), &y = ctx.out(0);
  c.x_bytes = bytes(x);
  c.w_bytes = bytes(w);
  c.y_bytes = bytes(y);
  c.b_bytes = ctx.has_input(2) ? bytes(ctx.in(2)) : 0;
  const bool all_known =
      x.shape.is_static() && w.shape.is_static() && y.shape.is_static() && c.x_bytes > 0;
  if (!all_known || x.dtype != DType::float32 ||
      !torch_has(*ctx.node().op, TorchTrait::blocked_convolution))
    return c;
  const std::int64_t group = ctx.int_attr("group", 1);
  bool pointwise = true, large = true, beyond_3 = false, beyond_14 = false;
  for (int i = 2; i < w.shape.rank(); ++i) {
    pointwise = pointwise && w.shape[i] == 1;
    large = large && w.shape[i] > 3;
    beyond_3 = beyond_3 || w.shape[i] > 3;
    beyond_14 = beyond_14 || w.shape[i] > 14;
  }
  const bool strided = !all_ones(ctx.ints_attr("strides")) || !all_ones(ctx.ints_attr("dilations"));
  const bool worth_it = strided || x.shape[0] >= 16 || !pointwise || threads > 1;
  const bool big_enough =
      group > 1 || large || x.shape[0] > 1 || x.shape.elements().value_or(0) > 20480;
  if (!worth_it || !big_enough) return c;
  c.blocked = !channels_last;
  c.channels_last = channels_last;
  const Dim c_in = x.shape[1], c_out = y.shape[1];
  // A first convolution reads planes as they are (oneDNN, jit_avx512_common_conv_kernel.cpp,
  // is_1stconv), its weight's gradient only those of up to three channels.
  const bool is_first = group == 1 && !pointwise && c_in < 16;
  c.copies_input = c.blocked && !is_first;
  const bool depthwise = group > 1 && group == c_in;
  const bool pads = group == 1 || depthwise;
  c.blocked_x_bytes = pads ? in_blocks(c.x_bytes, c_in, 16) : c.x_bytes;
  c.blocked_y_bytes = pads ? in_blocks(c.y_bytes, c_out, 16) : c.y_bytes;
  c.blocked_w_bytes = pads ? in_blocks(c.w_bytes, c_out, 16) : c.w_bytes;
  c.blocked_w_for_dx_bytes =
      group == 1 ? in_blocks(c.blocked_w_bytes, c_in, 16) : c.blocked_w_bytes;
  if (!is_first) c.blocked_w_bytes = c.blocked_w_for_dx_bytes;
  constexpr std::int64_t alignment = 128;
  if (pads && c_out % 16 != 0 && c.b_bytes > 0)
    c.blocked_b_bytes = in_blocks(c.b_bytes, c_out, 16) + alignment;
  c.dw_x_bytes = is_first ? 0 : c.blocked_x_bytes;
  c.dw_y_bytes = c.blocked_y_bytes;
  c.dw_w_bytes = c.blocked_w_bytes;
  const bool has_depth = x.shape.rank() > 4;
  if (is_first && c_in > 3 && has_depth) {  // a matrix product over some windows at a time
    c.dw_y_bytes = 0;
    c.dw_w_bytes = c.w_bytes;
  } else if (is_first && c_in > 3) {
    c.dw_x_bytes = in_blocks(c.x_bytes, c_in, 8);
    c.dw_y_bytes = in_blocks(c.y_bytes, c_out, 8);
    c.dw_w_bytes = in_blocks(in_blocks(c.w_bytes, c_out, 8), c_in, 8);
  }
  // No kernel has groups that are not whole blocks.
  if (!channels_last && !pads && (w.shape[1] % 8 != 0 || c_out / group % 8 != 0)) {
    Checked windows = pointwise && !strided ? 0 : 4;
    for (int i = 1; i < w.shape.rank(); ++i) windows *= w.shape[i];
    for (int i = 2; i < y.shape.rank(); ++i) windows *= y.shape[i];
    c.unrolled_bytes = (windows + Checked(c.w_bytes) * 4).value_or(0);
  }
  bool exact = pointwise && group == 1 && c.blocked, moved = false;
  const auto strides = ctx.ints_attr("strides");
  for (std::size_t i = 0; exact && i < strides.size(); ++i) {
    const int d = static_cast<int>(i) + 2;
    moved = moved || strides[i] != 1;
    exact = d < x.shape.rank() && Checked(y.shape[d]) * strides[i] == Checked(x.shape[d]);
  }
  if (exact && moved) {
    constexpr std::int64_t element_bytes = 4, run = 128;
    const Dim channels = (c_in + 15) / 16 * 16;
    Checked pixels = element_bytes;
    pixels *= threads;
    for (int i = 2; i < y.shape.rank(); ++i) pixels *= y.shape[i];
    c.gathered_bytes = (pixels * channels + alignment).value_or(0);
    c.gathered_dw_bytes = (pixels * std::min<Dim>(channels, run) + alignment).value_or(0);
  }
  // Channels-last depthwise weights are blocked in both directions, of which one has size 1.
  if (channels_last && depthwise && beyond_3) c.blocked_w_bytes = c.w_bytes * 16 * 16;
  if (!channels_last && ((depthwise && beyond_3) || beyond_14)) {
    Checked unrolled = 4;
    for (int i = 1; i < w.shape.rank(); ++i) unrolled *= w.shape[i];
    for (int i = 2; i < y.shape.rank(); ++i) unrolled *= y.shape[i];
    // Images and groups are what the threads share out.
    const Checked jobs = Checked(x.shape[0]) * Checked(group);
    const Checked all = (Checked(c.w_bytes) * 4 + unrolled) *
                        Checked(std::min<std::int64_t>(threads, jobs.value_or(threads)));
    c.unrolled_bytes = all.value_or(0);
  }
  return c;
}

TransposedConvCase transposed_conv_case(const OpContext& ctx) {
  TransposedConvCase c;
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape, &y = ctx.out(0).shape;
  if (!x.is_static() || !w.is_static() || !y.is_static()) return c;
  constexpr std::int64_t element_bytes = 4;
  Checked columns = element_bytes, ones = ctx.has_input(2) ? element_bytes : 0;
  for (int i = 1; i < w.rank(); ++i) columns *= w[i];
  for (int i = 2; i < x.rank(); ++i) columns *= x[i];
  for (int i = 2; i < y.rank(); ++i) ones *= y[i];
  c.window_bytes = columns.value_or(0);
  c.ones_bytes = ones.value_or(0);
  c.groups = std::max<std::int64_t>(ctx.int_attr("group", 1), 1);
  if (c.groups > 1 && x[0] > 1) {
    c.x_copy_bytes = bytes(ctx.in(0)) / c.groups;
    c.y_copy_bytes = bytes(ctx.out(0)) / c.groups;
  }
  return c;
}

StorageId run_transposed_conv(const TransposedConvCase& c, std::int64_t y_bytes, Heap& heap) {
  const StorageId parts = c.groups > 1 ? heap.allocate(y_bytes, Holding::workspace) : no_storage;
  if (parts != no_storage) heap.touch(c.x_copy_bytes + c.window_bytes + c.ones_bytes);
  const StorageId y = heap.allocate(y_bytes, Holding::activation);
  if (parts == no_storage) heap.touch(c.window_bytes + c.ones_bytes);
  heap.release(parts, Holding::workspace);
  return y;
}

StorageId run_conv(const ConvCase& c, Heap& heap) {
  if (c.channels_last) {
    const StorageId y = heap.allocate(c.y_bytes, Holding::activation);
    heap.touch(2 * c.w_bytes);
    return y;
  }
  if (!c.blocked) return heap.allocate(c.y_bytes, Holding::activation);
  StorageId blocked;
  {
    const Scratch gathered(heap, c.gathered_bytes + c.blocked_b_bytes);
    const Scratch x(heap, c.copies_input ? c.blocked_x_bytes : 0), w(heap, c.blocked_w_bytes);
    blocked = heap.allocate(c.blocked_y_bytes, Holding::workspace);
  }
  const StorageId y = heap.allocate(c.y_bytes, Holding::activation);
  heap.release(blocked, Holding::workspace);
  return y;
}

ConvGradients run_conv_backward(const ConvCase& c, bool needs_dx, bool needs_dw, Heap& heap) {
  ConvGradients out;
  if (needs_dx) {
    StorageId blocked = no_storage;
    if (c.blocked) {
      const Scratch dy(heap, c.blocked_y_bytes), w(heap, c.blocked_w_for_dx_bytes);
      blocked = heap.allocate(c.blocked_x_bytes, Holding::workspace);
      heap.touch(c.gathered_bytes);
    }
    out.dx = heap.allocate(c.x_bytes, Holding::gradient);
    heap.release(blocked, Holding::workspace);
    if (c.channels_last) heap.touch(c.w_bytes);
  }
  if (needs_dw) {
    StorageId blocked = no_storage;
    if (c.unrolled_bytes > 0) {
      const Scratch sums(heap, c.unrolled_bytes);
      blocked = heap.allocate(c.w_bytes + c.b_bytes, Holding::workspace);
    } else if (c.blocked) {
      const Scratch dy(heap, c.dw_y_bytes), x(heap, c.dw_x_bytes);
      blocked = heap.allocate(c.dw_w_bytes + c.b_bytes, Holding::workspace);
      heap.touch(c.gathered_dw_bytes);
    } else if (c.channels_last) {
      blocked = heap.allocate(c.blocked_w_bytes + c.b_bytes, Holding::workspace);
    }
    out.dw = heap.allocate(c.w_bytes, Holding::param_gradient);
    if (c.b_bytes > 0) out.db = heap.allocate(c.b_bytes, Holding::param_gradient);
    heap.release(blocked, Holding::workspace);
  }
  return out;
}

}  // namespace reckon
