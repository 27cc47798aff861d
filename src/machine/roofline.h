// The time of a piece of work on a device, and what bounds it.
//
//   compute = product operations / matrix rate + other operations / vector rate
//   memory  = bytes / bandwidth
//   time    = max(compute, memory, start)        where loading and computing overlap
//           = max(compute + memory, start)       where they do not (no double buffering)
//
// Bytes come from the smallest level of the memory hierarchy that still holds them: an activation
// was written by the kernel before, so that it is met again after about as many bytes as the kernel
// itself moves; a weight is met again in the next pass, after all the bytes of a pass; what a
// training step keeps goes out to where all of it has room, and costs what writing there costs (a
// line is read before it is written, where the device tells so). Levels are those whose size and
// bandwidth the device tells (reckon devices calibrate measures them); memory is the last.
//
// A product (convolution, linear layer, matrix product) is cut into tiles that the multiprocessors
// of a device compute at the same time (machine/tiles.h). Rates are those that a device keeps up
// (machine/sustained.h).
//
// Sources: S. Williams, A. Waterman, D. Patterson, "Roofline: an insightful visual performance
// model for multicore architectures", CACM 52(4), 2009.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/boxed.h"
#include "base/result.h"
#include "machine/device.h"

namespace reckon {

enum class NumberFormat : std::uint8_t { fp32, tf32, fp16, bf16, fp8, fp4, int8, fp64 };
inline constexpr std::size_t n_number_formats = 8;
std::string_view to_string(NumberFormat format);
Result<NumberFormat> find_number_format(std::string_view name);
std::vector<std::string_view> number_format_names();
// Bytes of an element in memory: tf32 is stored as fp32.
double element_bytes(NumberFormat format);

struct MemoryLevel {
  std::string_view name;              // "l1", "l2", "llc"
  double bytes = 0, bytes_per_s = 0;  // over the chip
};

// Rates of a device in one format: those that somebody has sustained on it, where that is known,
// else the peaks of its maker.
struct MachineRates {
  NumberFormat format = NumberFormat::fp32;
  double product_per_s = 0, vector_per_s = 0;  // operations; a multiply-add is two
  // Of products in the other formats; 0 where the device has no such rate.
  std::array<double, n_number_formats> products_per_s = {};
  double bytes_per_s = 0;
  double blas_per_s = 0;  // of products in FP32 by a processor's BLAS; 0 where nobody measured it
  double dependent_ops_per_s = 0, page_fault_bytes_per_s = 0;  // 0 where nobody knows them
  double start_s = 0;              // of one kernel; 0 where nobody knows it
  std::int64_t units = 0;          // that compute tiles at the same time; 0: no quantisation
  double time_ratio = 1;           // fitted: of all these rates, which are divided by it already
  double least_tile_columns = 64;  // of batches of products
  std::int64_t threads = 1;        // of a processor, that share dependent_ops_per_s
  bool start_known = false;
  double element_bytes = 4;         // of the format
  std::vector<MemoryLevel> levels;  // caches, the smallest first
  double pass_bytes = 0;            // that a pass touches; a weight is met again after so many
  double kept_bytes = 0;            // that a step keeps: what it writes is met again after so many
  double write_bytes_per_s = 0;     // to memory; 0: as reading
  // Sentences for people: how the rates were chosen, and what is missing.
  std::vector<std::string> assumptions;

  bool has(NumberFormat other) const {
    return other == format || products_per_s[static_cast<std::size_t>(other)] > 0;
  }
  // Of products in a format; as in the main one where the device has no such rate.
  double product_rate(std::optional<NumberFormat> of) const {
    const double rate = of ? products_per_s[static_cast<std::size_t>(*of)] : 0;
    return !of || *of == format || !(rate > 0) ? product_per_s : rate;
  }
  // Operations per byte where compute and memory take the same time.
  double ridge() const { return product_per_s / bytes_per_s; }
};
// Fails with bad_argument, as machine_rates does, where the device has no rate of the format.
Status has_rate(const Device& device, NumberFormat format);
// Fails with bad_argument where the device has no rate of the format (with those it has) or nobody
// knows its bandwidth, at the device and the field.
Result<MachineRates> machine_rates(const Device& device, NumberFormat format);

// Of a product's results: rows × columns, each a sum of products.
struct ProductShape {
  double rows = 0, columns = 0, sum = 0;
};

// The other product of work that is two of unlike shapes, with its share of the operations.
struct SecondProduct {
  ProductShape shape = {};
  double share = 0;
};

// Costs of a library's way to do it (machine/library.h).
struct LibraryWork {
  double dependent_ops = 0;      // one after the other instead of on vectors
  double single_thread_ops = 0;  // dependent, and by one thread
  double page_fault_bytes = 0;   // of `bytes`: written to memory that the system gives out anew
  double before_bytes = 0;       // since the result's memory was met: by the kernel before
  double call_s = 0;             // in the library's own code, before and after
};

struct Work {
  double product_ops = 0, other_ops = 0;  // a multiply-add is two
  double bytes = 0;
  double weight_bytes = 0;   // of `bytes`: parameters, their gradients, the optimizer's state
  double written_bytes = 0;  // of `bytes`, beside those: of the result
  // Result of the product: rows × columns, and independent products (groups, heads, batch).
  double rows = 0, columns = 0, products = 1;
  double sum = 0;              // products that are added up in each result; 0: unknown
  double splits = 1;           // of each result's sum into parts that are computed at the same time
  std::int64_t kernels = 1;    // that are started, each with its part of everything above
  double apart_bytes = 0;      // of `bytes`: by kernels of their own, which hide behind nothing
  bool batched = false;        // the products are operands in a batch, not groups of channels
  bool by_blas = false;        // at the rate of the processor's BLAS, where that was measured
  bool hides_partly = false;   // memory behind arithmetic: √(compute² + memory²), not the greater
  bool by_blas_alone = false;  // as by_blas, where one thread computes
  double lane_fill = 1;        // of the matrix rate, that blocks of channels leave
  Boxed<SecondProduct> second = {};
  Boxed<LibraryWork> by_library = {};
  // That its arithmetic is in; nullopt: the one that the network is asked in.
  std::optional<NumberFormat> format = {};

  double times() const { return kernels > 1 ? static_cast<double>(kernels) : 1; }
  LibraryWork& library() {
    if (!by_library) by_library = LibraryWork{};
    return *by_library;
  }
};
// The level of memory in which bytes are met again after `bytes` others.
MemoryLevel level_of(double bytes, const MachineRates& rates);

enum class Bound : std::uint8_t { nothing, compute, memory, start };
std::string_view to_string(Bound bound);

struct WorkTime {
  double compute_s = 0, memory_s = 0, start_s = 0;
  double seconds = 0;
  double ops = 0, bytes = 0;
  std::string_view level = "memory";  // that its activations come from
  Bound bound = Bound::nothing;
  double wave_efficiency = 1;  // of the matrix rate, that tiles and blocks leave
  double intensity = 0;        // operations per byte
  double utilisation = 0;      // operations ÷ (seconds · matrix rate)
};
inline constexpr double least_split = 128;  // products of a part of a sum (assumed)

WorkTime time_of(const Work& work, const MachineRates& rates, bool overlap = true);

// On-chip bytes that loading while computing takes: a square of results that is large enough for
// arithmetic to keep up with memory, and two slices of its operands, of which one is computed with
// while the other is loaded.
//   side  t = ⌈ridge · element⌉     (a slice of depth k: 2·t²·k operations, 2·t·k elements)
//   bytes   = 4·t² + 2 · 2·t·k·element     with k = 32 (assumed)
inline constexpr double slice_depth = 32;
double double_buffer_bytes(const MachineRates& rates);

// The least batch at which a layer is bound by compute: `weights_bytes` are read once for the whole
// batch, everything else is per sample. 0 where it never is.
//   b · ops / R >= (weights + b · bytes) / BW
double critical_batch_size(double ops_per_sample, double bytes_per_sample, double weights_bytes,
                           const MachineRates& rates);

}  // namespace reckon
