// The tensors that are alive over the steps of a simulated run, and what keeps each.
//
// Within a step tensors come and go; a step is told at its fullest moment. A tensor is listed from
// the first to the last step at whose fullest moment it is there, so that in each step the bytes of
// those that are listed sum to the peak of the step, and in the fullest to the peak of the run.
// What comes and goes between two of these moments is not listed.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "memory/heap.h"

namespace reckon {

// What keeps a tensor; the composition of the peak is told in these words, with both kinds of
// gradients in one.
enum class Category : std::uint8_t {
  weights,
  buffers,
  input,
  optimizer,
  gradients,             // of parameters
  activation_gradients,  // on their way back
  saved,                 // by autograd, for the backward pass
  activations,           // held by the program
  workspace,             // scratch inside one operator or the update
};
std::string_view to_string(Category category);

struct AliveTensor {
  Category category = Category::activations;
  std::string_view name;             // of the tensor, or of the one whose gradient it is; may be ""
  StorageId storage = no_storage;    // one whose category changes is listed once for each
  std::int32_t made_in_step = none;  // none: there before
  std::int32_t first_step = 0, last_step = 0;
  std::int64_t bytes = 0;
};

// What is there before the first step and after the last.
struct AlwaysThere {
  Category category = Category::weights;
  std::int64_t bytes = 0;
};

// By their first step, those of one step as they were made; what is always there comes first, the
// scratch of the update last. Steps are counted from 0; `update_bytes` of scratch, where it is
// said, are one more step behind those of the events. Names are views into the graph.
Result<std::vector<AliveTensor>> alive_tensors(const Graph& graph,
                                               std::span<const HeapEvent> events, const Heap& heap,
                                               std::span<const AlwaysThere> always,
                                               std::optional<std::int64_t> update_bytes);

}  // namespace reckon
