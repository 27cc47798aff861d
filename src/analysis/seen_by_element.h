// The input elements that one chosen element of a layer's output sees, where it lies: with the
// borders of every layer in between, so that padding is not among them.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/analyze.h"

namespace reckon {

// Along one spatial dimension of the input.
struct SeenBy {
  int axis = -1;           // of the layer's output 0 that it has become; −1: none, all is seen
  Dim size = unknown_dim;  // elements along that axis
  Dim element = 0;         // the chosen one
  Dim input = 0;           // elements of the input
  // The first and the last that it depends on; nullopt where there is none: padding alone.
  std::optional<Ends> seen;
  // The same as if no layer ended anywhere: [ low + i·jump , high + i·jump ] of Araujo, Norris and
  // Sim (Distill 2019). nullopt where all is seen, where no tap reaches it, beyond 64 bits.
  std::optional<Ends> without_borders;
};

// One for each spatial dimension of the input that receptive fields are about. `element` has a
// number for each of them that is an axis of the output, from 0; empty: the middle ones.
// Fails with unsupported where the layer's receptive field is unknown or its output has no place in
// the input, with bad_argument for an element that there is not.
// REQUIRES: the analysis was asked for receptive fields.
Result<std::vector<SeenBy>> seen_by_element(const Analysis& analysis, const Layer& layer,
                                            std::span<const Dim> element);

}  // namespace reckon
