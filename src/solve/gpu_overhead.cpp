#include "solve/gpu_overhead.h"

#include <algorithm>

#include "base/checked.h"
#include "machine/sustained.h"

namespace reckon {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;

struct Measured {
  std::int64_t least_bytes, most_bytes;
  std::string_view source;
};
constexpr Measured of_2{300'000'000, 520 * mib,
                        "PyTorch 2 with kernels loaded when called: pytorch/pytorch#107667, "
                        "ai2cm/ace#1396"};
constexpr Measured of_1{721 * mib, 1687 * mib,
                        "PyTorch 1 with all kernels loaded: pytorch/pytorch#55277, #74536, #28394"};

}  // namespace

GpuOverhead gpu_overhead(const Device* device, const TorchPolicy& torch) {
  GpuOverhead gpu;
  if (!torch.is_on_gpu() || (device != nullptr && !is_gpu(*device))) return gpu;
  constexpr std::int64_t usual = 2 * 4096 * kib + 8 * 16 * kib;
  if (torch.is_2())
    gpu.blas_workspace_bytes = device != nullptr && device->blas_workspace_bytes
                                   ? device->blas_workspace_bytes->value
                                   : usual;
  const Measured& usual_context = torch.is_2() ? of_2 : of_1;
  gpu.context_least_bytes = usual_context.least_bytes;
  gpu.context_most_bytes = usual_context.most_bytes;
  gpu.context_standing = Standing::reference;
  gpu.context_source = usual_context.source;
  if (device != nullptr && device->context_bytes) {
    const Datum<std::int64_t>& own = *device->context_bytes;
    gpu.context_least_bytes = gpu.context_most_bytes = own.value;
    gpu.context_standing = own.standing;
    gpu.context_source = own.source.empty() ? device->source : own.source;
  }
  return gpu;
}

std::int64_t Margin::of(std::int64_t budget_bytes) const {
  // A share of the budget, rounded up: budget · n / 1000 without a wrapped product.
  const std::int64_t share =
      budget_bytes / 1000 * thousandths + (budget_bytes % 1000 * thousandths + 999) / 1000;
  return std::min(budget_bytes, (Checked(share) + bytes).value_or(INT64_MAX));
}

}  // namespace reckon
