// Parts that the pages of `reckon measure` share.
#pragma once

#include "report/measure_pages.h"

namespace reckon {

// What was predicted of the forward pass of one layer.
struct PredictedLayer {
  std::optional<std::int64_t> alive_bytes, peak_bytes;  // above what is resident
  std::optional<double> forward_s, backward_s;
};
// By NodeId.
std::vector<PredictedLayer> predicted_layers(const MeasureAnswer& answer);

// Multiply-accumulates of a forward pass, by NodeId; nullopt where they are not known.
std::vector<std::optional<std::int64_t>> macs_of_nodes(const MeasureAnswer& answer);

// "−0.02 %", "" where there is none.
std::string error_text(const std::optional<double>& error);

}  // namespace reckon
