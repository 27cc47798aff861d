#include "unit_watch.h"

namespace reckon {
namespace {

// |φ′| is a hundredth of its largest value: σ(1 − σ) = 0.25/100, 1 − tanh² = 1/100.
constexpr double flat_sigmoid = 0.25 / 100, flat_tanh = 1.0 / 100;

// Units stand in dimension 1; in sequences, N×L×F, in the last one.
std::vector<std::int64_t> dims_but_units(const at::Tensor& y) {
  const std::int64_t unit = y.dim() == 3 ? 2 : 1;
  std::vector<std::int64_t> dims;
  for (std::int64_t d = 0; d < y.dim(); ++d)
    if (d != unit) dims.push_back(d);
  return dims;
}

}  // namespace

UnitWatch::UnitWatch(const Graph& graph, const Plan& plan) {
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const Node& node = graph.nodes[static_cast<std::size_t>(plan.steps[s])];
    const auto outputs = graph.outputs_of(node);
    if (outputs.empty() || outputs[0] == none) continue;
    const Kind kind = node.op_type == "Relu"      ? Kind::rectifier
                      : node.op_type == "Sigmoid" ? Kind::sigmoid
                      : node.op_type == "Tanh"    ? Kind::tanh
                                                  : Kind::other;
    if (kind != Kind::other)
      watched_.push_back(
          {.step = s, .node = plan.steps[s], .value = outputs[0], .kind = kind, .alive = {}});
  }
}

void UnitWatch::begin() {
  for (Watched& one : watched_) {
    one.alive = at::Tensor();
    one.n_flat = one.n_outputs = 0;
  }
}

void UnitWatch::see(const Interpreter& run, std::size_t s, std::int64_t n_images) {
  for (Watched& one : watched_) {
    if (one.step != s) continue;
    const at::Tensor& made = run.tensor(one.value);
    if (!made.defined() || made.dim() < 2) return;
    const at::Tensor y = made.narrow(0, 0, n_images);
    one.n_outputs += y.numel();
    if (one.kind == Kind::rectifier) {
      const at::Tensor positive = y > 0;
      const at::Tensor any = at::amax(positive, dims_but_units(y));
      one.alive = one.alive.defined() ? at::logical_or(one.alive, any) : any;
      one.n_flat += y.numel() - positive.sum().item<std::int64_t>();
    } else {
      const at::Tensor slope = one.kind == Kind::sigmoid ? y * (1 - y) : 1 - y * y;
      const double flat = one.kind == Kind::sigmoid ? flat_sigmoid : flat_tanh;
      one.n_flat += (slope < flat).sum().item<std::int64_t>();
    }
  }
}

std::vector<ActivationUnits> UnitWatch::shares() const {
  std::vector<ActivationUnits> found;
  for (const Watched& one : watched_) {
    if (one.n_outputs == 0) continue;
    ActivationUnits& units = found.emplace_back();
    units.node = one.node;
    units.rectifies = one.kind == Kind::rectifier;
    units.flat = static_cast<double>(one.n_flat) / static_cast<double>(one.n_outputs);
    if (units.rectifies)
      units.dead = 1 - static_cast<double>(one.alive.sum().item<std::int64_t>()) /
                           static_cast<double>(one.alive.numel());
  }
  return found;
}

}  // namespace reckon
