// Activations that a fused operator applies inside: their operations per element.
#pragma once

#include <string_view>

#include "ops/context.h"

namespace reckon {

// Of the activation that ONNX or ONNX Runtime spells `name`, in any case; 0 for none and the
// identity, unknown (-1) for a name that nobody knows. The numbers are those of the activation's
// own row.
std::int64_t activation_operations(std::string_view name);

// Counts them for every element of output 0, as the node's attribute `attr` names the activation.
void add_activation(const OpContext& ctx, Cost& cost, std::string_view attr = "activation");

}  // namespace reckon
