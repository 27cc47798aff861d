// The work of a library beside that which a layer needs: operands brought into another order,
// values read twice, memory taken anew, time for its own calls. The roofline alone
// (Library::nothing) is what the hardware allows.
//
// LibTorch 1.13 on a processor, FP32, one operator at a time; from its source and that of oneDNN
// 2.7 and glibc 2.36:
//
// - Convolution: oneDNN computes in blocks of 16 channels. Operands are brought into blocks and the
//   result out of them, each read and written once more. Channels that fill no block are computed
//   as if they did; the first operand may have up to 4 channels as it is.
// - A convolution of single pixels, neither strided nor dilated nor grouped, of fewer than 16
// samples
//   is a product of the BLAS where one thread computes (aten/native/Convolution.cpp, use_mkldnn()).
// - The gradients of depthwise windows wider than 3: oneDNN has no kernel of blocks for them, and
//   computes a product for each sample and channel.
// - Linear layer, matrix product: both operands are packed, so read once more, at the rate that the
//   calibration measured of the BLAS that is there; where it met none, OpenBLAS reaches three
//   quarters of what the calibration's own product does. A batch of products is one call each.
// - A product of at most 262,144 multiplications wakes no other thread (OpenBLAS,
// interface/gemm.c).
// - Attention is two batches of products, with scores that are scaled, masked and normalised in
//   between, each written and read again.
// - Pooling: a window is walked one element after the other. A maximum keeps its place, 8 bytes.
// - Normalisation of a batch: mean, variance and result are three readings, of which the first two
//   add one element after the other (aten/native/cpu/batch_norm_kernel.cpp); backward reads both of
//   its operands twice.
// - Dropout: random numbers are drawn one after the other by one thread, which holds the generator.
// - exp, tanh, erf: a series for each element, on vectors or not (libtorch.cpp has them by name).
// - Normalisation of rows or groups: mean and deviation by Welford's update of eight sums at once.
// - Memory: a block above 32 MiB is taken from the system each time and given back (the largest
//   dynamic threshold of malloc, mallopt(3)); in an inference also what lies at the top of the heap
//   (memory/system_heap.h). The system clears each page when it is first written.
// - A result that is not in place is written to memory that was last met before the kernel before.
// - Calls: what an operator takes before and after it computes.
//
// Times of calls and operations in a row are assumed: from small layers on one processor
// (docs/measure.md).
#pragma once

#include "machine/roofline.h"

namespace reckon {

struct Layer;

// LibTorch on a processor, or PyTorch on a GPU (machine/eager.h).
enum class Library : std::uint8_t { nothing, libtorch, eager };
std::string_view to_string(Library library);
// Fails with bad_argument, and as check_library does.
Result<Library> find_library(std::string_view name);
// Fails with unsupported where the engine was built without it.
Status check_library(Library library);

struct LibTorchCosts {
  static constexpr double forward_call_s = 4e-6, backward_call_s = 8e-6, update_call_s = 4e-6;
  static constexpr double convolution_call_s = 50e-6, product_call_s = 30e-6;
  static constexpr double small_product_call_s = 4e-6, most_small_macs = 262144;
  static constexpr double blas_share = 0.75;  // of the rate of products
  // Dependent operations: of a window beside its elements, of an element of a maximum (compared,
  // looked at for NaN, its place chosen), of a special function that nobody measured, of the
  // statistics of a batch, of the gradient of a normalisation, of a random number.
  static constexpr double window_ops = 10, maximum_ops = 2, special_ops = 2, statistics_ops = 2;
  static constexpr double norm_gradient_ops = 0.5;
  static constexpr double random_ops = 11;
  // Of a depthwise window wider than 3, backward: for each of its products, and a call for each
  // sample and channel (EfficientNet-B0 and ConvNeXt on a processor with AVX-512).
  static constexpr double window_gradient_ops = 0.15, window_gradient_call_s = 0.3e-6;
  static constexpr double element_bytes = 4;
  static constexpr double block_channels = 16, most_plain_channels = 4;
  static constexpr double largest_kept_block_bytes = 32 << 20;
};

// Adds to the work of a layer's forward pass, as counted by machine/work.h, what LibTorch does
// beside it.
void add_libtorch_forward(const Layer& layer, bool training, Work& work);
// Adds one of the two gradients of a layer with products, of `made_bytes`. `forward`: its forward
// pass as counted by machine/work.h. Of an attention, all of its gradients.
void add_libtorch_gradient(const Layer& layer, const Work& forward, double made_bytes, Work& work);
// Sets the whole backward pass of another layer.
void set_libtorch_backward(const Layer& layer, double read_bytes, double written_bytes, Work& work);

}  // namespace reckon
