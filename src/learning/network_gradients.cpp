#include "learning/network_gradients.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <ranges>

#include "base/text.h"
#include "learning/gradient_health.h"
#include "learning/signal/rule.h"
#include "learning/signal/walk.h"

namespace reckon {
namespace {

using signal::Kernel;
using signal::Part;
using signal::Signal;
using signal::Walk;
using signal::What;

// The value that the loss reads: the logits before a softmax that ends the network.
ValueId before_softmax(const Graph& graph, ValueId id) {
  for (int i = 0; i < 4; ++i) {
    const NodeId producer = graph.values[static_cast<std::size_t>(id)].producer;
    if (producer == none) return id;
    const Node& node = graph.nodes[static_cast<std::size_t>(producer)];
    if (node.op_type != "Softmax" && node.op_type != "LogSoftmax" && node.op_type != "Identity")
      return id;
    id = graph.inputs_of(node)[0];
  }
  return id;
}

struct LossGradient {
  std::string name;
  Kernel kernel;
};

// Cross entropy, its mean over R rows: (p − y)/R with p = softmax(logits) and a random class y. Of
// C Gaussian logits with the variance s², Σ p² = 1/(1 + (C − 1)·e^−s²); of two rows with the
// covariance c, Σ p·p′ likewise with c. One number a row: the squared error against N(0, 1).
LossGradient loss_gradient(const Signal& logits) {
  const Part all = logits.whole();
  const double c = all.channels, rows = logits.grid.n(), m = all.mean * all.mean;
  const double s2 = std::max(0.0, all.kernel.own[0] - m);
  if (c < 2) return {"squared error", Kernel(1, 4 * (all.kernel.own[0] + 1) / (rows * rows), 0, 0)};
  const auto concentration = [c](double e) { return 1 / (1 + (c - 1) * std::exp(-e)); };
  const auto of_two = [&](double covariance) {
    return (concentration(std::max(0.0, covariance - m)) - 1 / c) / c / (rows * rows);
  };
  return {"cross entropy", Kernel(1, (concentration(s2) + 1 - 2 / c) / c / (rows * rows),
                                  of_two(all.kernel.near[0]), of_two(all.kernel.far[0]))};
}

// N×C×H×W of images, N×T×C of sequences, unless the walk knows better.
int class_axis_of(const Walk& walk, ValueId id) {
  const int rank = walk.tensor(id).shape.rank();
  if (walk.what(id) == What::signal) {
    const Signal& logits = walk.signal(id);
    for (int d = 0; d < rank; ++d)
      if (signal::size_along(logits.axes[static_cast<std::size_t>(d)], signal::Along::channels) > 1)
        return d;
  }
  return rank <= 3 ? rank - 1 : 1;
}

double elements_of(const Analysis& analysis, ValueId id) {
  const Dim n = product(analysis.tensor(id).shape.dims());
  return n > 0 ? static_cast<double>(n) : 0;
}

std::optional<double> mean_over_parts(const Signal& x, const std::vector<Kernel>& kernels) {
  double sum = 0;
  for (std::size_t i = 0; i < kernels.size(); ++i)
    sum += x.parts[i].channels / x.channels() * signal::mean_own(x.grid, kernels[i]);
  return std::sqrt(std::max(0.0, sum));
}

void describe_result(const Walk& walk, const Graph& graph, LayerGradient& layer) {
  const auto outputs = graph.outputs_of(layer.layer->op_node());
  if (outputs.empty() || outputs[0] == none || walk.what(outputs[0]) != What::signal) return;
  const Signal& y = walk.signal(outputs[0]);
  std::vector<Kernel> kernels;
  for (const Part& part : y.parts) kernels.push_back(part.kernel);
  layer.activation_rms = mean_over_parts(y, kernels);
  if (walk.blocked(outputs[0])) return;
  const auto* const g = walk.gradient(outputs[0]);
  layer.gradient_rms = g == nullptr ? 0 : mean_over_parts(y, *g);
}

std::unexpected<Error> nothing_to_train() {
  return fail(ErrorCode::unsupported,
              "the network has nothing to train: no weight in floating point");
}

// Weights that are stored as whole numbers and widened where they are read (ONNX's QDQ form).
Status check_weights(const Graph& graph, const Analysis& analysis) {
  for (const Node& node : graph.nodes) {
    if (node.op == nullptr || node.op->name != "DequantizeLinear") continue;
    const ValueId weight = graph.inputs_of(node)[0];
    if (weight != none && analysis.roles.of[static_cast<std::size_t>(weight)] == Role::parameter)
      return fail(ErrorCode::unsupported,
                  "weights of whole numbers have no gradient: this is a quantised network for "
                  "inference; train the one that it was made of",
                  printable(graph.values[static_cast<std::size_t>(weight)].name));
  }
  return {};
}

}  // namespace

std::optional<double> ParameterGradient::norm() const {
  if (!rms) return std::nullopt;
  return *rms * std::sqrt(elements);
}

std::optional<double> LayerGradient::norm() const {
  double squares = 0;
  for (const ParameterGradient& p : parameters) {
    if (!p.rms) return std::nullopt;
    squares += *p.rms * *p.rms * p.elements;
  }
  return std::sqrt(squares);
}

std::optional<double> LayerGradient::rms() const {
  double elements = 0;
  for (const ParameterGradient& p : parameters) elements += p.elements;
  const auto all = norm();
  if (!all || elements <= 0) return std::nullopt;
  return *all / std::sqrt(elements);
}

std::optional<double> LayerGradient::ratio() const {
  const auto foretold = rms();
  if (!foretold || !measured || *foretold <= 0 || measured->rms <= 0) return std::nullopt;
  return *foretold / measured->rms;
}

Result<NetworkGradients> network_gradients(const Graph& graph, const Analysis& analysis,
                                           const WeightStarts& starts) {
  const auto is_trained = [&](std::size_t i) {
    return analysis.roles.of[i] == Role::parameter &&
           is_float(analysis.tensor(static_cast<ValueId>(i)).dtype);
  };
  const auto values = std::views::iota(std::size_t{0}, graph.values.size());
  if (std::ranges::none_of(values, is_trained)) return nothing_to_train();
  RECKON_TRY(check_weights(graph, analysis));
  Walk walk(graph, analysis, starts.rule, starts.stored);
  walk.forward();
  NetworkGradients out;
  out.unknown_ops = walk.unknown_ops();
  ValueId end = none;
  for (const ValueId id : graph.outputs) {
    if (id == none || !is_float(analysis.tensor(id).dtype)) continue;
    end = before_softmax(graph, id);
    break;
  }
  if (end == none)
    return fail(
        ErrorCode::unsupported,
        "no output is a floating-point number, so there is nothing to differentiate: export "
        "the network before the class is chosen (ArgMax) or numbers are rounded");
  out.logits = end;
  out.class_axis = class_axis_of(walk, end);
  if (walk.what(end) == What::signal) {
    const Signal& logits = walk.signal(end);
    const LossGradient loss = loss_gradient(logits);
    out.loss = loss.name;
    out.logits_rms = std::sqrt(logits.whole().kernel.own[0]);
    out.logits_gradient_rms = std::sqrt(loss.kernel.own[0]);
    walk.backward(end, loss.kernel);
  }
  std::map<NodeId, std::vector<ParameterGradient>> by_node;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const signal::ParameterState& state = walk.parameters()[i];
    // What is only laid out anew before it is joined to a signal belongs to its first reader.
    const NodeId reader = state.reader != none ? state.reader
                          : state.start        ? walk.first_reader(id)
                                               : none;
    if (walk.root(id) != id || reader == none) continue;
    ParameterGradient p{.value = id, .elements = elements_of(analysis, id), .start = state.start};
    if (!state.unknown && state.start && p.elements > 0)
      p.rms = std::sqrt(state.energy / p.elements);
    by_node[reader].push_back(p);
  }
  for (const Layer& layer : analysis.layers) {
    const auto at = layer.graph == &graph ? by_node.find(layer.node) : by_node.end();
    if (at == by_node.end()) continue;
    LayerGradient row;
    row.layer = &layer;
    row.parameters = std::move(at->second);
    describe_result(walk, graph, row);
    out.layers.push_back(std::move(row));
  }
  if (out.layers.empty()) return nothing_to_train();
  judge_gradients(walk, end, out);
  return out;
}

double share_lost(double rms, double smallest) {
  if (rms <= 0) return 0;
  return std::erf(smallest / 2 / (rms * std::numbers::sqrt2));
}

}  // namespace reckon
