// Words that questions about time and energy share: number formats, a training step and its update.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/dtype.h"
#include "machine/device.h"
#include "machine/work.h"
#include "questions/asked.h"

namespace reckon {

// The optimizer and what is frozen belong to training: bad_argument where there is none.
Status check_training(const Asked& asked);

// Whether batch normalisation runs inside the layer before it: as asked; else in an inference that
// computes in 8 bits, or on a microcontroller. `device` may be null.
bool folds_norms(const WorkOptions& options, const Device* device);
// The value of --fold-norms; unset where nobody gave it.
std::optional<bool> asked_fold_norms(const Asked& asked);

// The type whose elements take as many bits in memory.
std::optional<DType> stored_as(NumberFormat format);

// "bf16", or "amp-bf16": products in the first, the optimizer keeps an FP32 copy in the second; or
// "autocast-bf16", where each operator has its own (cast_layers.h).
struct StepFormat {
  NumberFormat format = NumberFormat::fp32;
  bool master = false;
  bool autocast = false;
};
Result<StepFormat> find_step_format(std::string_view word);

// What the update of a parameter computes and moves: weight, gradient and state are read, weight
// and state written (as in the optimizer's own loop), or as PyTorch's lists of tensors do it on a
// GPU (`options.library`); with a `master` copy that copy and its state
// in FP32. The empty name is sgd; returns the name.
Result<std::string_view> price_update(std::string_view optimizer, bool master, WorkOptions& options,
                                      std::vector<std::string>& assumptions);

}  // namespace reckon
