// `reckon energy`, from words to an answer.
#pragma once

#include <utility>

#include "api/memory_inquiry.h"
#include "report/energy_pages.h"

namespace reckon {

// As typed; empty words mean the default.
struct EnergyWords {
  std::string device;
  std::vector<Device> own_devices;  // that hide built-in ones of their names
  std::string formats;              // fp32; several, and weights/activations: "fp16,int8/fp16"
  std::string node, memory, sram;   // 7nm, as the device has it, 1mb
  std::optional<double> idle_w;     // as the device has it
  std::string fused;                // on
  bool train = false;
  std::string optimizer;  // sgd
  std::vector<std::string> freeze;
  std::vector<std::pair<std::string, double>> constants;  // values of one's own
};

struct EnergyInquiry {
  Inquiry inquiry;
  EnergyAnswer energy;
};
// Fails with bad_argument where a word is wrong.
Result<EnergyInquiry> inquire_energy(std::string_view spec, const Question& question,
                                     const EnergyWords& words);
Result<EnergyInquiry> inquire_energy(std::shared_ptr<const Model> model, const Question& question,
                                     const EnergyWords& words);

// "int8" or "int8/fp16": of the weights, of the rest.
struct FormatPair {
  NumberFormat format = NumberFormat::fp32;
  std::optional<NumberFormat> weights;  // where they are stored in another one
};
Result<std::vector<FormatPair>> read_formats(std::string_view list);

}  // namespace reckon
