// What `reckon chip` shows. Filled in by api/chip_inquiry.h.
#pragma once

#include <memory>
#include <string>

#include "report/sheet.h"
#include "report/style.h"
#include "report/subject.h"
#include "solve/chip.h"

namespace reckon {

struct ChipReport {
  std::unique_ptr<Graph> recovered;  // the layers behind an export
  std::unique_ptr<Analysis> analysis;
  std::unique_ptr<HardwareConstants> constants;
  ProcessNode node = ProcessNode::nm7;
  NumberFormat format = NumberFormat::int8;
  MemoryKind memory = MemoryKind::hbm2;
  std::int64_t batch = 1;
  ChipBudget budget;
  ChipCosts costs;
  ChipSteps steps;
  ChipNetwork network;
  ChipAnswer answer;
};

std::string chip_text(const Subject& subject, const ChipReport& chip, const Style& style);
// The best design beside each memory on the chip.
Sheet chip_sheet(const ChipReport& chip);
// Along the memory on the chip: how fast the best design beside it is, with the optimum, and its
// ridge beside the operations that the network has for each byte that still moves.
std::string chip_svg(std::string_view model, const ChipReport& chip);
std::string chip_json(const Subject& subject, const ChipReport& chip);

}  // namespace reckon
