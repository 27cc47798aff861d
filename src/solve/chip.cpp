#include "solve/chip.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace reckon {
namespace {

constexpr double bytes_per_mib = 1024 * 1024, bytes_per_gb = 1e9, joules_per_pj = 1e-12;
constexpr double most_values = 256;                          // on an axis of the lattice
constexpr double most_timed = 600'000, fewest_memories = 8;  // kernels, of all memories

std::string rounded_up(double x) {
  const double scale = x < 10 ? 100 : 10;
  std::string text = std::to_string(std::ceil(x * scale - 1e-6) / scale);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

// The largest whole multiple of `step` that is not above x; 0 where none is.
std::int64_t steps_below(double x, std::int64_t step) {
  if (!(x > 0)) return 0;
  constexpr double slack = 1e-9;  // of rounding
  return static_cast<std::int64_t>(std::min(x * (1 + slack) / static_cast<double>(step), 1e15)) *
         step;
}

// Kernels by the ratio at which they turn from compute to memory, so that the time of a design is
// two sums that are looked up.
class TimeTable {
 public:
  TimeTable(const ChipNetwork& network, const ChipTraffic& traffic, const ChipCosts& costs) {
    std::vector<std::pair<double, double>> kernels;  // seconds · units, bytes
    for (std::size_t k = 0; k < network.kernels.size(); ++k)
      kernels.emplace_back(unit_seconds(network.kernels[k], costs), traffic.kernel_bytes[k]);
    // Equal ones too in an order of their own: sums are the same on every platform.
    std::ranges::sort(kernels, {},
                      [](const auto& k) { return std::pair(ratio(k.first, k.second), k.first); });
    compute_.push_back(0);
    bytes_.push_back(0);
    for (const auto& [compute, bytes] : kernels) {
      ratios_.push_back(ratio(compute, bytes));
      compute_.push_back(compute_.back() + compute);
      bytes_.push_back(bytes_.back() + bytes);
    }
  }

  double seconds(double units, double bytes_per_s) const {
    // compute / units > bytes / bandwidth: the ratio of bytes to compute is below bandwidth /
    // units.
    const auto turns = static_cast<std::size_t>(
        std::ranges::lower_bound(ratios_, bytes_per_s / units) - ratios_.begin());
    return compute_[turns] / units + (bytes_.back() - bytes_[turns]) / bytes_per_s;
  }

  static double unit_seconds(const ChipKernel& kernel, const ChipCosts& costs) {
    return (kernel.macs + kernel.other_ops / costs.vector_share) / costs.clock_hz;
  }

 private:
  static double ratio(double compute, double bytes) {
    return compute > 0 ? bytes / compute : std::numeric_limits<double>::infinity();
  }
  std::vector<double> ratios_, compute_, bytes_;  // sums of all before
};

// Area and power that are left for the three, or that a design takes of them.
struct Room {
  double mm2 = 0, w = 0;
};
Room room_of(const ChipBudget& budget, const ChipCosts& costs) {
  return {budget.area_mm2 * (1 - costs.other_share), budget.power_w};
}
double three_mm2(const ChipDesign& d, const ChipCosts& c) {
  return static_cast<double>(d.units) * c.unit_mm2 + static_cast<double>(d.mib) * c.mib_mm2 +
         static_cast<double>(d.gb_per_s) * c.gb_per_s_mm2;
}
// Idling of what is made, with its share of everything else.
double idle_w(double mm2, const ChipCosts& c) {
  return mm2 / (1 - c.other_share) * c.idle_w_per_mm2;
}
double three_w(const ChipDesign& d, const ChipCosts& c) {
  return static_cast<double>(d.units) * c.unit_w + static_cast<double>(d.gb_per_s) * c.gb_per_s_w +
         idle_w(three_mm2(d, c), c);
}

std::int64_t first_mib(const ChipCosts& costs, const ChipSteps& steps) {
  const auto least = static_cast<std::int64_t>(std::ceil(costs.working_mib));
  return (least + steps.mib - 1) / steps.mib * steps.mib;
}

std::vector<std::int64_t> memories(const Room& room, const ChipCosts& costs,
                                   const ChipSteps& steps) {
  const ChipDesign rest{steps.units, 0, steps.gb_per_s};
  const std::int64_t last =
      steps_below((room.mm2 - three_mm2(rest, costs)) / costs.mib_mm2, steps.mib);
  std::vector<std::int64_t> out;
  for (std::int64_t mib = first_mib(costs, steps); mib <= last; mib += steps.mib)
    out.push_back(mib);
  return out;
}

std::vector<ChipTraffic> traffic_of(const ChipNetwork& network, const ChipCosts& costs,
                                    const std::vector<std::int64_t>& mibs) {
  std::vector<double> bytes;
  for (const std::int64_t mib : mibs)
    bytes.push_back((static_cast<double>(mib) - costs.working_mib) * bytes_per_mib);
  return chip_traffic(network, bytes);
}

struct Best {
  ChipDesign design;
  double seconds = std::numeric_limits<double>::infinity();
};

// The best units and bandwidth beside one memory; counts the designs that fit.
Best best_beside(std::int64_t mib, const TimeTable& table, const Room& room, const ChipCosts& costs,
                 const ChipSteps& steps, std::int64_t& designs) {
  Best best;
  const double mm2 = room.mm2 - static_cast<double>(mib) * costs.mib_mm2;
  for (std::int64_t units = steps.units;; units += steps.units) {
    const auto n = static_cast<double>(units);
    const double by_area = (mm2 - n * costs.unit_mm2) / costs.gb_per_s_mm2;
    const double by_power = (room.w - three_w({units, mib, 0}, costs)) /
                            (costs.gb_per_s_w + idle_w(costs.gb_per_s_mm2, costs));
    const std::int64_t gb_per_s = steps_below(std::min(by_area, by_power), steps.gb_per_s);
    if (gb_per_s < steps.gb_per_s) break;
    designs += gb_per_s / steps.gb_per_s;
    const double seconds = table.seconds(n, static_cast<double>(gb_per_s) * bytes_per_gb);
    if (seconds < best.seconds) best = {{units, mib, gb_per_s}, seconds};
  }
  return best;
}

std::unexpected<Error> nothing_fits(const ChipBudget& budget, const ChipCosts& costs,
                                    const ChipSteps& steps) {
  const ChipDesign least{steps.units, first_mib(costs, steps), steps.gb_per_s};
  const double mm2 = three_mm2(least, costs) / (1 - costs.other_share);
  return fail(ErrorCode::does_not_fit,
              "the smallest chip (" + std::to_string(least.units) + " multipliers, " +
                  std::to_string(least.mib) + " MiB, " + std::to_string(least.gb_per_s) +
                  " GB/s) needs " + rounded_up(mm2) + " mm² and " +
                  rounded_up(three_w(least, costs)) + " W",
              mm2 > budget.area_mm2 ? "`area_mm2`" : "`power_w`");
}

// The best of all memories; nullopt where nothing fits.
std::optional<Best> best_of(const ChipNetwork& network, const ChipCosts& costs,
                            const ChipBudget& budget, const ChipSteps& steps) {
  const Room room = room_of(budget, costs);
  const auto mibs = memories(room, costs, steps);
  const auto traffic = traffic_of(network, costs, mibs);
  Best best;
  std::int64_t designs = 0;
  for (std::size_t i = 0; i < mibs.size(); ++i) {
    const Best here =
        best_beside(mibs[i], TimeTable(network, traffic[i], costs), room, costs, steps, designs);
    if (here.seconds < best.seconds) best = here;
  }
  return std::isfinite(best.seconds) ? std::optional(best) : std::nullopt;
}

void add_marginals(const ChipNetwork& network, const ChipCosts& costs, const ChipBudget& budget,
                   const ChipSteps& steps, ChipAnswer& answer) {
  const double one_mm2 = std::max(1.0, std::floor(1 / costs.unit_mm2));
  const ChipMarginal more[] = {{"arithmetic", one_mm2, one_mm2 * costs.unit_mm2,
                                one_mm2 * (costs.unit_w + idle_w(costs.unit_mm2, costs))},
                               {"memory", 1, costs.mib_mm2, idle_w(costs.mib_mm2, costs)},
                               {"bandwidth", 10, 10 * costs.gb_per_s_mm2,
                                10 * (costs.gb_per_s_w + idle_w(costs.gb_per_s_mm2, costs))}};
  for (ChipMarginal m : more) {
    ChipDesign design = answer.best;
    const auto n = static_cast<std::int64_t>(m.units);
    (m.what == "arithmetic" ? design.units
     : m.what == "memory"   ? design.mib
                            : design.gb_per_s) += n;
    const auto traffic = traffic_of(network, costs, {design.mib});
    m.seconds = time_of(network, traffic[0], design, costs).seconds;
    answer.marginals.push_back(m);
  }
  constexpr double tenth_more = 1.1;
  for (const std::string_view what : {"area", "power"}) {
    ChipBudget larger = budget;
    (what == "area" ? larger.area_mm2 : larger.power_w) *= tenth_more;
    if (const auto best = best_of(network, costs, larger, steps))
      answer.larger.push_back({what, best->design, best->seconds});
  }
}

}  // namespace

double area_of(const ChipDesign& design, const ChipCosts& costs) {
  return three_mm2(design, costs) / (1 - costs.other_share);
}

double power_of(const ChipDesign& design, const ChipCosts& costs) {
  return three_w(design, costs);
}

ChipTime time_of(const ChipNetwork& network, const ChipTraffic& traffic, const ChipDesign& design,
                 const ChipCosts& costs) {
  ChipTime time;
  for (std::size_t k = 0; k < network.kernels.size(); ++k) {
    const double compute_s =
        TimeTable::unit_seconds(network.kernels[k], costs) / static_cast<double>(design.units);
    const double memory_s =
        traffic.kernel_bytes[k] / (static_cast<double>(design.gb_per_s) * bytes_per_gb);
    (compute_s > memory_s ? time.compute_bound_s : time.memory_bound_s) +=
        std::max(compute_s, memory_s);
  }
  time.seconds = time.compute_bound_s + time.memory_bound_s;
  time.moved_bytes = traffic.moved_bytes;
  return time;
}

ChipSteps chip_steps(const ChipBudget& budget, const ChipCosts& costs, std::size_t n_kernels) {
  const Room room = room_of(budget, costs);
  const auto step = [](double most, std::int64_t first, double values = most_values) {
    std::int64_t width = first;
    while (most / static_cast<double>(width) > values && width < (std::int64_t{1} << 50))
      width *= 2;
    return width;
  };
  ChipSteps steps;
  steps.units = step(std::min(room.mm2 / costs.unit_mm2, room.w / costs.unit_w), steps.units);
  // All kernels are timed for every size of the memory.
  const double memories = most_timed / static_cast<double>(std::max<std::size_t>(n_kernels, 1));
  steps.mib =
      step(room.mm2 / costs.mib_mm2, steps.mib, std::clamp(memories, fewest_memories, most_values));
  steps.gb_per_s =
      step(std::min(room.mm2 / costs.gb_per_s_mm2, room.w / costs.gb_per_s_w), steps.gb_per_s);
  return steps;
}

Result<ChipAnswer> best_chip(const ChipNetwork& network, const ChipCosts& costs,
                             const ChipBudget& budget, const ChipSteps& steps) {
  const Room room = room_of(budget, costs);
  const auto mibs = memories(room, costs, steps);
  const auto traffic = traffic_of(network, costs, mibs);
  ChipAnswer answer;
  std::size_t best = mibs.size();
  double least_s = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < mibs.size(); ++i) {
    const Best here = best_beside(mibs[i], TimeTable(network, traffic[i], costs), room, costs,
                                  steps, answer.designs);
    if (!std::isfinite(here.seconds)) continue;
    answer.by_memory.push_back(here.design);
    answer.by_memory_time.push_back(time_of(network, traffic[i], here.design, costs));
    if (!(here.seconds < least_s)) continue;
    least_s = here.seconds;
    best = i;
    answer.best = here.design;
  }
  if (best == mibs.size()) return nothing_fits(budget, costs, steps);
  answer.time = time_of(network, traffic[best], answer.best, costs);
  answer.area_mm2 = area_of(answer.best, costs);
  answer.power_w = power_of(answer.best, costs);
  answer.ridge = 2 * static_cast<double>(answer.best.units) * costs.clock_hz /
                 (static_cast<double>(answer.best.gb_per_s) * bytes_per_gb);
  answer.kept_weight_bytes = traffic[best].kept_weight_bytes;
  answer.kept_tensor_bytes = traffic[best].kept_tensor_bytes;
  answer.all_bytes = network.all_bytes();
  answer.exact = std::ranges::all_of(traffic, &ChipTraffic::exact);
  add_marginals(network, costs, budget, steps, answer);
  return answer;
}

Result<ChipCosts> chip_costs(const HardwareConstants& constants, ProcessNode node,
                             NumberFormat format, MemoryKind memory) {
  ChipCosts costs;
  const auto at_node = "_" + std::string(to_string(node));
  const auto read = [&](const std::string& name, double& out, double least, double most) -> Status {
    const HardwareConstant* row = constants.find(name);
    if (row == nullptr) return fail(ErrorCode::bad_argument, "nobody has told this constant", name);
    if (!row->value() || *row->value() < least || *row->value() > most)
      return fail(ErrorCode::bad_argument, "is out of the range in which a chip makes sense", name);
    out = *row->value();
    costs.sources.push_back(row);
    return {};
  };
  constexpr double least = 1e-9, most = 1e12;
  const std::string mac = "mac_" + std::string(to_string(format)) + ".area" + at_node;
  double um2 = 0;
  RECKON_TRY(read(mac, um2, least, most));
  costs.unit_mm2 = um2 / 1e6;
  RECKON_TRY(read("sram.area" + at_node, costs.mib_mm2, least, most));
  const std::string phy = std::string(to_string(memory)) + ".area" + at_node;
  RECKON_TRY(read(phy, costs.gb_per_s_mm2, least, most));
  RECKON_TRY(read("chip.clock", costs.clock_hz, 1, most));
  RECKON_TRY(read("chip.vector_share", costs.vector_share, least, 1));
  RECKON_TRY(read("chip.other_share", costs.other_share, 0, 0.99));
  RECKON_TRY(read("chip.idle", costs.idle_w_per_mm2, 0, most));
  RECKON_TRY(read("chip.working", costs.working_mib, 0, 1e6));
  const EnergyPrices prices(constants, node);
  const EnergyPrice parts[] = {prices.multiply(format), prices.accumulate(format),
                               prices.registers(format), prices.sram_byte(SramSize::mb1),
                               prices.memory_byte(memory)};
  for (const EnergyPrice& price : parts) {
    if (!price.known())
      return fail(ErrorCode::bad_argument, "nobody has told this constant", price.missing);
    for (const HardwareConstant* row : price.sources)
      if (std::ranges::find(costs.sources, row) == costs.sources.end())
        costs.sources.push_back(row);
  }
  if (!(prices.array_side() >= 1))
    return fail(ErrorCode::bad_argument, "an array has a side of at least one unit", "array.side");
  costs.sources.push_back(constants.find("array.side"));
  const double operand_bytes = 2 * element_bytes(format) / prices.array_side();
  const double mac_pj = parts[0].middle_pj() + parts[1].middle_pj() + parts[2].middle_pj() +
                        operand_bytes * parts[3].middle_pj();
  costs.unit_w = mac_pj * joules_per_pj * costs.clock_hz;
  costs.gb_per_s_w = (parts[4].middle_pj() + parts[3].middle_pj()) * joules_per_pj * bytes_per_gb;
  return costs;
}

}  // namespace reckon
