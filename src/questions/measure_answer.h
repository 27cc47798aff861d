// The answer of `reckon measure`: a real run beside the predictions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/model.h"
#include "machine/measured.h"
#include "machine/time.h"
#include "memory/timeline.h"

namespace reckon {

// One figure that was both predicted and measured.
struct Comparison {
  std::string_view key;   // "saved_bytes", the word of the JSON
  std::string_view name;  // "saved for backward"
  enum class Unit : std::uint8_t { bytes, seconds } unit = Unit::bytes;
  std::optional<double> predicted, measured;

  // (predicted − measured) ÷ measured; nullopt where one is missing or nothing was measured.
  std::optional<double> error() const;
};

struct MeasureAnswer {
  // The graph that ran: the layers behind an export.
  std::unique_ptr<Graph> recovered;
  std::unique_ptr<Analysis> analysis;
  const Graph* graph = nullptr;

  TimelineOptions options;
  std::optional<Timeline> timeline;  // absent where the step cannot be simulated
  // Where a device was named to predict the time for.
  std::optional<TimeEstimate> estimate;
  // The graph that the estimate points into, built once more.
  std::shared_ptr<const Model> time_model;
  std::unique_ptr<Graph> time_graph;
  std::unique_ptr<Analysis> time_analysis;
  std::string predicted_on;

  Measured measured;

  std::int64_t batch() const { return analysis->bound.batch; }
  double samples_per_s() const {
    const double seconds = measured.step.median_s;
    return seconds > 0 ? static_cast<double>(batch()) / seconds : 0;
  }
};

// Those that have a measurement, in order.
std::vector<Comparison> comparisons(const MeasureAnswer& answer);

// The prediction of the forward pass of one layer.
struct PredictedLayer {
  std::optional<std::int64_t> alive_bytes, peak_bytes;  // above what is resident
  std::optional<double> forward_s, backward_s;
};
// By NodeId.
std::vector<PredictedLayer> predicted_layers(const MeasureAnswer& answer);

// Multiply-accumulates of a forward pass, by NodeId; nullopt where they are not known.
std::vector<std::optional<std::int64_t>> macs_of_nodes(const MeasureAnswer& answer);

}  // namespace reckon
