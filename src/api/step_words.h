// Words that questions about time and energy share: number formats, the optimizer's update, on or
// off.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/dtype.h"
#include "machine/work.h"

namespace reckon {

// The empty word is "on".
Result<bool> on_or_off(std::string_view word, std::string_view option);

// The type whose elements take as many bits in memory; nullopt for those of the file.
std::optional<DType> stored_as(NumberFormat format);

// What the update of a parameter computes and moves: weight, gradient and state are read, weight
// and state written (as in the optimizer's own loop). The empty name is sgd; returns the name.
Result<std::string_view> price_update(std::string_view optimizer, NumberFormat format,
                                      WorkOptions& options, std::vector<std::string>& assumptions);

}  // namespace reckon
