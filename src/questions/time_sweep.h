// `reckon time` at several points: latency and throughput against the batch, and wide against deep.
#pragma once

#include "questions/time_inquiry.h"

namespace reckon {

struct TimeSweepInquiry {
  Inquiry inquiry;  // of the first point
  TimeSweep sweep;
};

// "1..256": from, to. Fails with bad_argument for what is no range of 1 to 2^20 and from <= to.
struct BatchRange {
  std::int64_t from = 1, to = 1;
};
Result<BatchRange> parse_batch_range(std::string_view text);

// At `from`, and at every power of two up to `to`, and at `to`.
Result<TimeSweepInquiry> sweep_batches(const ModelRef& of, const Asked& asked,
                                       const BatchRange& range);

// Fully connected networks with inputs, outputs and (nearly) the parameters of the model, of 1, 2,
// 4, … hidden layers, as long as a layer has at least as many units as the model has outputs.
// Fails with bad_argument where the model has not one input and one output of a fixed size, or too
// few parameters for one hidden unit.
Result<TimeSweepInquiry> wide_against_deep(const ModelRef& of, const Asked& asked);

// Units of a hidden layer, so that `depth` of them between `in` and `out` have at most `params`
// parameters, with biases; 0 where there are too few.
//   w·(in + 1) + (depth − 1)·w·(w + 1) + out·(w + 1)
std::int64_t width_for(std::int64_t params, std::int64_t in, std::int64_t out, std::int64_t depth);

}  // namespace reckon
