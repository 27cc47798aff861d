#include "machine/layer_kind.h"

#include <algorithm>
#include <array>

#include "graph/attributes.h"
#include "ops/op.h"

namespace reckon {
namespace {

constexpr std::size_t n_kinds = static_cast<std::size_t>(LayerKind::other) + 1;

// Rows of the result: elements of one sample over its last dimension, the uses of a weight.
bool has_many_rows(const Layer& layer, std::int64_t batch) {
  const auto outputs = layer.graph->outputs_of(layer.op_node());
  if (outputs.empty() || outputs[0] == none) return false;
  const Shape& y = layer.shapes->tensors[static_cast<std::size_t>(outputs[0])].shape;
  if (!y.is_static() || y.rank() < 1 || y[y.rank() - 1] == 0) return false;
  return y.elements().value_or(0) / y[y.rank() - 1] > std::max<std::int64_t>(1, batch);
}

// A depthwise convolution has as many groups as x has channels.
bool is_depthwise(const Layer& layer) {
  const std::int64_t groups = int_attr(*layer.graph, layer.op_node(), "group", 1);
  const auto inputs = layer.graph->inputs_of(layer.op_node());
  if (groups < 2 || inputs.empty() || inputs[0] == none) return false;
  const Shape& x = layer.shapes->tensors[static_cast<std::size_t>(inputs[0])].shape;
  return x.rank() > 1 && x[1] == groups;
}

}  // namespace

std::string_view to_string(LayerKind kind) {
  constexpr std::array<std::string_view, n_kinds> names = {
      "convolution", "depthwise", "linear",        "batched linear", "product",
      "recurrent",   "pooling",   "normalisation", "activation",     "other"};
  return names[static_cast<std::size_t>(kind)];
}

LayerKind kind_of(const Layer& layer, std::int64_t batch) {
  switch (layer.mac_kind) {
    case MacKind::conv:
      return is_depthwise(layer) ? LayerKind::depthwise : LayerKind::convolution;
    case MacKind::linear:
      return has_many_rows(layer, batch) ? LayerKind::batched_linear : LayerKind::linear;
    case MacKind::matmul:
      return LayerKind::product;
    case MacKind::recurrent:
      return LayerKind::recurrent;
    case MacKind::nothing:
      break;
  }
  if (layer.op_node().op == nullptr) return LayerKind::other;
  switch (layer.op_node().op->nature.kind) {
    case OpKind::pooling:
      return LayerKind::pooling;
    case OpKind::normalisation:
      return LayerKind::normalisation;
    case OpKind::activation:
    case OpKind::softmax:
      return LayerKind::activation;
    default:
      return LayerKind::other;
  }
}

std::vector<KindTime> time_by_kind(const TimeEstimate& estimate, std::int64_t batch) {
  std::array<KindTime, n_kinds> rows;
  struct Share {
    double of[4] = {};                             // seconds by Bound
    std::vector<std::pair<double, double>> turns;  // turning batch, seconds
  };
  std::array<Share, n_kinds> shares;
  for (const LayerTime& layer : estimate.layers) {
    const auto at = static_cast<std::size_t>(kind_of(*layer.layer, batch));
    KindTime& row = rows[at];
    row.kind = static_cast<LayerKind>(at);
    ++row.layers;
    row.fused += layer.fused ? 1 : 0;
    row.ops += layer.forward.ops;
    row.bytes += layer.forward.bytes;
    row.forward_s += layer.forward.seconds;
    if (layer.input_gradient) row.backward_s += layer.input_gradient->seconds;
    if (layer.weight_gradient) row.backward_s += layer.weight_gradient->seconds;
    row.update_s += layer.update_s;
    shares[at].of[static_cast<std::size_t>(layer.forward.bound)] += layer.forward.seconds;
    shares[at].turns.emplace_back(layer.critical_batch_size, layer.forward.seconds);
  }
  std::vector<KindTime> out;
  for (std::size_t at = 0; at < n_kinds; ++at) {
    KindTime& row = rows[at];
    if (row.layers == 0) continue;
    if (row.forward_s > 0) {
      const auto& of = shares[at].of;
      row.bound = static_cast<Bound>(std::max_element(std::begin(of), std::end(of)) - of);
    }
    auto& turns = shares[at].turns;
    std::sort(turns.begin(), turns.end());
    double turned_s = 0;
    for (const auto& [turning, seconds] : turns) {
      if (turning == 0) continue;
      turned_s += seconds;
      if (row.critical_batch_size == 0 && 2 * turned_s >= row.forward_s && row.forward_s > 0)
        row.critical_batch_size = turning;
    }
    out.push_back(row);
  }
  return out;
}

}  // namespace reckon
