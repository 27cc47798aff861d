#include "machine/sustained.h"

#include <algorithm>
#include <functional>

namespace reckon {
namespace {

using Share = std::optional<double>;

Share of_peak(const Rate& rate, const Rate& peak) {
  if (!rate || !peak || !(peak->value > 0)) return std::nullopt;
  return std::min(1.0, rate->value / peak->value);
}

// Of products in 16 bits: as measured in either format, else the best product that somebody saw.
Share half_share(const Device& d, bool brain) {
  const Share fp16 = of_peak(d.sustained_fp16_flops_per_s, d.fp16_flops_per_s);
  const Share bf16 = of_peak(d.sustained_bf16_flops_per_s, d.bf16_flops_per_s);
  if (const Share& own = brain ? bf16 : fp16) return own;
  if (const Share& other = brain ? fp16 : bf16) return other;
  if (d.kind == "cpu") return std::nullopt;  // there it is the BLAS's, in FP32
  const bool fp16_is_more =
      d.fp16_flops_per_s &&
      (!d.bf16_flops_per_s || d.fp16_flops_per_s->value >= d.bf16_flops_per_s->value);
  return of_peak(d.best_matmul_flops_per_s, fp16_is_more ? d.fp16_flops_per_s : d.bf16_flops_per_s);
}

Share product_share(const Device& d, NumberFormat format) {
  switch (format) {
    case NumberFormat::fp32:
    case NumberFormat::fp64:
      return of_peak(d.sustained_fp32_flops_per_s, d.fp32_flops_per_s);
    default:
      return half_share(d, format == NumberFormat::bf16);
  }
}

Share bandwidth_share(const Device& d) {
  return of_peak(d.best_mem_bytes_per_s, d.mem_bytes_per_s);
}

Share floor_of(const Device& d) {
  if (!d.kernel_floor_s) return std::nullopt;
  return d.kernel_floor_s->value;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// The device's own, else the median of its class, else of all GPUs.
SustainedShare own_or_median(const Device& device, double otherwise,
                             const std::function<Share(const Device&)>& of) {
  if (const Share own = of(device)) return {*own, true, false};
  if (!is_gpu(device)) return {otherwise, false, false};
  const auto built_in = built_in_devices();
  if (!built_in) return {otherwise, false, false};
  std::vector<double> of_class, of_all;
  for (const Device& other : *built_in) {
    const Share share = is_gpu(other) ? of(other) : std::nullopt;
    if (!share) continue;
    of_all.push_back(*share);
    if (other.kind == device.kind) of_class.push_back(*share);
  }
  if (of_all.empty()) return {otherwise, false, false};
  return {median(of_class.empty() ? std::move(of_all) : std::move(of_class)), false, true};
}

}  // namespace

Rate Device::* time_ratio_of(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp32:
      return &Device::fp32_time_ratio;
    case NumberFormat::fp16:
      return &Device::fp16_time_ratio;
    case NumberFormat::bf16:
      return &Device::bf16_time_ratio;
    default:
      return nullptr;
  }
}

bool is_gpu(const Device& device) {
  return device.kind.find("gpu") != std::string::npos;
}

SustainedShare sustained_share(const Device& device, NumberFormat format) {
  return own_or_median(device, 1, [&](const Device& d) { return product_share(d, format); });
}

SustainedShare sustained_bandwidth(const Device& device) {
  return own_or_median(device, 1, bandwidth_share);
}

SustainedShare kernel_floor(const Device& device) {
  return own_or_median(device, 0, floor_of);
}

}  // namespace reckon
