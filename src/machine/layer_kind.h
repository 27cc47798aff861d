// Layers by kind: what most of a network is made of, and what each kind costs on a machine.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "machine/time.h"

namespace reckon {

enum class LayerKind : std::uint8_t {
  convolution,     // dense or in groups
  depthwise,       // one filter for each channel
  linear,          // a product with weights, of one row for each sample
  batched_linear,  // the same of many rows (a sequence, say), so that weights are used again
  product,         // of two activations: attention
  recurrent,
  pooling,
  normalisation,
  activation,  // element by element of one operand
  other,
};
std::string_view to_string(LayerKind kind);
LayerKind kind_of(const Layer& layer, std::int64_t batch);

struct KindTime {
  LayerKind kind = LayerKind::other;
  std::int64_t layers = 0, fused = 0;
  double ops = 0, bytes = 0;  // of the forward pass
  double forward_s = 0, backward_s = 0, update_s = 0;
  // The bound on most of its forward time.
  Bound bound = Bound::nothing;
  // The least batch at which most of its forward time is of layers bound by arithmetic; 0: never.
  double critical_batch_size = 0;
};
// The kinds that there are, in the order of LayerKind.
std::vector<KindTime> time_by_kind(const TimeEstimate& estimate, std::int64_t batch);

}  // namespace reckon
