// The bill of a training: predicted beside measured, in the whole and layer by layer.
#include "questions/train_answer.h"

namespace reckon {

std::array<BillLine, 4> bill_of(const TrainedNetwork& what) {
  const TrainingRun& run = what.run;
  const auto steps = static_cast<double>(run.steps);
  const auto of_all = [&](const std::optional<double>& of_step) {
    return of_step ? std::optional(*of_step * steps) : std::nullopt;
  };
  const auto bytes = [](std::optional<std::int64_t> n) {
    return n ? std::optional(static_cast<double>(*n)) : std::nullopt;
  };
  return {{{"peak_bytes", "memory, at the peak", "B", bytes(what.predicted_peak_bytes),
            run.peak_bytes > 0 ? bytes(run.peak_bytes) : std::nullopt},
           {"ops", "operations", "OP", of_all(what.step_ops), std::nullopt},
           {"seconds", "time of the steps", "s", of_all(what.predicted_step_s), run.seconds},
           {"joules", "energy", "J", what.joules(), std::nullopt}}};
}

std::vector<TrainedLayer> trained_layers(const TrainAnswer& answer) {
  std::vector<TrainedLayer> layers;
  const MeasureAnswer& step = answer.step;
  const auto macs = macs_of_nodes(step);
  std::vector<std::optional<double>> joules(step.graph->nodes.size());
  if (answer.energy)
    for (const LayerEnergy& one : answer.energy->cases[0].energy.layers) {
      // The same nodes in the same order, though in another copy of the graph.
      const NodeId node = one.layer->node;
      if (node != none && static_cast<std::size_t>(node) < joules.size())
        joules[static_cast<std::size_t>(node)] = one.joules;
    }
  for (const MeasuredLayer& run : step.measured.layers) {
    const auto at = static_cast<std::size_t>(run.node);
    const Node& node = step.graph->nodes[at];
    layers.push_back({std::string(node.name.empty() ? node.op_type : node.name), node.op_type,
                      macs[at], run.forward.median_s, run.backward_s, joules[at]});
  }
  return layers;
}

}  // namespace reckon
