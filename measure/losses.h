// The loss of each image of a batch: cross-entropy, whatever form of the classes' numbers a network
// ends with: logits, their Softmax or their LogSoftmax.
#pragma once

#include "interpreter.h"

namespace reckon {

// `y` is the graph's first output, batch × classes; the targets are classes.
at::Tensor losses_of(const Graph& graph, const at::Tensor& y, const at::Tensor& targets);

}  // namespace reckon
