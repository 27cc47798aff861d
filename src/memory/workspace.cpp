#include "memory/workspace.h"

#include "analysis/node_cost.h"

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
  const Tensor &x = ctx.in(0), &w = ctx.in(1);
  c.x_bytes = bytes(x);
  c.w_bytes = bytes(w);
  c.y_bytes = bytes(ctx.out(0));
  c.b_bytes = ctx.has_input(2) ? bytes(ctx.in(2)) : 0;
  if (!x.shape.is_static() || !w.shape.is_static() || x.dtype != DType::float32) return c;
  const std::int64_t group = ctx.int_attr("group", 1);
  bool pointwise = true, large = true;
  for (int i = 2; i < w.shape.rank(); ++i) {
    pointwise = pointwise && w.shape[i] == 1;
    large = large && w.shape[i] > 3;
  }
  const bool strided = !all_ones(ctx.ints_attr("strides")) || !all_ones(ctx.ints_attr("dilations"));
  const bool worth_it = strided || x.shape[0] >= 16 || !pointwise || threads > 1;
  const bool big_enough =
      group > 1 || large || x.shape[0] > 1 || x.shape.elements().value_or(0) > 20480;
  const bool uses_onednn = ctx.node().op_type == "Conv" && worth_it && big_enough;
  c.blocked = uses_onednn && !channels_last;
  c.copies_input = c.blocked && x.shape[1] > 3;
  return c;
}

StorageId run_conv(const ConvCase& c, Heap& heap) {
  if (!c.blocked) return heap.allocate(c.y_bytes, Holding::activation);
  StorageId blocked;
  {
    const Scratch x(heap, c.copies_input ? c.x_bytes : 0), w(heap, c.w_bytes);
    blocked = heap.allocate(c.y_bytes, Holding::workspace);
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
      const Scratch dy(heap, c.y_bytes), w(heap, c.w_bytes);
      blocked = heap.allocate(c.x_bytes, Holding::workspace);
    }
    out.dx = heap.allocate(c.x_bytes, Holding::gradient);
    heap.release(blocked, Holding::workspace);
  }
  if (needs_dw) {
    StorageId blocked = no_storage;
    if (c.blocked) {
      const Scratch dy(heap, c.y_bytes), x(heap, c.copies_input ? c.x_bytes : 0);
      blocked = heap.allocate(c.w_bytes + c.b_bytes, Holding::workspace);
    }
    out.dw = heap.allocate(c.w_bytes, Holding::param_gradient);
    if (c.b_bytes > 0) out.db = heap.allocate(c.b_bytes, Holding::param_gradient);
    heap.release(blocked, Holding::workspace);
  }
  return out;
}

}  // namespace reckon
