#include "machine/device.h"

#include "base/text.h"
#include "machine/device_data.h"

namespace reckon {
namespace {

constexpr DeviceFigure count(std::string_view name, std::string_view unit, std::string_view what,
                             Count Device::* member, bool may_be_zero = false) {
  return {name, unit, what, member, nullptr, may_be_zero};
}
constexpr DeviceFigure rate(std::string_view name, std::string_view unit, std::string_view what,
                            Rate Device::* member) {
  return {name, unit, what, nullptr, member, false};
}

constexpr DeviceFigure figure_rows[] = {
    count("mem_bytes", "B", "nominal memory", &Device::mem_bytes),
    count("usable_bytes", "B", "memory that a program can get", &Device::usable_bytes),
    count("flash_bytes", "B", "flash for programs and constants", &Device::flash_bytes),
    rate("mem_bytes_per_s", "B/s", "memory bandwidth", &Device::mem_bytes_per_s),
    rate("mem_write_bytes_per_s", "B/s", "bandwidth of writing", &Device::mem_write_bytes_per_s),
    rate("mem_page_fault_bytes_per_s", "B/s", "bandwidth of new pages",
         &Device::mem_page_fault_bytes_per_s),
    rate("core_mem_bytes_per_s", "B/s", "bandwidth of one core", &Device::core_mem_bytes_per_s),
    rate("mem_latency_s", "s", "latency of memory", &Device::mem_latency_s),
    rate("fp64_flops_per_s", "FLOP/s", "peak in FP64", &Device::fp64_flops_per_s),
    rate("fp32_flops_per_s", "FLOP/s", "peak in FP32", &Device::fp32_flops_per_s),
    rate("core_fp32_flops_per_s", "FLOP/s", "peak of one core in FP32",
         &Device::core_fp32_flops_per_s),
    rate("scalar_ops_per_s", "OP/s", "one operation after the other", &Device::scalar_ops_per_s),
    rate("tf32_flops_per_s", "FLOP/s", "peak in TF32", &Device::tf32_flops_per_s),
    rate("fp16_flops_per_s", "FLOP/s", "peak in FP16", &Device::fp16_flops_per_s),
    rate("bf16_flops_per_s", "FLOP/s", "peak in BF16", &Device::bf16_flops_per_s),
    rate("fp8_flops_per_s", "FLOP/s", "peak in FP8", &Device::fp8_flops_per_s),
    rate("fp4_flops_per_s", "FLOP/s", "peak in FP4", &Device::fp4_flops_per_s),
    rate("int8_ops_per_s", "OP/s", "peak in INT8", &Device::int8_ops_per_s),
    rate("sustained_fp32_flops_per_s", "FLOP/s", "products in FP32, sustained",
         &Device::sustained_fp32_flops_per_s),
    rate("sustained_fp16_flops_per_s", "FLOP/s", "products in FP16, sustained",
         &Device::sustained_fp16_flops_per_s),
    rate("sustained_bf16_flops_per_s", "FLOP/s", "products in BF16, sustained",
         &Device::sustained_bf16_flops_per_s),
    count("l1_bytes", "B", "first cache of a core", &Device::l1_bytes, true),
    rate("l1_bytes_per_s", "B/s", "its bandwidth, all cores", &Device::l1_bytes_per_s),
    rate("l1_latency_s", "s", "its latency", &Device::l1_latency_s),
    count("l2_bytes", "B", "second cache of a core", &Device::l2_bytes, true),
    rate("l2_bytes_per_s", "B/s", "its bandwidth, all cores", &Device::l2_bytes_per_s),
    rate("l2_latency_s", "s", "its latency", &Device::l2_latency_s),
    count("llc_bytes", "B", "last-level cache", &Device::llc_bytes, true),
    rate("llc_bytes_per_s", "B/s", "its bandwidth", &Device::llc_bytes_per_s),
    rate("llc_latency_s", "s", "its latency", &Device::llc_latency_s),
    count("scratch_bytes", "B", "scratchpad memory", &Device::scratch_bytes, true),
    count("units", "", "multiprocessors or cores", &Device::units),
    count("context_bytes", "B", "what a program takes beside its tensors", &Device::context_bytes),
    count("blas_workspace_bytes", "B", "workspace of a thread's products",
          &Device::blas_workspace_bytes),
    count("fp32_tile_columns", "", "narrowest tile of FP32 products", &Device::fp32_tile_columns),
    rate("clock_hz", "Hz", "clock", &Device::clock_hz),
    rate("tdp_w", "W", "power in the long run", &Device::tdp_w),
    rate("idle_w", "W", "power when idle", &Device::idle_w),
    rate("kernel_floor_s", "s", "shortest time of a kernel", &Device::kernel_floor_s),
    rate("fp32_time_ratio", "", "measured time to predicted, FP32", &Device::fp32_time_ratio),
    rate("fp16_time_ratio", "", "measured time to predicted, FP16", &Device::fp16_time_ratio),
    rate("bf16_time_ratio", "", "measured time to predicted, BF16", &Device::bf16_time_ratio),
    rate("best_matmul_flops_per_s", "FLOP/s", "best measured matrix product",
         &Device::best_matmul_flops_per_s),
    rate("best_mem_bytes_per_s", "B/s", "best measured bandwidth", &Device::best_mem_bytes_per_s),
};

std::string normalized(std::string_view name) {
  std::string out(name.substr(0, 64));
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_' || c == ' ') c = '-';
  }
  return out;
}

}  // namespace

std::span<const DeviceFigure> device_figures() {
  return figure_rows;
}

Datum<std::int64_t> usable_memory(const Device& device) {
  if (device.usable_bytes) return *device.usable_bytes;
  if (!device.mem_bytes) return {};
  return {device.mem_bytes->value, Standing::assumed,
          "nominal: nobody says how much of it a program can get"};
}

Result<std::vector<Device>> built_in_devices() {
  return parse_devices(devices_json(), "devices.json");
}

Result<Device> find_device(std::string_view name, std::span<const Device> own) {
  RECKON_ASSIGN(const std::vector<Device> built_in, built_in_devices());
  const std::string wanted = normalized(name);
  std::vector<std::string_view> known;
  for (const std::span<const Device> rows : {own, std::span<const Device>(built_in)})
    for (const Device& device : rows) {
      if (normalized(device.name) == wanted) return device;
      known.push_back(device.name);
    }
  const std::string guess = did_you_mean(wanted, known);
  return fail(ErrorCode::not_found,
              "there is no device " + quoted(name) + (guess.empty() ? "; " : guess + " ") +
                  "'reckon devices' lists the devices",
              "`device`");
}

}  // namespace reckon
