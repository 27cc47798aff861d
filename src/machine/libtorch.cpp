#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/node_cost.h"
#include "machine/library.h"
#include "ops/attention.h"

namespace reckon {
namespace {

using Costs = LibTorchCosts;
constexpr double lanes = 8;  // of FP32 in a vector: AVX2, which most of LibTorch's kernels take

double number(Dim n) {
  return n > 0 ? static_cast<double>(n) : 0;
}

// Functions of one element, and softmax: operations in a row for each, where the operands lie in a
// cache.
struct FunctionRow {
  std::string_view op;
  double forward_ops, backward_ops;
};
// SLEEF's series on vectors where LibTorch has them, one element after the other where it has not
// (Mish, Softplus, Pow). A gradient that is made of the result takes no series again. LibTorch 1.13
// on one thread of Zen 5, 151,296 elements of FP32 from a normal distribution: time of the call by
// the 0.704 ns of an operation in a row there.
constexpr FunctionRow functions[] = {
    {"Atan", 1.6, 0.2}, {"Cos", 1.3, 1.2},      {"Elu", 0.7, 0.8},      {"Erf", 4, 1},
    {"Exp", 0.5, 0.2},  {"Gelu", 0.4, 0.8},     {"Log", 1.2, 0.2},      {"LogSoftmax", 0.8, 0.7},
    {"Mish", 8, 8.9},   {"Pow", 4.7, 5},        {"Selu", 0.7, 0.8},     {"Sigmoid", 0.6, 0.2},
    {"Sin", 0.9, 1.5},  {"Softmax", 0.85, 0.3}, {"Softplus", 2.8, 0.8}, {"Swish", 0.6, 0.8},
    {"Tanh", 2.6, 0.2},
};
constexpr FunctionRow gelu_by_tanh = {"Gelu", 3.2, 3.4};
constexpr FunctionRow unmeasured = {"", Costs::special_ops, Costs::special_ops};
constexpr FunctionRow simple = {"", 0, 0};

const FunctionRow& function_of(const Layer& layer) {
  const OpDef* const op = layer.op_node().op;
  if (op == nullptr || op->nature.functions != Functions::special ||
      layer.mac_kind != MacKind::nothing)
    return simple;
  if (op->name == "Gelu" && context_of(layer).string_attr("approximate", "none") == "tanh")
    return gelu_by_tanh;
  const auto* const row = std::ranges::find(functions, op->name, &FunctionRow::op);
  return row == std::end(functions) ? unmeasured : *row;
}

double function_ops(const Layer& layer, double elements) {
  const double ops = function_of(layer).forward_ops * elements;
  if (layer.op_node().op == nullptr || layer.op_node().op->nature.kind != OpKind::softmax)
    return ops;
  // What fills no vector at the end of a row goes through memory in each pass.
  constexpr double rest_ops = 50;
  const Shape& y = context_of(layer).out(0).shape;
  const double width = y.rank() > 0 ? number(y[y.rank() - 1]) : 0;
  return std::fmod(width, lanes) > 0 ? ops + rest_ops * elements / width : ops;
}

// Mean and deviation of rows or groups (aten/native/cpu/moments_utils.h, RowwiseMoments): Welford's
// update of a vector of sums by each vector of elements, then its lanes by each other. The pass
// that scales them follows.
double row_norm_ops(const Layer& layer, double elements) {
  constexpr double update_ops = 3, scale_ops = 0.15, statistics_bytes = 8;
  Saved saved;
  layer.op_node().op->saved(context_of(layer), saved);
  const double rows = number(saved.extra_bytes.value().value_or(0)) / statistics_bytes;
  return update_ops * (elements / lanes + rows * lanes) + scale_ops * elements;
}

// Its backward pass hands the gradient on as it is.
bool hands_on(const Layer& layer) {
  const OpDef* const op = layer.op_node().op;
  return op != nullptr && has(op->traits, Trait::unit_gradient);
}

bool is_norm(const Layer& layer) {
  const OpDef* const op = layer.op_node().op;
  return op != nullptr && op->nature.kind == OpKind::normalisation;
}

// Pools windows, rather than all of each channel.
bool pools_windows(const Layer& layer) {
  const OpDef* const op = layer.op_node().op;
  return op != nullptr && op->nature.kind == OpKind::pooling && op->nature.space == Space::window;
}

double fill_of_blocks(double channels) {
  return channels / (std::ceil(channels / Costs::block_channels) * Costs::block_channels);
}

// The share of a convolution's lanes that compute something.
double fill_of(const Layer& layer, const Work& forward) {
  const OpContext ctx = context_of(layer);
  if (!ctx.has_input(0) || !(forward.columns > 0)) return 1;
  const Shape& x = ctx.in(0).shape;
  if (!x.is_static() || x.rank() < 3 || x[1] <= 0) return 1;
  const double in = static_cast<double>(x[1]) / forward.products;
  if (forward.products > 1 && in <= 1) return fill_of_blocks(forward.products);  // depthwise
  return fill_of_blocks(forward.columns) *
         (in <= Costs::most_plain_channels ? 1 : fill_of_blocks(in));
}

// Single pixels, each by itself.
bool is_pointwise(const Layer& layer, const Work& forward) {
  constexpr Dim fewest_samples_for_blocks = 16;
  const OpContext ctx = context_of(layer);
  const Shape &x = ctx.in(0).shape, &w = ctx.in(1).shape;
  if (forward.products > 1 || !x.is_static() || !w.is_static() || x.rank() < 3) return false;
  bool plain = x[0] < fewest_samples_for_blocks;
  for (int i = 2; i < w.rank(); ++i) plain = plain && w[i] == 1;
  for (const std::int64_t stride : ctx.ints_attr("strides")) plain = plain && stride == 1;
  return plain;
}

// Each channel has a window of its own, wider than oneDNN's kernels of blocks go backward for.
bool is_wide_depthwise(const Layer& layer, const Work& forward) {
  constexpr Dim widest = 3;
  const OpContext ctx = context_of(layer);
  const Shape& w = ctx.in(1).shape;
  return layer.mac_kind == MacKind::conv && forward.products > 1 && w.is_static() &&
         w.rank() >= 3 && w[1] == 1 && w[w.rank() - 1] > widest;
}

// Scaled products of queries, keys and values in ONNX's own form.
bool is_attention(const Layer& layer) {
  const OpDef* const op = layer.op_node().op;
  return op != nullptr && op->nature.kind == OpKind::attention && op->domain.empty() &&
         op->nature.space == Space::whole;
}

AttentionSizes sizes_of(const Layer& layer) {
  return attention_sizes(context_of(layer));
}

double call_s(const Layer& layer, const Work& forward, double otherwise) {
  if (layer.mac_kind == MacKind::conv) return otherwise + Costs::convolution_call_s;
  if (layer.mac_kind == MacKind::nothing) return otherwise;
  double products = std::max(1.0, forward.products);
  if (is_attention(layer)) {
    const AttentionSizes s = sizes_of(layer);
    products = 2 * number(s.batch) * number(s.heads);
  }
  const double macs = forward.product_ops / 2 / std::max(1.0, products);
  return otherwise + products * (macs <= Costs::most_small_macs ? Costs::small_product_call_s
                                                                : Costs::product_call_s);
}

// Bytes that an attention writes and reads between its products, `times` the scores each, and its
// operands and result, which are brought into the order of heads.
void add_scores(const Layer& layer, double written_times, double read_times, Work& work) {
  const AttentionSizes s = sizes_of(layer);
  const double scores_bytes =
      number(s.batch) * number(s.heads) * number(s.queries) * number(s.keys) * Costs::element_bytes;
  const double operands_bytes = s.batch > 1 ? 2 * work.bytes : 0;
  work.bytes += (written_times + read_times) * scores_bytes + operands_bytes;
  work.written_bytes += written_times * scores_bytes + operands_bytes / 2;
}

// Operations in a row of a pooling layer, forward. `window_ops`: one for each element of a window.
double pooling_ops(std::string_view op, double written_bytes, double window_ops) {
  return Costs::window_ops * written_bytes / Costs::element_bytes +
         (op == "MaxPool" ? Costs::maximum_ops : 1) * window_ops;
}

void add_operands(const Layer& layer, const Work& forward, Work& work) {
  if (layer.mac_kind == MacKind::conv) {
    work.lane_fill = fill_of(layer, forward);
    work.by_blas_alone = is_pointwise(layer, forward);
    work.weight_bytes *= 3;
    work.bytes *= 3;
  } else if (layer.mac_kind != MacKind::nothing) {
    work.lane_fill = Costs::blas_share, work.by_blas = true;
    work.bytes += work.bytes * 2 / 3;
    work.weight_bytes += work.weight_bytes;
    work.bytes = std::max(work.bytes, work.weight_bytes);
  }
}

}  // namespace

Status check_library(Library) {
  return {};
}

void add_libtorch_forward(const Layer& layer, bool training, Work& work) {
  const double written_bytes = work.written_bytes;
  const std::string_view op = layer.op_node().op_type;
  LibraryWork& by_library = work.library();
  by_library.call_s =
      call_s(layer, work, Costs::forward_call_s) * static_cast<double>(work.kernels);
  if (is_attention(layer)) {
    work.lane_fill = Costs::blas_share, work.by_blas = true;
    // The product, scaled, softmax; a causal mask is added.
    const bool causal = context_of(layer).int_attr("is_causal", 0) != 0;
    add_scores(layer, causal ? 4 : 3, causal ? 4 : 3, work);
    return;
  }
  add_operands(layer, work, work);
  if (pools_windows(layer)) {
    by_library.dependent_ops = pooling_ops(op, written_bytes, work.other_ops);
    work.other_ops = 0;
  } else if (is_norm(layer) && (op == "LayerNormalization" || op == "GroupNormalization")) {
    by_library.dependent_ops = row_norm_ops(layer, written_bytes / Costs::element_bytes);
  } else {
    by_library.dependent_ops = function_ops(layer, written_bytes / Costs::element_bytes);
  }
  double made_bytes = written_bytes;
  if (op == "MaxPool" && training) made_bytes *= 3;  // a place of 8 bytes beside each value
  if ((op == "BatchNormalization" && training) || op == "InstanceNormalization") {
    work.bytes += 2 * written_bytes;
    by_library.dependent_ops = Costs::statistics_ops * written_bytes / Costs::element_bytes;
  }
  if (op == "Dropout") {  // of a mask and a result; that it is here means training
    by_library.single_thread_ops = Costs::random_ops * written_bytes / 2 / Costs::element_bytes;
  }
  work.bytes += made_bytes - written_bytes;
  work.written_bytes = made_bytes;
  const bool in_place = op == "Relu" || op == "Clip";
  if (!in_place && made_bytes > Costs::largest_kept_block_bytes)
    by_library.page_fault_bytes = made_bytes;
}

void add_libtorch_gradient(const Layer& layer, const Work& forward, double made_bytes, Work& work) {
  const double calls_s = call_s(layer, forward, Costs::backward_call_s);
  LibraryWork& by_library = work.library();
  by_library.call_s = calls_s * static_cast<double>(work.kernels);
  if (is_attention(layer)) {
    // Gradients of the softmax's result, of its operand, of the product; what makes each is read.
    by_library.call_s *= 2;
    work.lane_fill = Costs::blas_share, work.by_blas = true;
    return add_scores(layer, 3, 6, work);
  }
  add_operands(layer, forward, work);
  if (is_wide_depthwise(layer, forward)) {
    by_library.dependent_ops = Costs::window_gradient_ops * work.product_ops;
    by_library.call_s +=
        Costs::window_gradient_call_s * forward.products * number(context_of(layer).in(0).shape[0]);
  }
  if (made_bytes > Costs::largest_kept_block_bytes) by_library.page_fault_bytes = made_bytes;
}

void set_libtorch_backward(const Layer& layer, double read_bytes, double written_bytes,
                           Work& work) {
  const std::string_view op = layer.op_node().op_type;
  LibraryWork& by_library = work.library();
  by_library.call_s = Costs::backward_call_s * static_cast<double>(work.kernels);
  if (hands_on(layer)) {
    work.bytes = work.weight_bytes = work.written_bytes = 0;
    work.other_ops = 0;
    return;
  }
  work.bytes = read_bytes + 2 * written_bytes;  // the gradient, what was kept, the gradient made
  work.written_bytes = read_bytes;
  double kept_bytes = written_bytes;  // met again after all that was kept since
  if (op == "Dropout") {
    work.bytes = 1.5 * written_bytes, work.written_bytes = written_bytes / 2;
    kept_bytes = written_bytes / 2;
  } else if (is_norm(layer)) {
    if (op == "BatchNormalization") work.bytes = 5 * written_bytes;
    by_library.dependent_ops = Costs::norm_gradient_ops * written_bytes / Costs::element_bytes;
  } else if (pools_windows(layer)) {
    by_library.dependent_ops = op == "MaxPool"
                                   ? Costs::maximum_ops * written_bytes / Costs::element_bytes
                                   : pooling_ops(op, written_bytes, work.other_ops);
    work.other_ops = 0;
    work.bytes = 2 * read_bytes + 3 * written_bytes;  // cleared first; places are read
    kept_bytes *= 2;
  } else {
    by_library.dependent_ops =
        function_of(layer).backward_ops * written_bytes / Costs::element_bytes;
  }
  work.weight_bytes = std::min(work.bytes, work.weight_bytes + kept_bytes);
  if (read_bytes > Costs::largest_kept_block_bytes) by_library.page_fault_bytes = read_bytes;
}

}  // namespace reckon
