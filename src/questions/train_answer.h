// The answer of `reckon train`: a network that was really trained, beside what was predicted of it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "machine/training_run.h"
#include "questions/energy_answer.h"
#include "questions/measure_answer.h"

namespace reckon {

// A training on one line, and its curves: all that a comparison shows, and what is kept of it.
struct TrainedNetwork {
  std::string network;  // "lenet5"
  std::string optimizer, schedule;
  double rate = 0;
  std::int64_t seed = 1;
  TrainingRun run;
  std::int64_t macs = 0;  // of the forward pass of one image
  // Of a step; absent where nothing predicts it. Energy is modelled from published constants
  // (data/constants.json), not measured.
  std::optional<double> step_ops, step_j;
  std::optional<std::int64_t> predicted_peak_bytes;
  std::optional<double> predicted_step_s;

  double ops() const { return step_ops.value_or(0) * static_cast<double>(run.steps); }
  std::optional<double> joules_after(const TrainingEpoch& epoch) const {
    if (!step_j) return std::nullopt;
    return *step_j * static_cast<double>(epoch.epoch * run.steps_per_epoch);
  }
  std::optional<double> joules() const {
    if (!step_j) return std::nullopt;
    return *step_j * static_cast<double>(run.steps);
  }
};

struct TrainAnswer {
  TrainedNetwork what;
  // A step of the same batch: predicted before the training, and measured layer by layer after it.
  MeasureAnswer step;
  std::optional<EnergyAnswer> energy;  // of a step
};

// One line of the bill, of the whole training.
struct BillLine {
  std::string_view key, name, unit;
  std::optional<double> predicted, measured;
};
std::array<BillLine, 4> bill_of(const TrainedNetwork& what);

// One layer of it, of a step.
struct TrainedLayer {
  std::string name;
  std::string_view op;
  std::optional<std::int64_t> macs;             // of its forward pass
  std::optional<double> forward_s, backward_s;  // measured
  std::optional<double> joules;                 // modelled
};
std::vector<TrainedLayer> trained_layers(const TrainAnswer& answer);

// Trainings beside each other: those that Reckon ships, and those of this machine.
struct TrainComparison {
  std::vector<TrainedNetwork> shipped, own;
};
// What a file holds that `reckon train compare --out` wrote. Fails with corrupt, naming the place.
Result<std::vector<TrainedNetwork>> read_trainings(std::string_view json);

}  // namespace reckon
