// What `reckon energy` shows. Filled in by api/energy_inquiry.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "machine/device.h"
#include "machine/energy.h"
#include "report/sheet.h"
#include "report/style.h"
#include "report/subject.h"

namespace reckon {

// One number format of the question.
struct EnergyCase {
  NumberFormat format = NumberFormat::fp32;
  std::optional<NumberFormat> weights_format;
  std::unique_ptr<Analysis> analysis;
  std::optional<double> seconds;  // where the device has the rates
  bool start_known = true;        // else these are a lower bound
  EnergyEstimate energy;
};

struct EnergyAnswer {
  std::unique_ptr<Graph> recovered;  // the layers behind an export
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

std::string energy_text(const Subject& subject, const EnergyAnswer& energy, const Style& style);
// One row for each layer of the first case.
Sheet energy_sheet(const EnergyAnswer& energy);
std::string energy_json(const Subject& subject, const EnergyAnswer& energy);

// "int8", "int8/fp16".
std::string format_text(const EnergyCase& one);
// "1.43 mJ": three significant digits and the unit that fits.
std::string joules_text(double joules);

}  // namespace reckon
