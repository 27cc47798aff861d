// What questions about time and energy share: number formats, a training step and its update.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/dtype.h"
#include "machine/work.h"
#include "questions/asked.h"

namespace reckon {

// The optimizer and what is frozen belong to training: bad_argument where there is none.
Status check_training(const Asked& asked);

// The type whose elements take as many bits in memory; nullopt for those of the file.
std::optional<DType> stored_as(NumberFormat format);

// What the update of a parameter computes and moves: weight, gradient and state are read, weight
// and state written (as in the optimizer's own loop). The empty name is sgd; returns the name.
Result<std::string_view> price_update(std::string_view optimizer, NumberFormat format,
                                      WorkOptions& options, std::vector<std::string>& assumptions);

}  // namespace reckon
