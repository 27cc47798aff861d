#include "questions/train_inquiry.h"

#include <algorithm>

#include "base/text.h"
#include "questions/energy_inquiry.h"

namespace reckon {
namespace {

// The same network for another question, of a training step.
Asked asked_of_step(std::string_view question, const Asked& asked) {
  Asked step(question);
  for (const OptionName name : {OptionName("set"), OptionName("shape"), OptionName("freeze")})
    if (const Said* const value = asked.given(name)) step.give(name, *value);
  step.give("batch", {.whole = asked.whole("batch").value_or(1)});
  step.give("optimizer", {.text = std::string(asked.text("optimizer"))});
  step.give("train", {});
  return step;
}

// A network's parameter `resolution`, or else the two sides of its only input of images.
Result<Asked> at_resolution(const ModelRef& of, const Asked& asked) {
  Asked moved = asked;
  const auto side = asked.whole("resolution");
  if (!side) return moved;
  RECKON_ASSIGN(const Inquiry found, inquire(of, {.batch = {},
                                                  .set = asked.wholes("set"),
                                                  .shape = asked.names("shape"),
                                                  .receptive_fields = false}));
  const auto& parameters = found.model->parameters;
  if (std::ranges::any_of(parameters,
                          [](const Parameter& one) { return one.name == "resolution"; })) {
    Parameters set = asked.wholes("set");
    set.insert_or_assign("resolution", *side);
    moved.give("set", {.wholes = std::move(set)});
    return moved;
  }
  const Graph& graph = *found.model->graph;
  if (graph.inputs.size() != 1 || found.analysis.tensor(graph.inputs[0]).shape.rank() != 4)
    return fail(ErrorCode::bad_argument,
                "the network has no parameter resolution, and no input of images", "`resolution`");
  const Shape& shape = found.analysis.tensor(graph.inputs[0]).shape;
  const std::string name(graph.values[static_cast<std::size_t>(graph.inputs[0])].name);
  const std::string sides = std::to_string(*side) + "x" + std::to_string(*side);
  std::vector<std::string> shapes = asked.names("shape");
  shapes.push_back(name + "=" + std::to_string(shape[0]) + "x" + std::to_string(shape[1]) + "x" +
                   sides);
  moved.give("shape", {.names = std::move(shapes)});
  return moved;
}

}  // namespace

Result<TrainInquiry> inquire_train(const ModelRef& of, const Asked& asked, int threads,
                                   const TorchPolicy& torch) {
  RECKON_ASSIGN(const Asked moved, at_resolution(of, asked));
  Asked step = asked_of_step("measure", moved);
  if (const Said* const on = asked.given("on")) step.give("on", *on);
  RECKON_ASSIGN(const Question question, question_of(step));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  RECKON_TRY(undo_inference_export(inquiry));
  const ModelRef model(inquiry.model);
  RECKON_ASSIGN(MeasureInquiry found, inquire_measure(model, step, threads, torch));
  TrainAnswer answer{.what = {}, .step = std::move(found.answer), .energy = {}};
  TrainedNetwork& what = answer.what;
  what.network = found.inquiry.model->name;
  what.optimizer = asked.text("optimizer");
  for (const auto& macs : macs_of_nodes(answer.step)) what.macs += macs.value_or(0);
  what.macs /= answer.step.batch();
  if (answer.step.timeline) what.predicted_peak_bytes = answer.step.timeline->peak.bytes;
  if (answer.step.estimate) what.predicted_step_s = answer.step.estimate->seconds;
  auto energy = inquire_energy(model, asked_of_step("energy", moved));
  if (energy && !energy->energy.cases.empty()) {
    const EnergyEstimate& estimate = energy->energy.cases[0].energy;
    what.step_j = estimate.joules;
    double ops = 0;
    for (const EnergyPart& part : estimate.parts)
      if (part.unit == "OP" && part.kind != EnergyKind::registers) ops += part.count;
    what.step_ops = ops;
    answer.energy = std::move(energy->energy);
  }
  return TrainInquiry{std::move(found.inquiry), std::move(answer)};
}

}  // namespace reckon
