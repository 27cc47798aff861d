// Traffic between a chip and its memory, as a function of the bytes on the chip.
//
// Every kernel (machine/work.h) reads its operands and writes its results once. What may stay on
// the chip instead, whole or in part:
//   a tensor   from the kernel that makes it to the last that reads it; saves its write and its
//   reads weights    from one inference to the next; saves their read, and is in the way all the
//   time
// Inputs and outputs of the network come and go. At each kernel, what stays takes at most the bytes
// on the chip. Which choice moves least is a linear program over intervals, and as a flow along the
// kernels it is solved exactly (successive cheapest paths; R. Ahuja, T. Magnanti, J. Orlin,
// "Network Flows", 1993, chapter 9): n bytes of chip are n units of flow, and what one unit meets
// on its way it keeps. The first bytes save most: what is saved is concave in the bytes on the
// chip.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"
#include "base/watch.h"
#include "machine/work.h"

namespace reckon {

// A kernel of the network as the chip sees it.
struct ChipKernel {
  const Layer* layer = nullptr;
  double macs = 0, other_ops = 0;
  double fixed_bytes = 0;   // that always come from memory or go there
  double weight_bytes = 0;  // read at each inference, unless they stay
};
// A tensor between kernels.
struct ChipTensor {
  double bytes = 0;
  std::int32_t made_by = 0;
  std::vector<std::int32_t> read_by;  // later kernels, in order; at least one
};
struct ChipNetwork {
  std::vector<ChipKernel> kernels;
  std::vector<ChipTensor> tensors;
  Watch* watch = nullptr;    // of searches over it; or null
  bool lower_bound = false;  // something of the network is unknown

  double all_bytes() const;  // that are moved when nothing stays
};
// Layers in the bodies of control flow, and tensors that nobody can size, always come from memory.
ChipNetwork chip_network(const Graph& graph, const Analysis& analysis, const NetworkWork& work);

// Traffic that is left with so many bytes on the chip, by kernel.
struct ChipTraffic {
  double chip_bytes = 0;
  double moved_bytes = 0;            // Σ of the next
  std::vector<double> kernel_bytes;  // by kernel
  double kept_weight_bytes = 0, kept_tensor_bytes = 0;
  bool exact = true;  // else the search was cut short: more could stay
};
// For each of `chip_bytes`, which rise and are not negative.
std::vector<ChipTraffic> chip_traffic(const ChipNetwork& network,
                                      const std::vector<double>& chip_bytes);

}  // namespace reckon
