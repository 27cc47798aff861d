// What a step takes of a GPU, beyond the tensors that are alive: the caching allocator
// (caching_allocator.h) is given the requests and releases of the simulated run in their order.
//
//   allocated   what torch.cuda.max_memory_allocated() tells: tensors in blocks of 512 bytes,
//   blocks
//               that were not worth splitting, cuBLAS's workspaces
//   reserved    torch.cuda.max_memory_reserved(): the segments that they were cut from
//   shown       nvidia-smi: reserved, and the CUDA context with its kernels, which is a range
//
// The order of a program: weights and buffers are there; steps follow, each with its input, the
// forward pass, the loss, the backward pass, the update. The optimizer's state is made in the first
// update (torch/optim), so that the second step is the first that meets all of it. Segments stay,
// so the figures are those of the third step, as of any later one.
//
// cuBLAS works in memory that PyTorch gives it: one workspace for each thread that runs products,
// the program's and that of the backward pass, from the first product on for good
// (aten/src/ATen/cuda/CublasHandlePool.cpp, 1.14 to 2.14). Workspaces of cuDNN's convolutions are
// not known: without `benchmark` PyTorch takes the first engine of cuDNN's heuristics that runs,
// whatever workspace it asks for (aten/src/ATen/native/cudnn/Conv_v8.cpp; a cap is the
// environment's CUDNN_CONV_WSCAP_DBG), and nobody publishes those; pytorch issue 49207 tells of 8.7
// GB for one layer. Neither is the reserve space of its recurrent layers, which only
// cudnnGetRNNTempSpaceSizes() tells. Both are missing, and an answer says so.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "analysis/analyze.h"
#include "base/figure.h"
#include "memory/heap.h"
#include "memory/training.h"

namespace reckon {

struct Ledger;
struct TimelineOptions;

// What a GPU's programs take beside their tensors (machine/gpu_overhead.h knows it by device).
struct GpuOverhead {
  std::int64_t blas_workspace_bytes = 0;  // of each thread
  std::int64_t context_least_bytes = 0, context_most_bytes = 0;
  Standing context_standing = Standing::assumed;
  std::string context_source;
};

struct GpuMemory {
  std::int64_t allocated_bytes = 0, reserved_bytes = 0;
  std::int64_t workspace_bytes = 0;  // cuBLAS's, of the allocated
  bool has_convolutions = false;     // whose workspaces are not in it
  bool has_recurrent = false;        // taken step by step, not as cuDNN's, with a reserve space
};

// `events`: of the run whose storages `heap` knows. Fails with overflow.
Result<GpuMemory> gpu_memory(const Analysis& analysis, const TimelineOptions& options,
                             const Ledger& ledger, std::span<const HeapEvent> events,
                             const Heap& heap);

}  // namespace reckon
