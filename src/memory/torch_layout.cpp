// Storage of an operator's result in the simulated run: a view of its input, the input overwritten,
// or new memory, and in which order of strides.
#include <algorithm>

#include "memory/torch_run.h"

namespace reckon {
namespace {

bool is_any(std::string_view op, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

}  // namespace

// nn.MultiheadAttention cuts q, k and v out of one product, L×N×E, and calls contiguous() before it
// splits the heads, L×(N·heads)×d. The export has no operator for that call; only at batch 1 would
// the reshape do without the copy.
bool TorchRun::asks_for_contiguous(const OpContext& ctx) const {
  const ValueId id = ctx.input_id(0);
  const NodeId from = graph_.values[at(id)].producer;
  const Shape &in = ctx.in(0).shape, &out = ctx.out(0).shape;
  return from != none && graph_.nodes[at(from)].op_type == "Slice" && in.rank() == 3 &&
         out.rank() == 3 && in[0] == out[0] && in[1] == 1 && out[1] > 1 &&
         !held(id).layout.is_contiguous();
}

// The layout of output 0 if the operator is a view of input 0; false where memory is needed.
bool TorchRun::makes_view(const OpContext& ctx, Held& out) {
  const std::string_view op = ctx.node().op_type;
  const Held& in = held(ctx.input_id(0));
  const Shape& sizes = ctx.out(0).shape;
  if (op == "Identity" || (op == "Dropout" && !is_dropped_out(ctx)) ||
      (op == "Cast" && ctx.in(0).dtype == ctx.out(0).dtype)) {
    out.layout = in.layout;
  } else if (op == "Transpose") {
    std::vector<std::int64_t> perm(ctx.ints_attr("perm").begin(), ctx.ints_attr("perm").end());
    if (perm.empty())
      for (int i = sizes.rank(); i-- > 0;) perm.push_back(i);
    out.layout = in.layout.permuted(perm);
  } else if (op == "Expand") {
    const int shift = sizes.rank() - in.layout.sizes.rank();
    if (shift < 0) return false;
    out.layout.sizes = sizes;
    for (int i = 0; i < sizes.rank(); ++i) {
      const bool same = i >= shift && in.layout.sizes[i - shift] == sizes[i];
      out.layout.strides[at(i)] = same ? in.layout.strides[at(i - shift)] : 0;
    }
  } else if (op == "Gather" && ctx.in(1).shape.rank() == 0 && ctx.const_int(1)) {
    // One index is select(), a view without that dimension.
    const auto axis = normalize_axis(ctx.int_attr("axis", 0), in.layout.sizes.rank());
    if (!axis || is_stored(ctx.input_id(0))) return false;
    out.layout.sizes = sizes;
    for (int i = 0; i < sizes.rank(); ++i)
      out.layout.strides[at(i)] = in.layout.strides[at(i < *axis ? i : i + 1)];
  } else if (op == "Slice" || op == "Split") {
    if (in.layout.sizes.rank() != sizes.rank()) return false;
    out.layout = in.layout;
    out.layout.sizes = sizes;  // steps other than 1 change a stride, never what is kept
  } else if (has(ctx.node().op->traits, Trait::view)) {
    const auto viewed = in.layout.viewed(sizes);
    if (!viewed || asks_for_contiguous(ctx)) return false;
    out.layout = *viewed;
  } else {
    return false;
  }
  return true;
}

bool TorchRun::works_in_place(const OpContext& ctx) const {
  if (!options_.in_place || !has(ctx.node().op->traits, Trait::in_place)) return false;
  if (!is_any(ctx.node().op_type, {"Relu", "Clip", "HardSwish", "HardSigmoid", "Swish", "LeakyRelu",
                                   "Elu", "Selu", "Celu", "Mish"}))
    return false;
  const ValueId in = ctx.input_id(0);
  if (held(in).storage == no_storage || readers_[at(in)] != 1) return false;
  // A tensor that autograd kept, for the producer or for this operator, must stay as it is: an
  // in-place form that reads its input in the backward pass (hardtanh, silu, …) keeps a clone of
  // it, which is as much memory as working out of place. These read their result instead.
  const bool keeps_input =
      !is_any(ctx.node().op_type, {"Relu", "LeakyRelu", "Elu", "Selu", "Celu"});
  return heap.holders(held(in).storage) == 1 && !(keeps_input && needs_grad(in));
}

Layout TorchRun::output_layout(const OpContext& ctx, int i) const {
  const Shape& sizes = ctx.out(i).shape;
  const std::string_view op = ctx.node().op_type;
  const Layout plain = Layout::contiguous(sizes);
  if (i > 0 || is_any(op, {"MatMul", "Gemm", "LayerNormalization", "RMSNormalization", "Attention",
                           "Reshape", "Flatten", "Gather", "Einsum"}))
    return plain;
  if (op == "Conv" || op == "ConvTranspose" || op == "Concat" ||
      op.find("Pool") != std::string_view::npos || op == "Resize") {
    const bool last = ctx.has_input(0) && held(ctx.input_id(0)).layout.is_channels_last();
    return last && sizes.rank() == 4 ? Layout::channels_last(sizes) : plain;
  }
  for (int k = 0; k < ctx.n_inputs(); ++k)
    if (ctx.has_input(k) && held(ctx.input_id(k)).known && ctx.in(k).shape == sizes)
      return held(ctx.input_id(k)).layout.like_for(sizes);
  return plain;
}

}  // namespace reckon
