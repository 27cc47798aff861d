// Storage of an operator's result in the simulated run: a view of its input, the input overwritten,
// or new memory, and in which order of strides.
#include <algorithm>

#include "analysis/tokens.h"
#include "memory/contraction.h"
#include "memory/torch_ops.h"
#include "memory/torch_run.h"

namespace reckon {

std::int64_t copied_batch_bytes(const Layout& layout, DType dtype) {
  const Shape& s = layout.sizes;
  if (s.rank() < 4) return 0;
  const Dim n = product(s.dims().first(at(s.rank() - 2)));
  if (layout.viewed(Shape{n, s[s.rank() - 2], s[s.rank() - 1]})) return 0;
  return bytes_of(s.elements(), dtype).value_or(0);
}

// Slice and Split: the elements stay where they are.
bool TorchRun::cuts_storage(const Node& node) {
  return node.op != nullptr && has(node.op->traits, Trait::strided_view) &&
         node.op->nature.space == Space::rearranges;
}

// nn.MultiheadAttention cuts q, k and v out of one product, L×N×E, and calls contiguous() before it
// splits the heads, L×(N·heads)×d. The export has no operator for that call; only at batch 1 would
// the reshape do without the copy.
bool TorchRun::asks_for_contiguous(const OpContext& ctx) const {
  const ValueId id = ctx.input_id(0);
  const NodeId from = graph_.values[at(id)].producer;
  const Shape &in = ctx.in(0).shape, &out = ctx.out(0).shape;
  return from != none && cuts_storage(graph_.nodes[at(from)]) && in.rank() == 3 &&
         out.rank() == 3 && in[0] == out[0] && in[1] == 1 && out[1] > 1 &&
         !held(id).layout->is_contiguous();
}

void TorchRun::lay_out(Held& held, const Layout& layout) {
  held.layout = layouts_.keep(layout, layout.sizes.hash());
}

// The layout of output 0 if the operator is a view of input 0; false where memory is needed.
bool TorchRun::makes_view(const OpContext& ctx, Layout& out) {
  const OpDef& op = *ctx.node().op;
  const bool carries = has(op.traits, Trait::carries),
             strided = has(op.traits, Trait::strided_view);
  const Space space = op.nature.space;
  const Layout& in = *held(ctx.input_id(0)).layout;
  const Shape& sizes = ctx.out(0).shape;
  if (op.nature.kind == OpKind::dropout && is_dropped_out(ctx)) return false;
  // Another name; in inference dropout is one, and a conversion to the type that is there.
  if (op.nature.kind == OpKind::dropout ||
      (carries && !strided && space == Space::pointwise && op.nature.kind == OpKind::layout &&
       ctx.in(0).dtype == ctx.out(0).dtype)) {
    out = in;
  } else if (space == Space::permutes) {
    std::vector<std::int64_t> perm(ctx.ints_attr("perm").begin(), ctx.ints_attr("perm").end());
    if (perm.empty())
      for (int i = sizes.rank(); i-- > 0;) perm.push_back(i);
    out = in.permuted(perm);
  } else if (strided && space == Space::pointwise) {
    const int shift = sizes.rank() - in.sizes.rank();
    if (shift < 0) return false;
    out.sizes = sizes;
    for (int i = 0; i < sizes.rank(); ++i) {
      const bool same = i >= shift && in.sizes[i - shift] == sizes[i];
      out.strides[at(i)] = same ? in.strides[at(i - shift)] : 0;
    }
  } else if (has(op.traits, Trait::selects) && space == Space::rearranges &&
             ctx.in(1).shape.rank() == 0 && ctx.const_int(1)) {
    // One index is select(), a view without that dimension.
    const auto axis = normalize_axis(ctx.int_attr("axis", 0), in.sizes.rank());
    if (!axis || is_stored(ctx.input_id(0))) return false;
    out.sizes = sizes;
    for (int i = 0; i < sizes.rank(); ++i)
      out.strides[at(i)] = in.strides[at(i < *axis ? i : i + 1)];
  } else if (cuts_storage(ctx.node())) {
    if (in.sizes.rank() != sizes.rank()) return false;
    out = in;
    out.sizes = sizes;  // steps other than 1 change a stride, never what is kept
  } else if (has(op.traits, Trait::view)) {
    const auto viewed = in.viewed(sizes);
    if (!viewed || asks_for_contiguous(ctx)) return false;
    out = *viewed;
  } else {
    return false;
  }
  return true;
}

bool TorchRun::works_in_place(const OpContext& ctx) const {
  if (!options_.in_place || !has(ctx.node().op->traits, Trait::in_place)) return false;
  const TorchTrait torch = torch_traits(*ctx.node().op);
  if (!has(torch, TorchTrait::in_place)) return false;
  const ValueId in = ctx.input_id(0);
  if (held(in).storage == no_storage || readers_[at(in)] != 1 ||
      is_of_tokens(graph_, analysis_, in))
    return false;
  // A tensor that autograd kept, for the producer or for this operator, must stay as it is: an
  // in-place form that reads its input in the backward pass (hardtanh, silu, …) keeps a clone of
  // it, which is as much memory as working out of place. These read their result instead.
  const bool keeps_input = has(torch, TorchTrait::overwritten_is_read);
  return heap.holders(held(in).storage) == 1 && !(keeps_input && needs_grad(in));
}

Layout TorchRun::output_layout(const OpContext& ctx, int i) const {
  const Shape& sizes = ctx.out(i).shape;
  const TorchTrait torch = torch_traits(*ctx.node().op);
  const Layout plain = Layout::contiguous(sizes);
  if (has(torch, TorchTrait::contraction))
    if (const auto products = contraction_layout(ctx)) return *products;
  if (i > 0 || has(torch, TorchTrait::dense)) return plain;
  if (has(torch, TorchTrait::channels_last)) {
    const bool last = ctx.has_input(0) && held(ctx.input_id(0)).layout->is_channels_last();
    return last && sizes.rank() == 4 ? Layout::channels_last(sizes) : plain;
  }
  for (int k = 0; k < ctx.n_inputs(); ++k)
    if (ctx.has_input(k) && held(ctx.input_id(k)).known && ctx.in(k).shape == sizes)
      return held(ctx.input_id(k)).layout->like_for(sizes);
  return plain;
}

}  // namespace reckon
