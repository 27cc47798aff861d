// The answer of `reckon chip`.
#pragma once

#include <memory>
#include <string>

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

}  // namespace reckon
