// Changes that make a model fit: every single one that helps, the least intrusive first.
#pragma once

#include "solve/footprint.h"

namespace reckon {

struct Change {
  // Kinds by how little they change: the first two leave the mathematics as it is.
  enum class Kind : std::uint8_t {
    recomputation,  // activations are computed again in the backward pass: the same, but slower
    accumulation,   // parts of the batch one after the other: the same but for batch statistics
    batch,          // inference: fewer at a time
    eight_bit,      // the same optimizer with its state in bytes
    precision,      // fewer bits
    optimizer,      // another one, with less state
    combination,    // several of these, where no single one is enough
  };
  Kind kind = Kind::batch;
  std::string from, to;  // "adam", "lion"; "batch 32", "batch 8, gradients of 4 steps added up"
  std::int64_t bytes_before = 0, bytes_after = 0;
  bool fits = false;
  // More time for a step, relative to one; only recomputation knows it.
  std::optional<double> extra_time;
  std::string sentence;
};
std::string_view to_string(Change::Kind kind);

// Changes that save something, ordered by how little they change; empty where the model fits as it
// is. Where no single change is enough, the last one is a combination. Fails as FootprintAt does.
Result<std::vector<Change>> cheapest_change(const Workload& subject, std::int64_t budget_bytes,
                                            const Device* device = nullptr);

}  // namespace reckon
