#include "api/chip_inquiry.h"

#include "api/step_words.h"
#include "base/text.h"

namespace reckon {
namespace {

constexpr double most_mm2 = 1e5, most_w = 1e6;

Result<ChipReport> begin(Question& question, const ChipWords& words) {
  question.receptive_fields = false;
  ChipReport report;
  report.budget = {words.area_mm2, words.power_w};
  if (!(words.area_mm2 > 0 && words.area_mm2 <= most_mm2))
    return fail(ErrorCode::bad_argument, "say how large the chip may be: --area-mm2 400",
                "--area-mm2");
  if (!(words.power_w > 0 && words.power_w <= most_w))
    return fail(ErrorCode::bad_argument, "say what the chip may draw: --power-w 175", "--power-w");
  if (!words.node.empty()) {
    RECKON_ASSIGN(report.node, find_process_node(words.node));
  }
  if (!words.format.empty()) {
    RECKON_ASSIGN(report.format, find_number_format(words.format));
  }
  if (!words.memory.empty()) {
    RECKON_ASSIGN(report.memory, find_memory_kind(words.memory));
  }
  RECKON_ASSIGN(HardwareConstants constants, HardwareConstants::built_in());
  for (const auto& [name, value] : words.constants)
    if (Status set = constants.set(name, value); !set)
      return fail(ErrorCode::bad_argument, std::move(set.error().message),
                  "--constant " + printable(name));
  report.constants = std::make_unique<HardwareConstants>(std::move(constants));
  RECKON_ASSIGN(report.costs,
                chip_costs(*report.constants, report.node, report.format, report.memory));
  report.steps = chip_steps(report.budget, report.costs);
  return report;
}

Result<ChipInquiry> finish(Result<Inquiry> inquiry, ChipReport report) {
  if (!inquiry) return std::unexpected<Error>(std::move(inquiry).error());
  RECKON_ASSIGN(report.analysis,
                analyze_layers(*inquiry, stored_as(report.format), report.recovered));
  const Graph& graph = *report.analysis->shapes->graph;
  report.batch = report.analysis->bound.batch;
  RECKON_ASSIGN(const NetworkWork work, network_work(graph, *report.analysis));
  report.network = chip_network(graph, *report.analysis, work);
  RECKON_ASSIGN(report.answer,
                best_chip(report.network, report.costs, report.budget, report.steps));
  return ChipInquiry{*std::move(inquiry), std::move(report)};
}

}  // namespace

Result<ChipInquiry> inquire_chip(std::string_view spec, const Question& question,
                                 const ChipWords& words) {
  Question one = question;
  RECKON_ASSIGN(ChipReport report, begin(one, words));
  return finish(inquire(spec, one), std::move(report));
}

Result<ChipInquiry> inquire_chip(std::shared_ptr<const Model> model, const Question& question,
                                 const ChipWords& words) {
  Question one = question;
  RECKON_ASSIGN(ChipReport report, begin(one, words));
  return finish(inquire(std::move(model), one), std::move(report));
}

}  // namespace reckon
