// Bytes that each layer of an inference writes to pages which the system gives out anew, when the
// same inference ran just before: LibTorch on a processor, whose tensors come from glibc's malloc
// (memory/system_heap.h).
//
// A training step takes what it needs from pages that it has: the gradients of the parameters, made
// in its first backward pass, lie above its activations and keep the top of the heap where it is
// (measured, docs/measure.md). What is beyond 32 MiB is mapped anew in both.
#pragma once

#include <vector>

#include "memory/timeline.h"

namespace reckon {

// By node of `graph`, which `analysis` belongs to; empty where bodies run, which have no timeline.
// Fails with overflow.
Result<std::vector<double>> new_page_bytes(const Graph& graph, const Analysis& analysis,
                                           const TimelineOptions& options);

}  // namespace reckon
