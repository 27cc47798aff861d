// Scratch that PyTorch's CPU convolutions take inside one call.
//
// Most run on oneDNN, which wants blocked layouts: it copies the input (unless that has less than
// sixteen channels and the window more than one pixel), the weight, and the result. Seen with a
// counting allocator on PyTorch 1.13; conv 64→64 3×3 on 2×64×56×56:
//   forward    +x' +w' +y' −w' −x' +y −y'
//   backward   +dy' +w' +dx' −w' −dy' +dx −dx'    then   +dy' +x' +dw' +db' −x' −dy' +db +dw …
// Which ones do is decided in aten/native/Convolution.cpp, ConvParams::use_mkldnn.
#pragma once

#include "memory/heap.h"
#include "ops/context.h"

namespace reckon {

// Blocked layouts hold channels in sixteens (AVX-512), so each of x', w' and y' is rounded up to
// that, and so is a bias; the gradient of a weight with 4 to 15 input channels has a kernel for
// eights only (AVX2's). Where no kernel fits (a window wider than 14, a depthwise one beyond 3×3)
// the weight's gradient is a matrix product over unrolled windows, with four weights' worth of sums
// per thread.
struct ConvCase {
  std::int64_t x_bytes = 0, w_bytes = 0, y_bytes = 0, b_bytes = 0;
  std::int64_t blocked_x_bytes = 0, blocked_w_bytes = 0, blocked_y_bytes = 0;
  std::int64_t blocked_b_bytes = 0;         // 0: as it is
  std::int64_t blocked_w_for_dx_bytes = 0;  // in sixteens both ways
  // For the weight's gradient; an input of 0 bytes is read as it is.
  std::int64_t dw_x_bytes = 0, dw_y_bytes = 0, dw_w_bytes = 0;
  bool blocked = false;        // runs on oneDNN and copies into blocked layouts
  bool channels_last = false;  // runs on oneDNN as it is: only the weight is copied
  bool copies_input = false;   // the input is copied too
  // A strided 1×1 convolution first gathers the pixels that it reads, each thread its own copy of
  // an image's (oneDNN's "reduce to unit stride"); for dw in runs of 128 channels.
  std::int64_t gathered_bytes = 0, gathered_dw_bytes = 0;
  std::int64_t unrolled_bytes = 0;  // of the weight's gradient as a matrix product; 0: not so
};

// `channels_last`: the input is N×H×W×C in memory. `threads`: 1×1 convolutions go to oneDNN only
// when there are several.
ConvCase conv_case(const OpContext& ctx, bool channels_last, int threads);

// A transposed convolution is a matrix product into unrolled windows, one sample at a time, and in
// the forward pass a row of ones for the bias (aten/native/NaiveConvolutionTranspose2d.cpp). Groups
// run one after the other, each on a copy of its channels; their results are joined at the end.
struct TransposedConvCase {
  std::int64_t window_bytes = 0, ones_bytes = 0;
  std::int64_t groups = 1;
  std::int64_t x_copy_bytes = 0, y_copy_bytes = 0;  // of a group; one sample's lie together
};
TransposedConvCase transposed_conv_case(const OpContext& ctx);
StorageId run_transposed_conv(const TransposedConvCase& conv, std::int64_t y_bytes, Heap& heap);

// Runs the forward pass: returns the output's storage.
StorageId run_conv(const ConvCase& conv, Heap& heap);

// Runs the backward pass: returns the storage of dx (no_storage unless `needs_dx`) and that of
// dw and db together.
struct ConvGradients {
  StorageId dx = no_storage, dw = no_storage, db = no_storage;
};
ConvGradients run_conv_backward(const ConvCase& conv, bool needs_dx, bool needs_dw, Heap& heap);

}  // namespace reckon
