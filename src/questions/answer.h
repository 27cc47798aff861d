// The rows of every answer: what it holds (base/field.h).
#pragma once

#include <span>

#include "base/field.h"
#include "base/result.h"
#include "questions/subject.h"

namespace reckon {

using Devices = std::span<const struct Device>;

// Who answers; a failure; the model, what was assumed, how much of it is covered, its totals.
extern const Field reckon_field;
extern const Row<Error> error_field;
extern const Row<Subject> subject_fields, other_field;
// One answer each: a key of JSON, or several.
extern const Row<struct LayersAnswer> layers_field;
extern const Row<struct ModulesAnswer> modules_field;
extern const Row<struct ExplainAnswer> explain_field;
extern const Row<struct SeenAnswer> seen_field;
extern const Row<struct NetworksAnswer> networks_field;
extern const Row<struct GraphAnswer> graph_field;
extern const Row<struct DiffAnswer> diff_field;
extern const Row<struct MemoryAnswer> memory_field;
extern const Row<struct Timeline> alive_field;
extern const Row<struct FitReport> fit_fields;
extern const Row<Devices> devices_field;
extern const Row<struct SiliconReport> silicon_field;
extern const Row<struct CurveAnswer> curve_field;
extern const Row<struct GradientsReport> gradients_field;
extern const Row<struct TimeGradientsReport> gradients_in_time_field;
extern const Row<struct NetworkGradientsAnswer> network_gradients_field;
extern const Row<struct TrainingAnswer> training_field;
extern const Row<struct LoopAnswer> activation_loop_field;
extern const Row<struct ChaseAnswer> pointer_chase_field;
extern const Row<struct ShareAnswer> activation_share_field;
extern const Row<struct StepAnswer> step_field;
extern const Row<struct TimeAnswer> time_field;
extern const Row<struct TimeSweep> time_sweep_field;
extern const Row<struct ThroughputReport> throughput_field;
extern const Row<struct DeviceFit> device_fit_field;
extern const Row<struct EnergyAnswer> energy_field;
extern const Row<struct MeasureAnswer> measure_field;
extern const Row<struct ChipReport> chip_field;
extern const Row<struct RulesReport> rules_field;
extern const Row<struct TrainAnswer> train_field;
extern const Row<struct TrainComparison> train_compare_field;
// Every key of every answer, in order.
std::span<const Field> answer_fields();

// A whole answer: who answers, the network that it is about, and its own rows. Refers to all.
class WholeAnswer {
 public:
  template <class Held>
  WholeAnswer(const Row<Held>& rows, const std::type_identity_t<Held>& of) : own_{&rows, &of} {}
  template <class Held>
  WholeAnswer(const Subject& about, const Row<Held>& rows, const std::type_identity_t<Held>& of)
      : own_{&rows, &of}, about_(&about) {}
  void operator()(SeeAnswer see) const;

 private:
  AnswerPart own_;
  const Subject* about_ = nullptr;
};

// Words that several answers share.
inline std::string_view mode_word(bool training) {
  return training ? "training" : "inference";
}
inline std::optional<std::string_view> if_not_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace reckon
