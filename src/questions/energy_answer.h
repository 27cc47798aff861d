// The answer of `reckon energy`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "machine/device.h"
#include "machine/energy.h"

namespace reckon {

// One number format of the question.
struct EnergyCase {
  NumberFormat format = NumberFormat::fp32;
  std::optional<NumberFormat> weights_format;
  // The graph without its norms, where they run inside other layers; and its layers, where the file
  // writes them out. The analysis is null where it is the inquiry's own.
  std::unique_ptr<Graph> folded, recovered;
  std::unique_ptr<Analysis> analysis;
  std::optional<double> seconds;  // where the device has the rates
  bool start_known = true;        // else these are a lower bound
  EnergyEstimate energy;
};

struct EnergyAnswer {
  std::unique_ptr<HardwareConstants> constants;
  std::optional<Device> device;
  ProcessNode node = ProcessNode::nm7;
  EnergyOptions options;  // format and time are those of the cases
  WorkOptions work;
  std::int64_t batch = 1;
  std::string_view optimizer;     // empty for inference
  std::vector<EnergyCase> cases;  // the first one in detail
  std::vector<std::string> assumptions;
};

}  // namespace reckon
