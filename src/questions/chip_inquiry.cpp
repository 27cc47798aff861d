#include "questions/chip_inquiry.h"

#include "questions/step_words.h"
#include "questions/unit_inquiry.h"

namespace reckon {
namespace {

constexpr double most_mm2 = 1e5, most_w = 1e6;

Result<ChipReport> begin(const Asked& asked) {
  ChipReport report;
  report.budget = {asked.real("area-mm2").value_or(0), asked.real("power-w").value_or(0)};
  if (!asked.has("area-mm2"))
    return fail(ErrorCode::bad_argument, "say how large the chip may be: `area_mm2` 400",
                "`area_mm2`");
  if (!(report.budget.area_mm2 > 0 && report.budget.area_mm2 <= most_mm2))
    return fail(ErrorCode::bad_argument, "an area above 0 and up to 100,000 mm² is expected",
                "`area_mm2`");
  if (!asked.has("power-w"))
    return fail(ErrorCode::bad_argument, "say what the chip may draw: `power_w` 175", "`power_w`");
  if (!(report.budget.power_w > 0 && report.budget.power_w <= most_w))
    return fail(ErrorCode::bad_argument, "a power above 0 and up to 1,000,000 W is expected",
                "`power_w`");
  if (asked.has("node")) {
    RECKON_ASSIGN(report.node, find_process_node(asked.text("node")));
  }
  if (asked.has("precision")) {
    RECKON_ASSIGN(report.format, find_number_format(asked.text("precision")));
  }
  if (asked.has("memory")) {
    RECKON_ASSIGN(report.memory, find_memory_kind(asked.text("memory")));
  }
  RECKON_ASSIGN(HardwareConstants constants, constants_of(asked));
  report.constants = std::make_unique<HardwareConstants>(std::move(constants));
  RECKON_ASSIGN(report.costs,
                chip_costs(*report.constants, report.node, report.format, report.memory));
  return report;
}

}  // namespace

Result<ChipInquiry> inquire_chip(const ModelRef& of, const Asked& asked) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(ChipReport report, begin(asked));
  RECKON_ASSIGN(Inquiry inquiry, inquire(of, question));
  RECKON_ASSIGN(report.analysis, analyze_layers(*inquiry.model->graph, nullptr,
                                                inquiry.analyze_options(stored_as(report.format)),
                                                report.recovered));
  const Graph& graph = *report.analysis->shapes->graph;
  report.batch = report.analysis->bound.batch;
  RECKON_ASSIGN(const NetworkWork work, network_work(graph, *report.analysis));
  report.network = chip_network(graph, *report.analysis, work);
  report.network.watch = asked.watch();
  report.steps = chip_steps(report.budget, report.costs, report.network.kernels.size());
  RECKON_ASSIGN(report.answer,
                best_chip(report.network, report.costs, report.budget, report.steps));
  note_interruption(asked, inquiry);
  return ChipInquiry{std::move(inquiry), std::move(report)};
}

}  // namespace reckon
