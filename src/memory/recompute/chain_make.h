// The chain of a network (memory/recompute/chain.h): its graph cut wherever a single activation
// passes from what has run to what will run. A residual block is one stage; so is a dense block
// whose layers read everything before them.
//
// Bytes come from the simulated PyTorch run (memory/timeline.h), run with autograd and without: the
// plan that recomputes nothing has the peak that the timeline has. Values that need no gradient and
// are used across stages (a mask, positions) are made once and stay; they never hinder a cut.
//
// Time. A layer takes max(flops / flops_per_s, bytes moved / bytes_per_s), its backward pass twice
// that (one product for each operand; assumed for all layers). Where no device is given, times are
// in FLOPs and a byte moved counts as `flops_per_byte` of them: absolute times mean little then,
// relative ones are what to show.
#pragma once

#include "analysis/analyze.h"
#include "memory/recompute/chain.h"
#include "memory/timeline.h"

namespace reckon {

struct StageTime {
  double flops_per_s = 0;  // 0: no device
  double bytes_per_s = 0;
  // Without a device: the balance of processors of today, between 5 and 20. Assumed.
  double flops_per_byte = 10;
};

// Fails with bad_argument where `options` do not train, and with unsupported for control flow.
Status check_recomputable(const Graph& graph, const TimelineOptions& options);

// `graph`, `analysis` and `options` are those that `step` was made of. Fails as check_recomputable
// does.
Result<Chain> make_chain(const Graph& graph, const Analysis& analysis,
                         const TimelineOptions& options, const Timeline& step,
                         const StageTime& time = {});

// Forward time of one execution of a layer: in seconds where the rates of a device are known, else
// in FLOPs.
double layer_time(const Layer& layer, const StageTime& time);

}  // namespace reckon
