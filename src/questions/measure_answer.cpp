// Predicted beside measured: which figure belongs to which.
#include "questions/measure_answer.h"

namespace reckon {
namespace {

std::optional<double> known(std::optional<std::int64_t> n) {
  return n ? std::optional(static_cast<double>(*n)) : std::nullopt;
}

void add_bytes(const MeasureAnswer& a, std::vector<Comparison>& found) {
  if (!a.measured.bytes) return;
  const MeasuredBytes& m = *a.measured.bytes;
  const auto of = [&](std::int64_t Timeline::* part) -> std::optional<std::int64_t> {
    return a.timeline ? std::optional((*a.timeline).*part) : std::nullopt;
  };
  const auto add = [&](std::string_view key, std::string_view name,
                       std::optional<std::int64_t> predicted, std::int64_t measured) {
    found.push_back({key, name, Comparison::Unit::bytes, known(predicted), known(measured)});
  };
  add("resident_bytes", "always there", of(&Timeline::resident_bytes), m.resident_bytes);
  if (a.measured.training) {
    add("saved_bytes", "kept for backward", of(&Timeline::saved_bytes), m.saved_bytes);
    add("forward_peak_bytes", "peak of forward", of(&Timeline::forward_peak_bytes),
        m.forward_peak_bytes);
  }
  add("step_peak_bytes", a.measured.training ? "peak of the step" : "peak of inference",
      of(&Timeline::step_peak_bytes), m.step_peak_bytes);
  add("peak_bytes", "peak, all together",
      a.timeline ? std::optional(a.timeline->peak.bytes) : std::nullopt, m.peak_bytes());
}

void add_seconds(const MeasureAnswer& a, std::vector<Comparison>& found) {
  const auto of = [&](auto f) -> std::optional<double> {
    return a.estimate ? std::optional(f(*a.estimate)) : std::nullopt;
  };
  const auto add = [&](std::string_view key, std::string_view name, std::optional<double> predicted,
                       const Timings& measured) {
    found.push_back({key, name, Comparison::Unit::seconds, predicted, measured.median_s});
  };
  if (a.measured.training) {
    add("forward_s", "forward and loss", of([](const TimeEstimate& e) { return e.forward_s; }),
        {.median_s = a.measured.forward.median_s + a.measured.loss.median_s});
    add("backward_s", "backward",
        of([](const TimeEstimate& e) { return e.input_gradient_s + e.weight_gradient_s; }),
        a.measured.backward);
    add("update_s", "update", of([](const TimeEstimate& e) { return e.update_s; }),
        a.measured.update);
  }
  add("seconds", a.measured.training ? "the step" : "inference",
      of([](const TimeEstimate& e) { return e.seconds; }), a.measured.step);
}

}  // namespace

std::optional<double> Comparison::error() const {
  if (!predicted || !measured || *measured == 0) return std::nullopt;
  return (*predicted - *measured) / *measured;
}

std::vector<Comparison> comparisons(const MeasureAnswer& answer) {
  std::vector<Comparison> found;
  add_seconds(answer, found);
  add_bytes(answer, found);
  return found;
}

std::vector<PredictedLayer> predicted_layers(const MeasureAnswer& a) {
  std::vector<PredictedLayer> found(a.graph->nodes.size());
  if (a.timeline)
    for (const TimelinePoint& point : a.timeline->points) {
      if (point.phase != Phase::forward || point.node == none) continue;
      PredictedLayer& layer = found[static_cast<std::size_t>(point.node)];
      layer.alive_bytes = point.alive_bytes - a.timeline->resident_bytes;
      layer.peak_bytes = point.peak_bytes - a.timeline->resident_bytes;
    }
  if (a.estimate)
    for (const LayerTime& time : a.estimate->layers) {
      // The same nodes in the same order, though in another copy of the graph.
      if (time.layer->node == none || static_cast<std::size_t>(time.layer->node) >= found.size())
        continue;
      PredictedLayer& layer = found[static_cast<std::size_t>(time.layer->node)];
      layer.forward_s = time.forward.seconds;
      if (a.measured.training)
        layer.backward_s = (time.input_gradient ? time.input_gradient->seconds : 0) +
                           (time.weight_gradient ? time.weight_gradient->seconds : 0);
    }
  return found;
}

std::vector<std::optional<std::int64_t>> macs_of_nodes(const MeasureAnswer& a) {
  std::vector<std::optional<std::int64_t>> found(a.graph->nodes.size());
  for (const Layer& layer : a.analysis->layers)
    if (layer.graph == a.graph && layer.coverage != Coverage::unknown && layer.macs.ok())
      found[static_cast<std::size_t>(layer.node)] = layer.macs.value();
  return found;
}

}  // namespace reckon
