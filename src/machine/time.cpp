#include "machine/time.h"

#include <algorithm>

namespace reckon {
namespace {

class Clock {
 public:
  Clock(const TimeOptions& options, TimeEstimate& estimate)
      : options_(options), estimate_(estimate) {}

  void add(const LayerWork& work, double batch) {
    LayerTime& row = estimate_.layers.emplace_back();
    row.layer = work.layer;
    row.fused = work.fused;
    if (work.input_gradient)
      row.input_gradient = count(*work.input_gradient, estimate_.input_gradient_s);
    if (work.weight_gradient)
      row.weight_gradient = count(*work.weight_gradient, estimate_.weight_gradient_s);
    if (work.update) row.update_s = count(*work.update, estimate_.update_s).seconds;
    if (!work.fused) {
      const Work& w = work.forward;
      row.forward = count(w, estimate_.forward_s);
      const double ops = (w.product_ops + w.other_ops) / w.times(), bytes = w.bytes / w.times();
      const double weights =
          std::min(static_cast<double>(work.layer->param_bytes.count.value_or(0)), bytes);
      row.critical_batch_size =
          critical_batch_size(ops / batch, (bytes - weights) / batch, weights, estimate_.rates);
    }
    row.seconds = row.forward.seconds + row.update_s;
    if (row.input_gradient) row.seconds += row.input_gradient->seconds;
    if (row.weight_gradient) row.seconds += row.weight_gradient->seconds;
  }

  void add(const LossWork& loss) {
    count(loss.forward, estimate_.loss_forward_s);
    count(loss.backward, estimate_.loss_backward_s);
  }

 private:
  WorkTime count(const Work& work, double& total) {
    const WorkTime t = time_of(work, estimate_.rates, options_.overlap);
    total += t.seconds;
    estimate_.overlapped_s += std::max({t.compute_s, t.memory_s, t.start_s});
    estimate_.in_turn_s += std::max(t.compute_s + t.memory_s, t.start_s);
    (t.bound == Bound::compute  ? estimate_.compute_bound_s
     : t.bound == Bound::memory ? estimate_.memory_bound_s
                                : estimate_.start_bound_s) += t.seconds;
    estimate_.ops += work.product_ops + work.other_ops;
    estimate_.bytes += work.bytes;
    estimate_.kernels += work.kernels;
    return t;
  }

  const TimeOptions& options_;
  TimeEstimate& estimate_;
};

}  // namespace

namespace {

// What is known before the first layer is timed.
TimeEstimate begin(const NetworkWork& work, const MachineRates& rates, const TimeOptions& options) {
  TimeEstimate estimate;
  estimate.rates = rates;
  estimate.assumptions = rates.assumptions;
  estimate.assumptions.insert(estimate.assumptions.end(), work.assumptions.begin(),
                              work.assumptions.end());
  estimate.lower_bound = work.lower_bound;
  estimate.layers.reserve(work.layers.size());
  double weights = 0, largest = 0, kept = 0;
  for (const LayerWork& layer : work.layers) {
    const Work& w = layer.forward;
    weights += w.weight_bytes / w.times();
    largest = std::max(largest, (w.bytes - w.weight_bytes) / w.times());
    kept += w.written_bytes;
  }
  if (options.training) estimate.rates.kept_bytes = kept;
  estimate.rates.pass_bytes = weights + std::max(largest, estimate.rates.kept_bytes);
  return estimate;
}

// `for_each_layer` calls what it is given with each layer of the work, in order.
template <class F>
TimeEstimate timed(TimeEstimate estimate, const std::optional<LossWork>& loss, std::int64_t batch,
                   const TimeOptions& options, F for_each_layer) {
  Clock clock(options, estimate);
  for_each_layer([&](const LayerWork& layer) {
    clock.add(layer, static_cast<double>(std::max<std::int64_t>(1, batch)));
  });
  if (loss) clock.add(*loss);
  estimate.seconds = estimate.forward_s + estimate.input_gradient_s + estimate.weight_gradient_s +
                     estimate.update_s + estimate.loss_forward_s + estimate.loss_backward_s;
  return estimate;
}

}  // namespace

TimeEstimate time_of_network(const NetworkWork& work, const MachineRates& rates, std::int64_t batch,
                             const TimeOptions& options) {
  return timed(begin(work, rates, options), work.loss, batch, options, [&](auto add) {
    for (const LayerWork& layer : work.layers) add(layer);
  });
}

TimeEstimate time_of_network(NetworkWork&& work, const MachineRates& rates, std::int64_t batch,
                             const TimeOptions& options) {
  return timed(begin(work, rates, options), work.loss, batch, options,
               [&](auto add) { work.layers.use_up(add); });
}

Result<NumberFormat> format_on(const Device& device, const NetworkWork& work,
                               std::vector<std::string>& said) {
  std::vector<FormatShare> shares = format_shares(work);
  if (shares.empty()) return NumberFormat::fp32;
  std::optional<NumberFormat> main;
  bool without_integers = false;
  for (const FormatShare& share : shares) {
    if (Status known = has_rate(device, share.format); !known) {
      if (share.format != NumberFormat::int8)
        return fail(known.error().code,
                    known.error().message + " (the file computes in " +
                        std::string(to_string(share.format)) + "; `precision` converts it)",
                    known.error().where);
      without_integers = true;
    } else if (!main) {
      main = share.format;
    }
  }
  const NumberFormat chosen = main.value_or(NumberFormat::fp32);
  if (shares.size() > 1 || shares[0].format != NumberFormat::fp32) {
    std::string list;
    for (const FormatShare& share : shares)
      list += (list.empty() ? "" : ", ") + std::string(to_string(share.format)) +
              (shares.size() > 1
                   ? " (" + std::to_string(static_cast<int>(share.share * 100 + 0.5)) + " %)"
                   : "");
    said.push_back("element types are those of the file: products in " + list);
  }
  if (without_integers)
    said.push_back("this device has no int8 rate: integer products are timed at its " +
                   std::string(to_string(chosen)) + " rate");
  return chosen;
}

}  // namespace reckon
