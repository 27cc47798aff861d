// What a GPU's programs take beside their tensors, by device: cuBLAS's workspaces and the CUDA
// context with its kernels.
//
//   workspace   PyTorch gives cuBLAS 2·4,096 KiB + 8·16 KiB for each thread, 32 MiB on Hopper and
//               later (aten/src/ATen/cuda/CublasHandlePool.cpp, parseChosenWorkspaceSize); before
//               1.14 cuBLAS took its own, which is part of the context then
//   context     what nvidia-smi shows of a program that has one small tensor, without that tensor.
//               Since CUDA 11.7 kernels are loaded when they are first called. It differs with
//               device, driver and library, so it is a range, of what people have measured:
//                 2.x   about 300 MB (pytorch/pytorch#107667) to 520 MiB (ai2cm/ace#1396)
//                 1.x   721 MiB (GTX 1080, CUDA 10.1) to 1,687 MiB (RTX 3090, CUDA 11.1), both
//                       pytorch/pytorch#55277; between them 992 MB (1.10.2, #74536) and 1,005 MiB
//                       (Titan V, 1.3, #28394)
// A device's row may say what is true of it. What a runtime takes of other processors than GPUs is
// not known: 0, and `context_source` is empty.
#pragma once

#include "machine/device.h"
#include "memory/gpu_memory.h"
#include "memory/torch_policy.h"

namespace reckon {

// `device` may be null: any GPU.
GpuOverhead gpu_overhead(const Device* device, const TorchPolicy& torch);

// Memory of a device or budget that is to stay free: bytes, and a share of it.
struct Margin {
  std::int64_t bytes = 0, thousandths = 0;
  // Of a budget: at most all of it.
  std::int64_t of(std::int64_t budget_bytes) const;
};

}  // namespace reckon
