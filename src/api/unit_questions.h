// The questions about activations, gradients and training steps.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/inquiry.h"
#include "api/memory_inquiry.h"
#include "report/silicon_pages.h"

namespace reckon {

// As asked; what is absent has a default.
struct UnitWords {
  std::string activation, initialisation;                    // ; torch_default
  std::optional<double> from, to;                            // −6 to 6
  std::optional<std::int64_t> points;                        // 201
  std::optional<std::int64_t> depth, width, samples, seeds;  // 20, 128, 32, 8
  std::optional<std::int64_t> evaluations, bytes, steps;
  std::vector<std::pair<std::string, double>> overrides;  // of constants
};

// False where `key` is none of these.
Result<bool> read_unit_key(std::string_view key, const nlohmann::json& value, UnitWords& words);

// The built-in constants with what the question puts in their place.
Result<HardwareConstants> constants_of(const UnitWords& words);
// A bound beside the learning room's own keeps the answer within seconds: 2^34 multiply-accumulates
// over all seeds.
Result<GradientsReport> inquire_gradients(const UnitWords& words);

// silicon, curve, gradients, activation_loop, pointer_chase; nullopt for any other kind.
Result<std::optional<std::string>> answer_about_units(std::string_view kind,
                                                      const UnitWords& words);
Result<std::string> answer_activation_share(const Subject& subject, const UnitWords& words);
// The optimizer and what is frozen are those of a training run.
Result<std::string> answer_step(std::shared_ptr<const Model> model, const Question& question,
                                const MemoryWords& words);

}  // namespace reckon
