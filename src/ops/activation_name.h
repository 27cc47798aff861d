// Which activation function an operator is, as PyTorch spells it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "ops/context.h"

namespace reckon {

struct NamedActivation {
  std::string_view op, name;
};
// A row for each function; operators whose settings make several of them have several.
std::span<const NamedActivation> named_activations();

// The function that a node computes, with whatever slope: "" for an activation without a name here,
// nullopt for another operator and for a Clip between other bounds.
std::optional<std::string_view> activation_name(const OpContext& ctx);

}  // namespace reckon
