// Inverse questions: the largest batch, width, depth or resolution that fits a budget, and the
// smallest device that a model fits. Bytes are exact under the chosen policy, so an answer comes
// with its certificate: what it takes, and what the next value would take.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "machine/device.h"
#include "solve/footprint.h"
#include "solve/search.h"

namespace reckon {

struct FitQuestion {
  Workload subject;
  // "batch", a parameter of the network ("W", "layers", "width", …), or a free dimension of a file.
  std::string variable = "batch";
  std::int64_t budget_bytes = 0;
  // For weights, with the arena's policy: a value whose weights are larger does not fit either.
  std::optional<std::int64_t> flash_budget_bytes = {};
  // The values to choose from; unset: the parameter's own range, 1 … 2^31−1 for batch and
  // dimensions.
  std::optional<std::int64_t> from, to;
  SearchLimits limits = {};
};

struct FitAnswer {
  std::string variable;
  std::int64_t max = 0;
  std::int64_t bytes_at_max = 0;
  // The next value that exists. Absent where the range ends; its bytes are absent where it is too
  // large to be counted.
  std::optional<std::int64_t> next, bytes_at_next;
  std::int64_t budget_bytes = 0;
  // The line of the ledger that breaks the budget: it grows most from max to next. Where the range
  // ends, the line that holds most.
  std::string binding;
  std::string largest;  // the line that holds most at max
  // With the arena's policy: weights and buffers at max, and at next where they are what breaks.
  std::optional<std::int64_t> flash_bytes_at_max, flash_bytes_at_next;
  // A larger value never needed less, among all that were tried. When it did, everything above the
  // answer was tried, up to searched_to.
  bool monotone = true;
  bool gaps = false;   // some values give no network
  std::string gap;     // such a value and why, in words
  bool exact = false;  // every value that could beat it has been tried
  // Of a GPU: the largest value whose tensors have room. What the allocator reserves for them may
  // fall from one value to the next, so that all in between were tried, or not.
  std::optional<std::int64_t> could_fit;
  bool tried_between = true;
  bool lower_bound = false;  // the model holds something unknown: bytes are a lower bound
  std::int64_t searched_from = 0, searched_to = 0;
  std::int64_t tried = 0;  // values
  // Why the search ended before it had looked everywhere, as a sentence; "" where it did not.
  std::string ended;
  std::string sentence;
};

// Fails where the variable is the batch and no dimension of the network is one.
Status has_batch(const Model& model, std::string_view variable);

// Names that may stand for FitQuestion::variable, in order: "batch", parameters, dimensions.
std::vector<std::string> fit_variables(const Model& model);

// Fails with not_found for a variable the model lacks, with bad_argument for an empty range and
// where nothing fits, then with the least that is needed, and as FootprintAt does where the model
// cannot be counted at all.
Result<FitAnswer> largest_that_fits(const FitQuestion& question);

struct DeviceAnswer {
  Device device;  // of those that fit, the one with least usable memory
  Datum<std::int64_t> usable;
  std::int64_t needed_bytes = 0;
  std::optional<std::int64_t> flash_bytes;  // that it needs besides, where weights are in flash
  std::optional<Device> too_small;          // the largest that does not fit
  std::int64_t needed_of_too_small_bytes = 0;
  std::optional<std::int64_t> flash_of_too_small_bytes;  // that it would need, where it has flash
  std::string largest;                                   // the line of the ledger that holds most
  std::string sentence;
};

// Inference on a device with flash is planned as an arena, its weights in flash; elsewhere the
// subject's own policy counts. Fails with bad_argument where it fits none of them.
Result<DeviceAnswer> smallest_device(const Workload& subject, std::span<const Device> devices,
                                     const Margin& margin = {});

}  // namespace reckon
