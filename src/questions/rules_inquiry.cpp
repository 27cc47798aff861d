#include "questions/rules_inquiry.h"

namespace reckon {
namespace {

Said text(std::string_view word) {
  Said said;
  said.text = word;
  return said;
}

// The same network, asked another question at `batch`.
Asked another(std::string_view question, const Asked& asked, std::int64_t batch) {
  Asked other{question};
  if (const Said* const set = asked.given("set")) other.give("set", *set);
  if (const Said* const shape = asked.given("shape")) other.give("shape", *shape);
  Said n;
  n.whole = batch;
  other.give("batch", std::move(n));
  return other;
}

// Absent where the question has no answer for this network.
std::optional<MemoryAnswer> memory_of(const ModelRef& of, const Asked& asked) {
  Result<MemoryInquiry> found = inquire_memory(of, asked);
  if (!found || !found->memory.timeline) return {};
  return std::move(found->memory);
}

// The parameter that says how much data one input is.
const Parameter* size_of_data(const Model& model) {
  for (const std::string_view name : {"resolution", "image", "sequence"})
    for (const Parameter& parameter : model.parameters)
      if (parameter.name == name && parameter.value / 2 >= parameter.min) return &parameter;
  return nullptr;
}

Result<Device> device_of(const Asked& asked) {
  return asked.has("device") ? asked.device("device") : find_device(asked.text("device"));
}

Result<RuleFacts> facts_of(const ModelRef& of, const Asked& asked) {
  RuleFacts facts;
  facts.batch = asked.whole("batch").value_or(32);
  facts.optimizer = asked.text("optimizer");
  RECKON_ASSIGN(Question question, question_of(another("report", asked, facts.batch)));
  question.receptive_fields = true;
  RECKON_ASSIGN(facts.inquiry, inquire(of, question));
  facts.network = facts.inquiry.model->name;
  if (auto cost = backward_cost(*facts.inquiry.model->graph, facts.inquiry.analysis))
    facts.backward = *std::move(cost);

  const auto training = [&](std::int64_t batch, std::string_view precision) {
    Asked memory = another("memory", asked, batch);
    memory.give("train", {});
    memory.give("optimizer", text(facts.optimizer));
    if (!precision.empty()) memory.give("precision", text(precision));
    return memory_of(of, memory);
  };
  facts.inference_of_one = memory_of(of, another("memory", asked, 1));
  facts.inference = memory_of(of, another("memory", asked, facts.batch));
  facts.training = training(facts.batch, {});
  facts.amp_training = training(facts.batch, "amp-fp16");
  if (facts.batch % 2 == 0) facts.half_training = training(facts.batch / 2, {});

  Asked time = another("time", asked, facts.batch);
  RECKON_ASSIGN(Device device, device_of(asked));
  Said on = text(device.name);
  on.own.push_back(std::move(device));
  time.give("device", std::move(on));
  if (auto found = inquire_time(of, time)) facts.time = *std::move(found);

  if (const Parameter* const size = size_of_data(*facts.inquiry.model)) {
    Question half = question;
    half.set[size->name] = size->value / 2;
    half.receptive_fields = false;
    if (auto found = inquire(of, half)) facts.half_data = *std::move(found);
  }
  return facts;
}

RulesReport begin(const Asked& asked) {
  RulesReport report;
  report.optimizer = asked.text("optimizer");
  report.device = asked.text("device");
  for (const Rule& rule : rules()) report.tried.push_back({&rule, {}});
  return report;
}

void try_rules(const RuleFacts& facts, RulesReport& report) {
  ++report.n_networks;
  for (TriedRule& tried : report.tried)
    if (std::optional<RuleSides> sides = tried.rule->sides(facts))
      tried.trials.push_back({facts.network, facts.batch, *std::move(sides)});
}

}  // namespace

Result<RulesReport> inquire_rules(const ModelRef& of, const Asked& asked) {
  RulesReport report = begin(asked);
  RECKON_ASSIGN(const RuleFacts facts, facts_of(of, asked));
  try_rules(facts, report);
  return report;
}

Result<RulesReport> inquire_rules(const Asked& asked) {
  RulesReport report = begin(asked);
  for (const BuiltIn& network : built_in_networks()) {
    const Result<RuleFacts> facts = facts_of(network.name, asked);
    if (!facts && facts.error().where == "`device`") return std::unexpected(facts.error());
    if (facts)
      try_rules(*facts, report);
    else
      report.left_out.push_back(std::string(network.name) + ": " + facts.error().message);
  }
  return report;
}

}  // namespace reckon
