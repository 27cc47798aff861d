#include "machine/roofline.h"

#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "base/text.h"
#include "machine/sustained.h"
#include "machine/tiles.h"

namespace reckon {
namespace {

struct FormatRow {
  NumberFormat format;
  std::string_view name;
  double bytes;
  Rate Device::* peak;
  std::string_view field;
};
constexpr FormatRow formats[] = {
    {NumberFormat::fp32, "fp32", 4, &Device::fp32_flops_per_s, "fp32_flops_per_s"},
    {NumberFormat::tf32, "tf32", 4, &Device::tf32_flops_per_s, "tf32_flops_per_s"},
    {NumberFormat::fp16, "fp16", 2, &Device::fp16_flops_per_s, "fp16_flops_per_s"},
    {NumberFormat::bf16, "bf16", 2, &Device::bf16_flops_per_s, "bf16_flops_per_s"},
    {NumberFormat::fp8, "fp8", 1, &Device::fp8_flops_per_s, "fp8_flops_per_s"},
    {NumberFormat::fp4, "fp4", 0.5, &Device::fp4_flops_per_s, "fp4_flops_per_s"},
    {NumberFormat::int8, "int8", 1, &Device::int8_ops_per_s, "int8_ops_per_s"},
    {NumberFormat::fp64, "fp64", 8, &Device::fp64_flops_per_s, "fp64_flops_per_s"},
};

const FormatRow& row_of(NumberFormat format) {
  return formats[static_cast<std::size_t>(format)];
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

// Adds the levels of memory that are told and faster than those behind them.
void add_levels(const Device& device, MachineRates& rates) {
  const double cores = device.units ? static_cast<double>(device.units->value) : 1;
  const auto add = [&](std::string_view name, const Count& bytes, double times, const Rate& rate) {
    if (!bytes || !rate || bytes->value == 0 || rate->value <= rates.bytes_per_s) return;
    rates.levels.push_back({name, static_cast<double>(bytes->value) * times, rate->value});
  };
  add("l1", device.l1_bytes, cores, device.l1_bytes_per_s);
  add("l2", device.l2_bytes, cores, device.l2_bytes_per_s);
  add("llc", device.llc_bytes, 1, device.llc_bytes_per_s);
}

// The same on every platform, which hypot() is not. Times are far from where squares are too small.
double root_of_squares(double a, double b) {
  return std::sqrt(a * a + b * b);
}

// Says once where a rate comes from that nobody has measured on this device.
void say_assumed(const Device& device, const SustainedShare& share, std::string_view what,
                 std::string_view otherwise, std::vector<std::string>& said) {
  if (share.assumed)
    said.push_back(std::string(what) +
                   " of the maker: assumed, the median of measured GPUs of class " + device.kind +
                   " or else of all");
  else if (!share.known)
    said.emplace_back(otherwise);
}
// A device that was fitted to measured times is slower or faster than its rates say, by one factor.
void scale_by_fit(const Device& device, MachineRates& r) {
  const auto member = time_ratio_of(r.format);
  if (member == nullptr || !(device.*member)) return;
  const Datum<double>& fitted = *(device.*member);
  r.time_ratio = fitted.value;
  for (double* const rate :
       {&r.product_per_s, &r.blas_per_s, &r.vector_per_s, &r.bytes_per_s, &r.dependent_ops_per_s,
        &r.page_fault_bytes_per_s, &r.write_bytes_per_s})
    *rate /= fitted.value;
  for (double& rate : r.products_per_s) rate /= fitted.value;
  for (MemoryLevel& level : r.levels) level.bytes_per_s /= fitted.value;
  r.start_s *= fitted.value;
  r.assumptions.push_back("times are " + fixed(fitted.value, 3) + " of those by rates: " +
                          (fitted.source.empty() ? "fitted" : printable(fitted.source)));
}

}  // namespace

std::string_view to_string(NumberFormat format) {
  return row_of(format).name;
}

std::vector<std::string_view> number_format_names() {
  std::vector<std::string_view> names;
  for (const FormatRow& row : formats) names.push_back(row.name);
  return names;
}

Result<NumberFormat> find_number_format(std::string_view name) {
  for (const FormatRow& row : formats)
    if (row.name == name) return row.format;
  const auto names = number_format_names();
  std::string list;
  for (const auto known : names) list.append(list.empty() ? "" : ", ").append(known);
  const std::string guess = did_you_mean(name, names);
  return fail(
      ErrorCode::bad_argument,
      "there is no number format " + quoted(name) + (guess.empty() ? " (" + list + ")" : guess),
      "`precision`");
}

double element_bytes(NumberFormat format) {
  return row_of(format).bytes;
}

Status has_rate(const Device& device, NumberFormat format) {
  const FormatRow& row = row_of(format);
  if (device.*row.peak) return {};
  std::string known;
  for (const FormatRow& other : formats)
    if (device.*other.peak) known.append(known.empty() ? "" : ", ").append(other.name);
  return fail(ErrorCode::bad_argument,
              "this device has no " + std::string(row.name) + " rate" +
                  (known.empty() ? "" : "; it has " + known),
              device.name + "." + std::string(row.field));
}

Result<MachineRates> machine_rates(const Device& device, NumberFormat format) {
  RECKON_TRY(has_rate(device, format));
  const FormatRow& row = row_of(format);
  const Rate& peak = device.*row.peak;
  if (!device.mem_bytes_per_s)
    return fail(ErrorCode::bad_argument, "nobody has told the bandwidth of this device",
                device.name + ".mem_bytes_per_s");
  MachineRates r;
  r.format = format;
  r.product_per_s = peak->value;
  for (const FormatRow& other : formats)
    if (const Rate& rate = device.*other.peak)
      r.products_per_s[static_cast<std::size_t>(other.format)] =
          rate->value * sustained_share(device, other.format).share;
  r.element_bytes = row.bytes;
  const SustainedShare share = sustained_share(device, format);
  r.product_per_s *= share.share;
  if (peak->standing != Standing::measured)
    say_assumed(device, share, "products reach " + percent(share.share) + " of the peak",
                "products reach the peak of the maker: no sustained rate is known", r.assumptions);
  r.vector_per_s = device.fp32_flops_per_s ? device.fp32_flops_per_s->value : peak->value;
  const SustainedShare bandwidth = sustained_bandwidth(device);
  r.bytes_per_s = device.mem_bytes_per_s->value * bandwidth.share;
  if (device.mem_bytes_per_s->standing != Standing::measured)
    say_assumed(device, bandwidth,
                "memory reaches " + percent(bandwidth.share) + " of the bandwidth",
                "memory reaches the bandwidth of the maker: nobody has measured it", r.assumptions);
  if (device.mem_write_bytes_per_s)
    r.write_bytes_per_s = std::min(r.bytes_per_s, device.mem_write_bytes_per_s->value);
  if (device.kind == "cpu" && device.best_matmul_flops_per_s && format == NumberFormat::fp32)
    r.blas_per_s = device.best_matmul_flops_per_s->value;
  if (device.scalar_ops_per_s) r.dependent_ops_per_s = device.scalar_ops_per_s->value;
  if (device.mem_page_fault_bytes_per_s)
    r.page_fault_bytes_per_s = device.mem_page_fault_bytes_per_s->value;
  const SustainedShare floor = kernel_floor(device);
  r.start_known = floor.known || floor.assumed;
  r.start_s = floor.share;
  if (floor.assumed)
    r.assumptions.emplace_back(
        "a kernel takes at least as long as the median of measured GPUs: assumed");
  else if (!floor.known)
    r.assumptions.emplace_back(
        "the start of a kernel is not known for this device: times of small layers are lower "
        "bounds");
  add_levels(device, r);
  if (device.fp32_tile_columns && format == NumberFormat::fp32)
    r.least_tile_columns = static_cast<double>(device.fp32_tile_columns->value);
  // A processor's cores share one product in finer pieces than tiles.
  if (device.units && is_gpu(device))
    r.units = device.units->value;
  else if (device.units)
    r.threads = device.units->value;
  scale_by_fit(device, r);
  return r;
}

std::string_view to_string(Bound bound) {
  switch (bound) {
    case Bound::nothing:
      return "nothing";
    case Bound::compute:
      return "compute";
    case Bound::memory:
      return "memory";
    case Bound::start:
      return "start";
  }
  return "nothing";
}

WorkTime time_of(const Work& work, const MachineRates& rates, bool overlap) {
  WorkTime t;
  constexpr LibraryWork none;
  const LibraryWork& library = work.by_library ? *work.by_library : none;
  const double ops =
      work.product_ops + work.other_ops + library.dependent_ops + library.single_thread_ops;
  const double threads = static_cast<double>(std::max<std::int64_t>(1, rates.threads));
  const double product_per_s = rates.product_rate(work.format);
  const bool by_blas = work.by_blas || (work.by_blas_alone && rates.threads == 1);
  const bool as_measured = by_blas && rates.blas_per_s > 0 && product_per_s > 0;
  t.wave_efficiency = tile_efficiency(work, rates) *
                      (as_measured ? rates.blas_per_s / product_per_s : work.lane_fill);
  t.compute_s =
      work.product_ops / (product_per_s * t.wave_efficiency) + work.other_ops / rates.vector_per_s +
      (library.dependent_ops + library.single_thread_ops * threads) /
          (rates.dependent_ops_per_s > 0 ? rates.dependent_ops_per_s : rates.vector_per_s);
  t.ops = ops;
  t.bytes = work.bytes;
  const double of_kernel = work.bytes / work.times();
  const MemoryLevel near = level_of(of_kernel, rates);
  t.level = near.name;
  const double far_per_s = level_of(std::max(of_kernel, rates.pass_bytes), rates).bytes_per_s;
  const double weights = std::min(work.weight_bytes, work.bytes);
  const double written = std::min(work.written_bytes, work.bytes - weights);
  const MemoryLevel out =
      level_of(std::max(of_kernel + library.before_bytes, rates.kept_bytes), rates);
  const bool to_memory = out.bytes == 0 && rates.write_bytes_per_s > 0;
  t.memory_s = (work.bytes - weights - written) / near.bytes_per_s + weights / far_per_s +
               written / (to_memory ? rates.write_bytes_per_s : out.bytes_per_s);
  // The system clears pages while the kernel waits.
  const double pages_s = rates.page_fault_bytes_per_s > 0
                             ? library.page_fault_bytes / rates.page_fault_bytes_per_s
                             : 0;
  t.memory_s += pages_s;
  t.start_s = static_cast<double>(work.kernels) * rates.start_s + library.call_s;
  const double apart_s =
      pages_s + std::min(t.memory_s - pages_s, work.apart_bytes / near.bytes_per_s);
  const double beside_s = t.memory_s - apart_s;
  const double busy = apart_s + (!overlap            ? t.compute_s + beside_s
                                 : work.hides_partly ? root_of_squares(t.compute_s, beside_s)
                                                     : std::max(t.compute_s, beside_s));
  // A queue of kernels is started while others compute; a call returns when it has computed.
  t.seconds = library.call_s > 0 ? busy + t.start_s : std::max(busy, t.start_s);
  if (t.seconds > 0) {
    t.bound = t.start_s > busy           ? Bound::start
              : t.compute_s > t.memory_s ? Bound::compute
                                         : Bound::memory;
    t.utilisation = ops / (t.seconds * product_per_s);
  }
  if (work.bytes > 0) t.intensity = ops / work.bytes;
  return t;
}

MemoryLevel level_of(double bytes, const MachineRates& rates) {
  for (const MemoryLevel& level : rates.levels)
    if (bytes <= level.bytes) return level;
  return {"memory", 0, rates.bytes_per_s};
}

double double_buffer_bytes(const MachineRates& rates) {
  constexpr double sum_bytes = 4;
  const double side = std::ceil(rates.ridge() * rates.element_bytes);
  return sum_bytes * side * side + 2 * 2 * side * slice_depth * rates.element_bytes;
}

double critical_batch_size(double ops_per_sample, double bytes_per_sample, double weights_bytes,
                           const MachineRates& rates) {
  const double gain = ops_per_sample / rates.product_per_s - bytes_per_sample / rates.bytes_per_s;
  if (!(gain > 0)) return 0;
  return std::max(1.0, std::ceil(weights_bytes / rates.bytes_per_s / gain));
}

}  // namespace reckon
