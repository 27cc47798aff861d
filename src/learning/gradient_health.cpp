#include "learning/gradient_health.h"

#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "graph/attributes.h"

namespace reckon {
namespace {

using signal::Kernel;
using signal::Signal;
using signal::Walk;
using signal::What;

double total_square(const Signal& x, const std::vector<Kernel>& g) {
  double sum = 0;
  for (std::size_t i = 0; i < g.size(); ++i)
    sum += x.parts[i].channels * x.grid.n() * signal::mean_own(x.grid, g[i]);
  return std::max(0.0, sum);
}

std::optional<double> norm_at(const Walk& walk, ValueId id) {
  if (id == none || walk.what(id) != What::signal || walk.blocked(id)) return std::nullopt;
  const auto* const g = walk.gradient(id);
  return g == nullptr ? 0 : std::sqrt(total_square(walk.signal(id), *g));
}

ValueId result_of(const Graph& graph, const Node& node) {
  const auto outputs = graph.outputs_of(node);
  return outputs.empty() ? none : outputs[0];
}

// The most that a function's slope is: φ is looked at where numbers of the signal are.
double steepest(const signal::Function& f) {
  double most = 0;
  constexpr int steps = 4096;
  constexpr double reach = 16;
  for (int i = -steps; i <= steps; ++i)
    most = std::max(most, std::abs(f(reach * i / steps).derivative));
  return most;
}

// Lays the elements out otherwise, takes means or the largest of them, or drops some.
bool hands_norm_on(const Node& node) {
  if (node.op == nullptr) return false;
  const OpKind kind = node.op->nature.kind;
  return kind == OpKind::pooling || kind == OpKind::dropout || has(node.op->traits, Trait::view) ||
         node.op->nature.space == Space::permutes;
}

// Of one node on the way to the loss, what it leaves of a gradient's norm at most; nullopt where it
// has no such bound.
std::optional<double> bound_of(const Walk& walk, const Node& node) {
  const Graph& graph = walk.graph();
  const auto inputs = graph.inputs_of(node);
  const std::string_view op = node.op_type;
  if (op == "Gemm" || op == "MatMul" || op == "Conv") {
    if (inputs.size() < 2 || walk.what(inputs[1]) != What::weight) return std::nullopt;
    const auto& start = walk.state(inputs[1]).start;
    const Shape& w = walk.tensor(inputs[1]).shape;
    const Dim out = walk.tensor(result_of(graph, node)).shape.is_static() ? product(w.dims()) : 0;
    if (!start || out <= 0) return std::nullopt;
    double outputs = static_cast<double>(op == "Conv" ? w[0] : w[w.rank() - 1]);
    if (op == "Gemm" && int_attr(graph, node, "transB", 0) != 0)
      outputs = static_cast<double>(w[0]);
    return std::sqrt(static_cast<double>(out) / outputs * start->square);
  }
  if (hands_norm_on(node)) return 1;
  const ValueId y = result_of(graph, node);
  if (y == none || walk.what(y) != What::signal) return std::nullopt;
  const Signal& s = walk.signal(y);
  // A function of the value that the node reads itself.
  if (s.source != none && inputs.size() >= 1 && inputs[0] == s.source) return steepest(s.function);
  return std::nullopt;
}

// What the way of a value to the loss does, where it is a chain.
struct Way {
  std::optional<double> bound = {};
  double activations = 0;  // Σ ln of what they leave
  std::int64_t n_activations = 0;
  std::string_view first = {};  // of them
};

// Of a value that `reader` is the first to read; `behind` is the way of the result of that.
Way one_more(const Walk& walk, const Node& reader, bool is_only_reader, const Way& behind) {
  Way way = behind;
  const auto factor = is_only_reader && way.bound ? bound_of(walk, reader) : std::nullopt;
  if (factor)
    *way.bound *= *factor;
  else
    way.bound.reset();
  const ValueId y = result_of(walk.graph(), reader);
  if (y == none || walk.what(y) != What::signal || walk.signal(y).source == none) return way;
  double slope = 0;
  const Signal& s = walk.signal(y);
  for (const signal::Part& part : s.parts)
    slope += part.channels / s.channels() * signal::mean_own(s.grid, part.slope);
  way.activations += std::log(std::max(slope, 1e-300)) / 2;
  ++way.n_activations;
  way.first = reader.op_type;
  return way;
}

// By ValueId, of the first results of nodes; from the last node to the first, each looked at once.
std::vector<Way> ways_to(const Walk& walk, ValueId end) {
  const Graph& graph = walk.graph();
  std::vector<int> readers(graph.values.size(), 0);
  for (const Node& node : graph.nodes)
    for (const ValueId input : graph.inputs_of(node))
      if (input != none) ++readers[static_cast<std::size_t>(input)];
  std::vector<Way> ways(graph.values.size());
  ways[static_cast<std::size_t>(end)].bound = 1;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    const ValueId y = result_of(graph, *node);
    if (y == none || y == end) continue;
    const NodeId reader = walk.first_reader(y);
    if (reader == none) continue;
    const Node& next = graph.nodes[static_cast<std::size_t>(reader)];
    const ValueId id = result_of(graph, next);
    const auto at = static_cast<std::size_t>(y);
    ways[at] = one_more(walk, next, readers[at] == 1,
                        id == none ? Way() : ways[static_cast<std::size_t>(id)]);
  }
  return ways;
}

std::string reason(const LayerGradient& layer, const Way& way) {
  double elements = 0;
  bool all_vanish = !layer.parameters.empty();
  for (const ParameterGradient& p : layer.parameters) {
    elements += p.elements;
    all_vanish = all_vanish && p.rms && *p.rms == 0;
  }
  if (all_vanish && elements > 0) return "no gradient reaches it: the loss does not depend on it";
  if (!layer.norm_ratio || *layer.norm_ratio >= learning_stalls) return {};
  const double lost = std::log(*layer.norm_ratio);
  if (way.n_activations > 0 && way.activations < lost / 2) {
    const auto n = static_cast<double>(way.n_activations);
    return counted(way.n_activations, "activation") + " (" + std::string(way.first) +
           ") between it and the loss leave " + fixed(std::exp(way.activations / n), 2) +
           " of the gradient each";
  }
  return "the weights between it and the loss are too small: a layer leaves less of the gradient "
         "than arrives, and he_normal or a normalisation would keep it";
}

}  // namespace

void judge_gradients(const Walk& walk, ValueId end, NetworkGradients& of) {
  const auto at_end = norm_at(walk, end);
  const std::vector<Way> ways = end == none ? std::vector<Way>() : ways_to(walk, end);
  double least = 0, largest = 0;
  for (LayerGradient& layer : of.layers) {
    const ValueId y = result_of(walk.graph(), layer.layer->op_node());
    const auto norm = norm_at(walk, y);
    if (norm && at_end && *at_end > 0) layer.norm_ratio = *norm / *at_end;
    if (y != none && end != none) {
      const Way& way = ways[static_cast<std::size_t>(y)];
      layer.bound = way.bound;
      layer.stalls = reason(layer, way);
    }
    // Tensors whose gradient follows to be zero: what a softmax or a normalisation subtracts.
    double most = 0;
    for (const ParameterGradient& p : layer.parameters) most = std::max(most, p.rms.value_or(0));
    for (ParameterGradient& p : layer.parameters)
      if (p.rms && most > 0 && *p.rms < 1e-6 * most) {
        p.rms = 0;
        p.vanishes = true;
      }
    std::vector<double> sizes;
    if (layer.gradient_rms) sizes.push_back(*layer.gradient_rms);
    for (const ParameterGradient& p : layer.parameters)
      if (p.rms) sizes.push_back(*p.rms);
    for (const double size : sizes) {
      if (size <= 0) continue;
      // erf(x/√2) ≈ x·√(2/π), x half the smallest number over the root mean square.
      const double needed = smallest_fp16 / 2 * 0.7978845608028654 / share_that_may_be_lost / size;
      least = std::max(least, needed);
      largest = std::max(largest, size);
    }
  }
  if (!(largest > 0)) return;
  // Of a million Gaussian numbers the largest is near five deviations.
  constexpr double deviations = 5;
  const double most = std::exp2(std::floor(std::log2(largest_fp16 / (deviations * largest))));
  const double scale = least <= 1 ? 1 : std::exp2(std::ceil(std::log2(least)));
  of.largest_loss_scale = most;
  if (scale <= most) of.loss_scale = scale;
}

}  // namespace reckon
