// Every answer: the rows of what it is about, then its own.
#include "questions/answer.h"
#include "report/chip_pages.h"
#include "report/diff_pages.h"
#include "report/energy_pages.h"
#include "report/fit_pages.h"
#include "report/graph_pages.h"
#include "report/json_fields.h"
#include "report/measure_pages.h"
#include "report/memory_pages.h"
#include "report/pages.h"
#include "report/rules_pages.h"
#include "report/silicon_pages.h"
#include "report/step_pages.h"
#include "report/throughput_pages.h"
#include "report/time_pages.h"
#include "report/train_pages.h"

namespace reckon {
namespace {

// Who answers is about nothing, and the same in every answer.
const AnswerPart who{&reckon_field, &reckon_field};

void about(SeeAnswer see, const Subject& subject, const Field& field, const void* of) {
  see({who, {&subject_fields, &subject}, {&field, of}});
}
void explained(SeeAnswer see, const Subject& subject, const Field& field, const void* of,
               const ExplainAnswer& figures) {
  see({who, {&subject_fields, &subject}, {&field, of}, {&explain_field, &figures}});
}

}  // namespace

void report_answer(SeeAnswer see, const Subject& subject, Rows which) {
  const LayersAnswer layers{subject.analysis, which};
  about(see, subject, layers_field, &layers);
}
void graph_answer(SeeAnswer see, const Subject& subject, const GraphAnswer& graph) {
  about(see, subject, graph_field, &graph);
}
void diff_answer(SeeAnswer see, const DiffAnswer& diff) {
  const Subject of = diff.of.subject(), other = diff.other.subject();
  see({who, {&subject_fields, &of}, {&other_field, &other}, {&diff_field, &diff}});
}
void explain_answer(SeeAnswer see, const Subject& subject, const Layer& layer) {
  const LayersAnswer layers{subject.analysis, Rows::all, &layer};
  explained(see, subject, layers_field, &layers, {explain_layer(subject.analysis, layer), {}});
}
void explain_totals_answer(SeeAnswer see, const Subject& subject) {
  const LayersAnswer layers{subject.analysis};
  explained(see, subject, layers_field, &layers, {{}, explain_totals(subject)});
}
void memory_answer(SeeAnswer see, const Subject& subject, const MemoryAnswer& memory) {
  ExplainAnswer lines;
  for (const LedgerLine& line : memory.ledger.lines)
    if (line.bytes > 0 || line.name != "constants_bytes")  // absent where there are none
      lines.figures.push_back({line.name, "B", line.standing, line.figure, ""});
  Standing weakest = Standing::exact;
  Figure total;
  for (const LedgerLine& line : memory.ledger.lines) {
    if (line.bytes == 0) continue;
    weakest = std::max(weakest, line.standing);
    total.add({{line.name, line.bytes}});
  }
  lines.figures.push_back({"total_bytes", "B", weakest, total, ""});
  const AnswerPart subject_part{&subject_fields, &subject}, memory_part{&memory_field, &memory},
      lines_part{&explain_field, &lines};
  if (memory.timeline && memory.timeline->alive)
    see({who, subject_part, memory_part, {&alive_field, &*memory.timeline}, lines_part});
  else
    see({who, subject_part, memory_part, lines_part});
}

void rules_answer(SeeAnswer see, const RulesReport& report) {
  see({who, {&rules_field, &report}});
}
void networks_answer(SeeAnswer see, std::span<const BuiltIn> networks, bool with_text) {
  const NetworksAnswer answer{networks, with_text};
  see({who, {&networks_field, &answer}});
}
void devices_answer(SeeAnswer see, std::span<const Device> devices) {
  see({who, {&devices_field, &devices}});
}
void version_answer(SeeAnswer see) {
  see({who});
}
std::string error_json(const Error& error) {
  AnswerJson json;
  const AnswerPart part{&error_field, &error};
  json({&part, 1});
  return std::move(json.text);
}

void fit_answer(SeeAnswer see, const Subject& subject, const FitReport& fit) {
  about(see, subject, fit_fields, &fit);
}
void step_answer(SeeAnswer see, const Subject& subject, const StepReport& step) {
  const StepAnswer answer{step, subject.analysis.bound.batch};
  about(see, subject, step_field, &answer);
}
void time_answer(SeeAnswer see, const Subject& subject, const TimeAnswer& time) {
  about(see, subject, time_field, &time);
}
void time_sweep_answer(SeeAnswer see, const Subject& subject, const TimeSweep& sweep) {
  about(see, subject, time_sweep_field, &sweep);
}
void energy_answer(SeeAnswer see, const Subject& subject, const EnergyAnswer& energy) {
  about(see, subject, energy_field, &energy);
}
void chip_answer(SeeAnswer see, const Subject& subject, const ChipReport& chip) {
  about(see, subject, chip_field, &chip);
}
void measure_answer(SeeAnswer see, const Subject& subject, const MeasureAnswer& answer) {
  about(see, subject, measure_field, &answer);
}
void train_answer(SeeAnswer see, const Subject& subject, const TrainAnswer& answer) {
  about(see, subject, train_field, &answer);
}
void train_compare_answer(SeeAnswer see, const TrainComparison& comparison) {
  see({who, {&train_compare_field, &comparison}});
}
void throughput_answer(SeeAnswer see, const ThroughputReport& report) {
  see({who, {&throughput_field, &report}});
}
void device_fit_answer(SeeAnswer see, const DeviceFit& fit) {
  see({who, {&device_fit_field, &fit}});
}

void silicon_answer(SeeAnswer see, const SiliconReport& report) {
  see({who, {&silicon_field, &report}});
}
void gradients_in_time_answer(SeeAnswer see, const TimeGradientsReport& report) {
  see({who, {&gradients_in_time_field, &report}});
}
void gradients_answer(SeeAnswer see, const GradientsReport& report) {
  see({who, {&gradients_field, &report}});
}
void training_answer(SeeAnswer see, const Trainer& trainer, std::int64_t steps) {
  const TrainingAnswer answer{trainer, steps};
  see({who, {&training_field, &answer}});
}
void curve_answer(SeeAnswer see, const Activation& activation, const ActivationCurve& curve) {
  const CurveAnswer answer{activation, curve};
  see({who, {&curve_field, &answer}});
}
void loop_answer(SeeAnswer see, std::string_view activation, const LoopResult& result) {
  const LoopAnswer answer{activation, result};
  see({who, {&activation_loop_field, &answer}});
}
void chase_answer(SeeAnswer see, std::int64_t bytes, const ChaseResult& result) {
  const ChaseAnswer answer{bytes, result};
  see({who, {&pointer_chase_field, &answer}});
}
void activation_share_answer(SeeAnswer see, const Subject& subject, std::string_view instead,
                             const ActivationShare& share) {
  const ShareAnswer answer{instead, share};
  about(see, subject, activation_share_field, &answer);
}

}  // namespace reckon
