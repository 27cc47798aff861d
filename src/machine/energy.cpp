#include "machine/energy.h"

#include <algorithm>
#include <utility>

namespace reckon {
namespace {

constexpr double joules_per_pj = 1e-12;

// A part more, of which no layer has anything yet; of `n_layers` in the end.
void add_part(EnergyPart part, std::size_t n_layers, EnergyEstimate& estimate) {
  const std::size_t before = estimate.parts.size();
  std::vector<double> counts;
  counts.reserve(n_layers * (before + 1));
  counts.resize(estimate.layers.size() * (before + 1));
  for (std::size_t i = 0; i < estimate.layers.size(); ++i)
    std::ranges::copy(estimate.counts_of(i), counts.begin() + std::ptrdiff_t(i * (before + 1)));
  estimate.counts = std::move(counts);
  estimate.parts.push_back(std::move(part));
}

class Counter {
 public:
  Counter(const EnergyPrices& prices, const EnergyOptions& options, std::size_t n_layers,
          EnergyEstimate& estimate)
      : prices_(prices), options_(options), n_layers_(n_layers), estimate_(estimate) {}

  void add(const LayerWork& work) {
    LayerEnergy& row = estimate_.layers.emplace_back();
    row.layer = work.layer;
    row.fused = work.fused;
    estimate_.counts.resize(estimate_.counts.size() + estimate_.parts.size());
    if (!work.fused) add(work.forward, row, 0);
    if (work.input_gradient) add(*work.input_gradient, row, 1);
    if (work.weight_gradient) add(*work.weight_gradient, row, 2);
    if (work.update) add(*work.update, row, 3);
  }

 private:
  void add(const Work& work, LayerEnergy& row, std::size_t phase) {
    const NumberFormat format = work.format.value_or(options_.format);
    const double macs = work.product_ops / 2;
    double weights = work.weight_bytes;
    const double tensors = work.bytes - weights;
    if (options_.weights_format)
      weights *= element_bytes(*options_.weights_format) / element_bytes(options_.format);
    const auto put = [&](EnergyKind kind, NumberFormat of, double count) {
      put_count(row, phase, kind, of, count);
    };
    put(EnergyKind::multiply, format, macs);
    put(EnergyKind::accumulate, format, macs);
    put(EnergyKind::other, format, work.other_ops);
    put(EnergyKind::registers, format, macs);
    put(EnergyKind::sram, options_.format, operand_bytes(work, format) + weights + tensors);
    put(EnergyKind::weights, options_.format, weights);
    put(EnergyKind::tensors, options_.format, tensors);
  }

  // Into the array, where an operand serves a row or a column of results.
  double operand_bytes(const Work& work, NumberFormat format) const {
    const double macs = work.product_ops / 2, side = prices_.array_side();
    const double columns = std::clamp(work.columns, 1.0, std::max(1.0, side));
    const double rows = std::clamp(work.rows, 1.0, std::max(1.0, side));
    return macs * element_bytes(format) * (1 / columns + 1 / rows);
  }

  void put_count(LayerEnergy& row, std::size_t phase, EnergyKind kind, NumberFormat format,
                 double count) {
    if (!(count > 0)) return;
    const std::size_t i = part(kind, format);
    estimate_.counts[estimate_.counts.size() - estimate_.parts.size() + i] += count;
    EnergyPart& part = estimate_.parts[i];
    part.count += count;
    const double joules = count * part.price.middle_pj() * joules_per_pj;
    row.joules += joules;
    (group_of(kind) == "arithmetic" ? row.arithmetic_j : row.moving_j) += joules;
    row.phases_j[phase] += joules;
  }

  std::size_t part(EnergyKind kind, NumberFormat format) {
    auto& parts = estimate_.parts;
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (parts[i].kind == kind && parts[i].format == format) return i;
    const bool bytes = kind >= EnergyKind::sram;
    add_part({kind, format, bytes ? "B" : "OP", 0, price(kind, format)}, n_layers_, estimate_);
    return parts.size() - 1;
  }

  EnergyPrice price(EnergyKind kind, NumberFormat format) const {
    switch (kind) {
      case EnergyKind::multiply:
        return prices_.multiply(format);
      case EnergyKind::accumulate:
        return prices_.accumulate(format);
      case EnergyKind::other:
        return prices_.other(format);
      case EnergyKind::registers:
        return prices_.registers(format);
      case EnergyKind::sram:
        return prices_.sram_byte(options_.sram);
      case EnergyKind::weights:
      case EnergyKind::tensors:
        return prices_.memory_byte(options_.memory);
      case EnergyKind::idle:
        break;
    }
    return {};
  }

  const EnergyPrices& prices_;
  const EnergyOptions& options_;
  const std::size_t n_layers_;
  EnergyEstimate& estimate_;
};

void add_idle(const EnergyOptions& options, EnergyEstimate& estimate) {
  if (!options.idle_w || !options.seconds) return;
  EnergyPart part{EnergyKind::idle, options.format, "s", *options.seconds, {}};
  part.price.low_pj = part.price.high_pj = *options.idle_w / joules_per_pj;
  part.price.formula = "idle power";
  add_part(std::move(part), estimate.layers.size(), estimate);
}

void add_up(EnergyEstimate& e) {
  for (const EnergyPart& part : e.parts) {
    if (!part.price.known()) {
      e.lower_bound = true;
      e.unknown.push_back(std::string(to_string(part.kind)) + ": nobody has told " +
                          part.price.missing);
      continue;
    }
    e.joules += part.joules();
    e.low_j += *part.low_j();
    e.high_j += *part.high_j();
    (group_of(part.kind) == "arithmetic" ? e.arithmetic_j
     : part.kind == EnergyKind::idle     ? e.idle_j
                                         : e.moving_j) += part.joules();
  }
  for (const LayerEnergy& layer : e.layers)
    for (std::size_t i = 0; i < n_energy_phases; ++i) e.phases_j[i] += layer.phases_j[i];
}

}  // namespace

std::string_view to_string(EnergyKind kind) {
  constexpr std::string_view names[] = {"multiply", "accumulate", "other",   "registers",
                                        "sram",     "weights",    "tensors", "idle"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view group_of(EnergyKind kind) {
  if (kind <= EnergyKind::other) return "arithmetic";
  return kind == EnergyKind::idle ? "idle" : "moving";
}

std::optional<double> EnergyPart::low_j() const {
  return price.low_pj ? std::optional(count * *price.low_pj * joules_per_pj) : std::nullopt;
}

std::optional<double> EnergyPart::high_j() const {
  return price.high_pj ? std::optional(count * *price.high_pj * joules_per_pj) : std::nullopt;
}

double EnergyPart::joules() const {
  return count * price.middle_pj() * joules_per_pj;
}

EnergyEstimate energy_of(NetworkWork work, const EnergyPrices& prices,
                         const EnergyOptions& options) {
  EnergyEstimate estimate;
  estimate.lower_bound = work.lower_bound;
  estimate.assumptions = work.assumptions;
  estimate.layers.reserve(work.layers.size());
  Counter counter(prices, options, work.layers.size(), estimate);
  work.layers.use_up([&](const LayerWork& layer) { counter.add(layer); });
  // Parts stand in the order of the kinds, whatever layer came first.
  std::vector<std::size_t> order(estimate.parts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(estimate.parts[i].kind, i); });
  std::vector<EnergyPart> parts;
  for (const std::size_t i : order) parts.push_back(std::move(estimate.parts[i]));
  estimate.parts = std::move(parts);
  std::vector<double> row(order.size());
  for (std::size_t i = 0; i < estimate.layers.size(); ++i) {
    const std::span before = estimate.counts_of(i);
    std::ranges::transform(order, row.begin(), [&](std::size_t part) { return before[part]; });
    std::ranges::copy(row, estimate.counts.begin() + std::ptrdiff_t(i * row.size()));
  }
  add_idle(options, estimate);
  add_up(estimate);
  return estimate;
}

}  // namespace reckon
