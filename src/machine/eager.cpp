#include "machine/eager.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "machine/eager_rows.h"
#include "ops/attention.h"

namespace reckon {
namespace {

using Costs = EagerCosts;

double number(Dim n) {
  return n > 0 ? static_cast<double>(n) : 0;
}

double bytes_of(const Tensor& tensor) {
  const auto bytes = tensor_bytes(tensor);
  return bytes ? static_cast<double>(bytes->count.value_or(0)) : 0;
}

// Scaled products of queries, keys and values in ONNX's own form.
bool is_attention(const Layer& layer) {
  const OpDef* const op = layer.op_node().op;
  return op != nullptr && op->nature.kind == OpKind::attention && op->domain.empty() &&
         op->nature.space == Space::whole;
}

struct AttentionWork {
  AttentionSizes sizes;
  double q = 0, k = 0, v = 0, y = 0;  // bytes; k and v with a head for each of the queries
  double repeated = 0;                // bytes that repeating the shared heads moves
  double scores = 0;                  // bytes
  double dropped = 0;                 // scores whose dropout has a mask
  bool causal = false, masked = false, copies = false;
};

AttentionWork attention_of(const Layer& layer) {
  const OpContext ctx = context_of(layer);
  AttentionWork a{.sizes = attention_sizes(ctx)};
  const AttentionSizes& s = a.sizes;
  const double elements = number(ctx.out(0).shape.elements().value_or(0));
  const double element = elements > 0 ? bytes_of(ctx.out(0)) / elements : 0;
  const double heads = number(s.batch) * number(s.heads) * element;
  a.q = heads * number(s.queries) * number(s.size);
  a.k = heads * number(s.keys) * number(s.size);
  a.v = heads * number(s.keys) * number(s.value_size);
  a.y = heads * number(s.queries) * number(s.value_size);
  a.scores = heads * number(s.queries) * number(s.keys);
  if (s.kv_heads > 0 && s.heads > s.kv_heads) {
    const double share = 1 + number(s.kv_heads) / number(s.heads);
    a.repeated = (a.k + a.v) * share;
  }
  a.causal = ctx.int_attr("is_causal", 0) != 0;
  a.masked = a.causal || ctx.has_input(3);
  a.copies = s.batch > 1;
  if (ctx.float_attr("dropout_p", 0.0) > 0 && element > 0) a.dropped = a.scores / element;
  return a;
}

// Bytes that kernels of their own move.
void add_apart(double bytes, std::int64_t kernels, Work& work) {
  work.bytes += bytes;
  work.apart_bytes += bytes;
  work.kernels += kernels;
}

double softmax_passes(double row) {
  return row > Costs::longest_row ? 4 : row > Costs::long_row ? 3 : 2;
}

// The two shapes of an attention's products: scores, of which `share` of the operations are, and
// results of the size of a head.
void set_attention_tiles(const AttentionWork& a, double share, Work& work) {
  const AttentionSizes& s = a.sizes;
  work.products = number(s.batch) * number(s.heads);
  work.batched = true;
  work.rows = number(s.queries), work.columns = number(s.keys), work.sum = number(s.size);
  work.second = SecondProduct{{number(s.queries), number(s.value_size), number(s.keys)}, 1 - share};
}

void attend_fused(const AttentionWork& a, bool backward, Work& work) {
  work.rows = work.columns = 0;  // cut along the queries, into enough parts
  // The scores are computed once more for the backward pass' four products.
  work.product_ops *= (backward ? 5.0 / 4 : 1.0) * (a.causal ? 0.5 : 1);
  work.other_ops = 0;
  const bool fp32 = !work.format || *work.format == NumberFormat::fp32;
  work.lane_fill = backward
                       ? (fp32 ? Costs::fused_backward_share_fp32 : Costs::fused_backward_share)
                       : (fp32 ? Costs::fused_forward_share_fp32 : Costs::fused_forward_share);
  const double once = a.q + a.k + a.v + a.y;
  work.bytes = backward ? 2 * once : once;
  work.written_bytes = backward ? a.q + a.k + a.v : a.y;
  if (a.repeated > 0) add_apart(a.repeated, 2, work);
}

// Scores and mask, read or written.
void drop_scores(const AttentionWork& a, const EagerWay& way, Work& work) {
  if (way.training && a.dropped > 0)
    add_apart(2 * a.scores + a.dropped * Costs::mask_bytes, 1, work);
}

void attend_forward(const Layer& layer, const EagerWay& way, Work& work) {
  const AttentionWork a = attention_of(layer);
  if (!way.math_attention) return attend_fused(a, false, work);
  work.other_ops = 0;  // that of the scores, whose memory bounds
  work.hides_partly = true;
  set_attention_tiles(a, 0.5, work);
  work.bytes = a.q + a.k + a.v + a.y + 2 * a.scores;
  work.kernels += 1;
  if (a.copies) add_apart(2 * (a.q + a.k + a.v), 3, work);
  if (a.repeated > 0) add_apart(a.repeated, 2, work);
  add_apart(2 * a.y, 1, work);
  double passes = softmax_passes(number(a.sizes.keys));
  if (!way.compiled) passes += 2 + (a.masked ? 2 : 0);
  add_apart(passes * a.scores, way.compiled ? 1 : a.masked ? 3 : 2, work);
  drop_scores(a, way, work);
}

void attend_backward(const Layer& layer, const EagerWay& way, Work& work) {
  const AttentionWork a = attention_of(layer);
  if (!way.math_attention) return attend_fused(a, true, work);
  work.other_ops = 0;
  work.hides_partly = true;
  set_attention_tiles(a, 0.25, work);
  work.bytes = 2 * (a.q + a.k + a.v + a.y) + 4 * a.scores;
  work.kernels += 3;
  add_apart(2 * (a.y + a.q + a.k + a.v), 4, work);
  if (a.repeated > 0) add_apart(a.repeated, 2, work);
  double passes = 3;
  if (!way.compiled) passes += 2 + (a.masked ? 2 : 0);
  add_apart(passes * a.scores, way.compiled ? 1 : a.masked ? 3 : 2, work);
  drop_scores(a, way, work);
}

}  // namespace

void add_eager_forward(const Layer& layer, const EagerWay& way, Work& work) {
  if (is_attention(layer)) return attend_forward(layer, way, work);
  work.hides_partly = layer.mac_kind != MacKind::nothing;
  const double made = work.written_bytes;
  // Operands of a written-out product of heads are brought into one batch.
  if (work.batched && work.products > 1)
    add_apart(2 * std::max(0.0, work.bytes - work.weight_bytes - made), 2, work);
  if (layer.mac_kind != MacKind::nothing) return;
  const EagerRow row = eager_row(layer, way);
  if (row.read + row.written > 0) {
    work.bytes = work.weight_bytes + (row.read + row.written) * made;
    work.written_bytes = row.written * made;
  }
  const OpContext ctx = context_of(layer);
  if (row.softmax) {
    const Shape& y = ctx.out(0).shape;
    const double rows = y.rank() > 0 ? number(y[y.rank() - 1]) : 0;
    work.bytes = work.weight_bytes + softmax_passes(rows) * made;
  }
  if (layer.op_node().op_type == "Dropout") {  // that it is here means training
    const double elements = number(ctx.out(0).shape.elements().value_or(0)) * work.times();
    work.bytes = made + elements * Costs::mask_bytes;  // counted with a mask as large as x
    work.written_bytes = made / 2 + elements * Costs::mask_bytes;
  }
  work.kernels *= way.compiled ? 1 : row.kernels;
}

void add_eager_gradient(const Layer& layer, const EagerWay& way, const Work& forward,
                        bool of_weights, Work& work) {
  if (is_attention(layer)) return attend_backward(layer, way, work);
  work.hides_partly = true;
  if (of_weights && layer.mac_kind == MacKind::linear && context_of(layer).n_inputs() > 2)
    add_apart(forward.written_bytes, 1, work);  // the bias'
  if (work.batched && work.products > 1)
    add_apart(2 * std::max(0.0, forward.bytes - forward.weight_bytes - forward.written_bytes), 2,
              work);
}

void set_eager_backward(const Layer& layer, const EagerWay& way, const Work& forward, Work& work) {
  const OpDef* const op = layer.op_node().op;
  const double made = forward.written_bytes;
  work.other_ops = 0;  // nothing that memory does not bound
  work.weight_bytes = 0;
  if (op != nullptr && has(op->traits, Trait::unit_gradient)) {
    work.bytes = work.written_bytes = 0;
    work.kernels = 0;
    return;
  }
  if (layer.op_node().op_type == "Cast") {  // that of the result in, that of the operand out
    work.bytes = forward.bytes;
    work.written_bytes = std::max(0.0, forward.bytes - made);
    return;
  }
  const EagerRow row = eager_row(layer, way);
  work.bytes = (row.back_read + row.back_written) * made;
  work.written_bytes = row.back_written * made;
  if (layer.op_node().op_type == "Dropout") {
    // Of x: what was counted forward has a mask as large. Gradient and mask are read.
    const OpContext ctx = context_of(layer);
    const double elements = number(ctx.out(0).shape.elements().value_or(0)) * work.times();
    work.bytes = made + elements * Costs::mask_bytes;
    work.written_bytes = made / 2;
  }
  work.kernels *= way.compiled ? 1 : row.back_kernels;
}

void add_eager_sums(double made_bytes, std::int32_t readers, Work& work) {
  if (readers > 1) add_apart(3 * made_bytes * (readers - 1), readers - 1, work);
}

LossWork eager_loss(double logits_bytes, double classes, bool widened) {
  LossWork loss;
  loss.forward.bytes = softmax_passes(classes) * logits_bytes;
  loss.forward.written_bytes = logits_bytes;
  loss.forward.kernels = 2;
  loss.backward.bytes = 4 * logits_bytes;
  loss.backward.written_bytes = 2 * logits_bytes;
  loss.backward.kernels = 3;
  if (widened) {
    loss.forward.bytes += 1.5 * logits_bytes;
    loss.forward.written_bytes += logits_bytes;
    loss.forward.kernels += 1;
    loss.backward.bytes += 1.5 * logits_bytes;
    loss.backward.written_bytes += 0.5 * logits_bytes;
    loss.backward.kernels += 1;
  }
  return loss;
}

}  // namespace reckon
