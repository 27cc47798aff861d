// What weights, buffers and biases are before the first step of a training, by a seed.
//
//   weights of convolutions and products   a rule of learning/initialisation.h; without one,
//                                          he_uniform where a rectifier follows (ReLU and what is
//                                          like it), xavier_uniform elsewhere
//   biases                                 0, or as the rule says
//   norms                                  scale 1, shift 0, running mean 0, running variance 1
//   other tables (positions, class tokens) normal, deviation 0.02 (A. Dosovitskiy et al., ICLR
//   2021)
// The stream of numbers of a tensor follows from the seed and its name, whatever else there is.
#pragma once

#include "interpreter.h"
#include "learning/initialisation.h"

namespace reckon {

// The seed of a tensor's own stream.
std::uint64_t stream_of(std::uint64_t seed, std::string_view name);

void set_first_values(const Graph& graph, const Analysis& analysis, const Plan& plan,
                      Interpreter& run, const Initialisation* rule, std::uint64_t seed);

}  // namespace reckon
