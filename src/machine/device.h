// Devices as data: what a machine has, in base units, each figure with its standing. The rows are
// data/devices.json; a user's own file has the same format (docs/devices.md).
//
// A figure that nobody knows is absent, never zero. A zero where it stands is a fact: a
// microcontroller without a cache has llc_bytes 0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/figure.h"
#include "base/result.h"

namespace reckon {

// A number, how far it may be trusted, and why; an empty source is that of the device.
template <class T>
struct Datum {
  T value{};
  Standing standing = Standing::assumed;
  std::string source;
};
using Count = std::optional<Datum<std::int64_t>>;
using Rate = std::optional<Datum<double>>;

struct Device {
  std::string name;   // "h100-sxm": what a person types
  std::string title;  // "NVIDIA H100 SXM5 80GB"
  std::string kind;   // "dc-gpu", "phone", "mcu", "budget", …; the key `class` of the file
  std::optional<std::int64_t> year;
  // The word of whoever wrote the row: verified, recall, derived, conflict, low, definition, …
  std::string confidence;
  Standing standing = Standing::assumed;  // of the figures that carry none of their own
  std::string source, notes;

  // Memory, in bytes.
  Count mem_bytes;      // nominal, what the name promises; SRAM where there is flash; always there
  Count usable_bytes;   // what a program can get of it, at most mem_bytes
  Count flash_bytes;    // for programs and constants, beside mem_bytes
  Count llc_bytes;      // last-level cache, over the chip
  Count scratch_bytes;  // memory that programs or compilers place by hand, over the chip
  Count units;          // multiprocessors, cores
  // Of a GPU: what a program takes beside its tensors, as its monitor shows it, and what PyTorch
  // gives its library of products for each thread.
  Count context_bytes, blas_workspace_bytes;

  // Peaks, without sparsity. A fused multiply-add is two operations.
  Rate fp64_flops_per_s, fp32_flops_per_s, tf32_flops_per_s, fp16_flops_per_s, bf16_flops_per_s,
      fp8_flops_per_s, fp4_flops_per_s, int8_ops_per_s;
  // Of products, kept up under the limits of power; at most the peaks.
  Rate sustained_fp32_flops_per_s, sustained_fp16_flops_per_s, sustained_bf16_flops_per_s;
  Rate core_fp32_flops_per_s;  // of one of the units alone
  Rate mem_bytes_per_s;        // of mem_bytes
  Rate mem_write_bytes_per_s;  // where writing is slower: a line is read before it is written
  // More, where a page is written for the first time since the system gave it out: the system
  // clears it first.
  Rate mem_page_fault_bytes_per_s;
  Rate scalar_ops_per_s;      // of operations that wait for the one before, one on each unit
  Rate core_mem_bytes_per_s;  // that one of the units reaches alone
  Rate clock_hz;
  Rate tdp_w;           // what it may draw in the long run
  Rate idle_w;          // what it draws while it computes nothing
  Rate kernel_floor_s;  // the shortest time that one kernel takes, launched from a queue
  // Caches of one core, with the bandwidth of all of them together, and the time of one load that
  // waits for the one before.
  Count l1_bytes, l2_bytes;
  Rate l1_bytes_per_s, l2_bytes_per_s, llc_bytes_per_s;
  Rate l1_latency_s, l2_latency_s, llc_latency_s, mem_latency_s;
  // Measured time of networks to the predicted one, by format (reckon devices fit).
  Rate fp32_time_ratio, fp16_time_ratio, bf16_time_ratio;
  // The narrowest tile of results that its library has for batches of FP32 products (64 or 128).
  Count fp32_tile_columns;
  // The best that somebody has measured on it, of any product in 16 bits and of any copy.
  Rate best_matmul_flops_per_s, best_mem_bytes_per_s;
};

// The figures of a Device in the order in which they are listed, as data: the words of the file are
// the words of the struct.
struct DeviceFigure {
  std::string_view name;            // "mem_bytes"; its last part is the unit
  std::string_view unit;            // "B", "FLOP/s", "OP/s", "B/s", "Hz", "W", "s", "" for a count
  std::string_view what;            // "nominal memory"
  Count Device::* count = nullptr;  // one of the two
  Rate Device::* rate = nullptr;
  bool may_be_zero = false;
};
std::span<const DeviceFigure> device_figures();

// Memory that a program may take: usable_bytes, and where nobody says it, mem_bytes and a source
// that says so (standing: assumed).
Datum<std::int64_t> usable_memory(const Device& device);

// The rows of data/devices.json, in their order.
Result<std::vector<Device>> built_in_devices();

// A file of the same format, of one device alone, or what `reckon devices --format json` prints.
// Fails with syntax, at the line and column where it is no JSON, and otherwise at the device and
// the field: a missing name or memory, a zero, a negative number, one that no machine has, a field
// or unit nobody knows, two devices of one name; with limit for a file above 1 MiB.
Result<std::vector<Device>> parse_devices(std::string_view text, std::string_view file);
Result<std::vector<Device>> read_devices(ByteSource& source);

// A device as a person types it: a name, or a file, "boards.json" or "boards.json#my-board". A
// word with '/' or that ends in ".json" is a file. `file` is empty for a name.
struct DeviceSpec {
  std::string_view file, name;
};
DeviceSpec device_spec(std::string_view word);
// The device of that name, or the only one where `name` is empty.
Result<Device> one_device(std::span<const Device> devices, std::string_view name,
                          std::string_view file);

// A device by name, without regard to case, '_' as '-'. A device of `own` hides a built-in one.
// Fails with not_found and the nearest name.
Result<Device> find_device(std::string_view name, std::span<const Device> own = {});

}  // namespace reckon
