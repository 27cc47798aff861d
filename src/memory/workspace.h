// Scratch that PyTorch's CPU convolutions take inside one call.
//
// Most run on oneDNN, which wants blocked layouts: it copies the input (unless it has three
// channels or fewer), the weight, and the result. Seen with a counting allocator on PyTorch 1.13;
// conv 64→64 3×3 on 2×64×56×56:
//   forward    +x' +w' +y' −w' −x' +y −y'
//   backward   +dy' +w' +dx' −w' −dy' +dx −dx'    then   +dy' +x' +dw' +db' −x' −dy' +db +dw …
// Which ones do is decided in aten/native/Convolution.cpp, ConvParams::use_mkldnn.
#pragma once

#include "memory/heap.h"
#include "ops/context.h"

namespace reckon {

struct ConvCase {
  std::int64_t x_bytes = 0, w_bytes = 0, y_bytes = 0, b_bytes = 0;
  bool blocked = false;       // runs on oneDNN and copies into blocked layouts
  bool copies_input = false;  // the input is copied too
};

// `channels_last`: the input is N×H×W×C in memory, which oneDNN takes as it is. `threads`: 1×1
// convolutions go to oneDNN only when there are several.
ConvCase conv_case(const OpContext& ctx, bool channels_last, int threads);

// Runs the forward pass: returns the output's storage.
StorageId run_conv(const ConvCase& conv, Heap& heap);

// Runs the backward pass: returns the storage of dx (no_storage unless `needs_dx`) and that of
// dw and db together.
struct ConvGradients {
  StorageId dx = no_storage, dw = no_storage, db = no_storage;
};
ConvGradients run_conv_backward(const ConvCase& conv, bool needs_dx, bool needs_dw, Heap& heap);

}  // namespace reckon
