// The share of activation functions in a network: in its units, its arithmetic, its energy.
//
// A unit is one output element of an activation for one input; were each of them there in silicon
// by itself, the network would need units · transistors. Evaluations are units · batch. Energy is
// modelled, at 45 nm and in FP32, without memory:
//   a MAC          = one multiplication and one addition
//   an evaluation  = the activation's power relative to ReLU · one addition (a ReLU is a
//   comparison)
// Counted are the operators that are activation functions; not those inside recurrent cells, and
// not softmax, which is no function of one unit.
#pragma once

#include "analysis/analyze.h"
#include "machine/silicon.h"

namespace reckon {

struct ActivationUse {
  std::string_view op;          // "Relu"
  std::string_view activation;  // "relu"; empty where src/learning has none of that kind
  std::int64_t layers = 0;
  std::int64_t evaluations = 0;
  std::optional<std::int64_t> units;  // where the batch divides the evaluations
  std::int64_t flops = 0;
  std::optional<std::int64_t> transistors;  // of all units, side by side
  std::optional<double> energy_pj;
};

struct ActivationShare {
  std::vector<ActivationUse> uses;  // by operator, in order of appearance
  std::int64_t evaluations = 0;
  std::optional<std::int64_t> units;
  // Transistors of all units as they are, and were each a ReLU; absent where a part is.
  std::optional<std::int64_t> transistors, relu_transistors;
  std::int64_t activation_flops = 0;
  std::int64_t flops = 0;  // of the whole network, those included
  std::int64_t macs = 0;
  std::optional<double> activation_energy_pj;
  double mac_energy_pj = 0;
  bool lower_bound = false;  // a shape or an operator of the network is unknown
};

// `instead`: as if every activation were this one; empty: as the network has them. Fails with
// not_found for an activation nobody knows, with unsupported for one that no operator computes,
// with overflow.
Result<ActivationShare> activation_share(const Analysis& analysis,
                                         const HardwareConstants& constants,
                                         std::string_view instead = {});

}  // namespace reckon
