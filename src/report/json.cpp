// The JSON of every answer: the rows of what it is about, then its own.
#include "report/chip_pages.h"
#include "report/energy_pages.h"
#include "report/fit_pages.h"
#include "report/json_fields.h"
#include "report/measure_pages.h"
#include "report/memory_pages.h"
#include "report/pages.h"
#include "report/silicon_pages.h"
#include "report/step_pages.h"
#include "report/throughput_pages.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

// Who answers is about nothing, and the same in every answer.
const AnswerPart who{&reckon_field, &reckon_field};

std::string alone(const Field& field, const void* of) {
  return answer_json({who, {&field, of}});
}
std::string about(const Subject& subject, const Field& field, const void* of) {
  return answer_json({who, {&subject_fields, &subject}, {&field, of}});
}

std::string explain_json(const Subject& subject, const LayersAnswer& layers,
                         const std::vector<Explained>& figures) {
  return answer_json(
      {who, {&subject_fields, &subject}, {&layers_field, &layers}, {&explain_field, &figures}});
}

}  // namespace

std::string report_json(const Subject& subject, Rows which, TextSink sink) {
  const LayersAnswer layers{subject.analysis, which};
  const AnswerPart parts[] = {who, {&subject_fields, &subject}, {&layers_field, &layers}};
  return answer_json(Parts(parts), std::move(sink));
}

std::string explain_json(const Subject& subject, const Layer& layer) {
  const std::vector<ExplainedFigure> figures = explain_layer(subject.analysis, layer);
  std::vector<Explained> shown;
  for (const ExplainedFigure& figure : figures) shown.push_back(explained(figure));
  return explain_json(subject, {subject.analysis, Rows::all, &layer}, shown);
}

std::string explain_totals_json(const Subject& subject) {
  const std::vector<ExplainedTotal> totals = explain_totals(subject);
  std::vector<Explained> shown;
  for (const ExplainedTotal& total : totals)
    shown.push_back({.name = total.name,
                     .unit = total.unit,
                     .value = total.value,
                     .formula = total.formula,
                     .substitution = total.substitution});
  return explain_json(subject, LayersAnswer{subject.analysis}, shown);
}

std::string memory_json(const Subject& subject, const MemoryAnswer& memory) {
  std::vector<ExplainedFigure> lines;
  for (const LedgerLine& line : memory.ledger.lines)
    lines.push_back({line.name, "B", line.standing, line.figure, ""});
  std::vector<Explained> shown;
  for (const ExplainedFigure& line : lines) shown.push_back(explained(line));
  return answer_json(
      {who, {&subject_fields, &subject}, {&memory_field, &memory}, {&explain_field, &shown}});
}

std::string networks_json(std::span<const BuiltIn> networks, bool with_text) {
  const NetworksAnswer answer{networks, with_text};
  return alone(networks_field, &answer);
}
std::string devices_json(std::span<const Device> devices) {
  return alone(devices_field, &devices);
}
std::string version_json() {
  return answer_json({who});
}
std::string error_json(const Error& error) {
  return answer_json({{&error_field, &error}});
}

std::string fit_json(const Subject& subject, const FitReport& fit) {
  return about(subject, fit_fields, &fit);
}
std::string step_json(const Subject& subject, const StepReport& step) {
  const StepAnswer answer{step, subject.analysis.bound.batch};
  return about(subject, step_field, &answer);
}
std::string time_json(const Subject& subject, const TimeAnswer& time) {
  return about(subject, time_field, &time) + "\n";
}
std::string time_sweep_json(const Subject& subject, const TimeSweep& sweep) {
  return about(subject, time_sweep_field, &sweep) + "\n";
}
std::string energy_json(const Subject& subject, const EnergyAnswer& energy) {
  return about(subject, energy_field, &energy) + "\n";
}
std::string chip_json(const Subject& subject, const ChipReport& chip) {
  return about(subject, chip_field, &chip) + "\n";
}
std::string measure_json(const Subject& subject, const MeasureAnswer& answer) {
  return about(subject, measure_field, &answer) + "\n";
}
std::string throughput_json(const ThroughputReport& report) {
  return alone(throughput_field, &report) + "\n";
}
std::string device_fit_json(const DeviceFit& fit) {
  return alone(device_fit_field, &fit) + "\n";
}

std::string silicon_json(const SiliconReport& report) {
  return alone(silicon_field, &report);
}
std::string gradients_json(const GradientsReport& report) {
  return alone(gradients_field, &report);
}
std::string curve_json(const Activation& activation, const ActivationCurve& curve) {
  const CurveAnswer answer{activation, curve};
  return alone(curve_field, &answer);
}
std::string loop_json(std::string_view activation, const LoopResult& result) {
  const LoopAnswer answer{activation, result};
  return alone(activation_loop_field, &answer);
}
std::string chase_json(std::int64_t bytes, const ChaseResult& result) {
  const ChaseAnswer answer{bytes, result};
  return alone(pointer_chase_field, &answer);
}
std::string activation_share_json(const Subject& subject, std::string_view instead,
                                  const ActivationShare& share) {
  const ShareAnswer answer{instead, share};
  return about(subject, activation_share_field, &answer);
}

}  // namespace reckon
