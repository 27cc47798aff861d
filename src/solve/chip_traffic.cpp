#include "solve/chip_traffic.h"

#include <algorithm>
#include <limits>
#include <map>

#include "analysis/node_cost.h"
#include "ops/context.h"
#include "ops/op.h"

namespace reckon {
namespace {

constexpr std::int32_t no_kernel = -1;
// Elementary steps of the searches for paths of one network, of which a question asks half a dozen.
constexpr std::int64_t most_steps = 30'000'000;

class Builder {
 public:
  Builder(const Graph& graph, const Analysis& analysis, const NetworkWork& work)
      : graph_(graph), analysis_(analysis), kernel_of_(graph.nodes.size(), no_kernel) {
    out_.lower_bound = work.lower_bound;
    for (const LayerWork& layer : work.layers) add(layer);
  }

  ChipNetwork run() {
    const std::vector<ValueId> behind = values_behind_views();
    struct Uses {
      std::int32_t made_by = no_kernel;
      std::vector<std::int32_t> read_by;
      ValueId value = none;
    };
    std::map<ValueId, Uses> uses;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      const Node& node = graph_.nodes[n];
      const std::int32_t kernel = kernel_of_[n];
      if (kernel == no_kernel) continue;
      for (const ValueId in : graph_.inputs_of(node))
        if (in != none) add_reader(uses[behind[at(in)]].read_by, kernel);
      for (const ValueId made : graph_.outputs_of(node))
        if (made != none) uses[behind[at(made)]].made_by = kernel;
    }
    for (const ValueId id : graph_.outputs)
      if (id != none) uses.erase(behind[at(id)]);
    for (const auto& [value, use] : uses) add_tensor(value, use.made_by, use.read_by);
    return std::move(out_);
  }

 private:
  static std::size_t at(std::int32_t i) { return static_cast<std::size_t>(i); }

  void add(const LayerWork& layer) {
    const bool inside = layer.layer->graph == &graph_;
    if (layer.fused) {
      // A fused layer belongs to the last kernel that its inputs come from.
      if (!inside) return;
      const Node& node = layer.layer->op_node();
      std::int32_t host = no_kernel;
      for (const ValueId in : graph_.inputs_of(node))
        if (in != none && graph_.values[at(in)].producer != none)
          host = std::max(host, kernel_of_[at(graph_.values[at(in)].producer)]);
      kernel_of_[at(layer.layer->node)] = host;
      return;
    }
    const Work& w = layer.forward;
    if (inside) kernel_of_[at(layer.layer->node)] = static_cast<std::int32_t>(out_.kernels.size());
    out_.kernels.push_back({layer.layer, w.product_ops / 2, w.other_ops,
                            std::max(0.0, w.bytes - w.weight_bytes), w.weight_bytes});
  }

  // For each value the one whose memory it is.
  std::vector<ValueId> values_behind_views() const {
    std::vector<ValueId> behind(graph_.values.size());
    for (std::size_t i = 0; i < behind.size(); ++i) behind[i] = static_cast<ValueId>(i);
    for (const Node& node : graph_.nodes) {
      const auto inputs = graph_.inputs_of(node), outputs = graph_.outputs_of(node);
      if (inputs.empty() || outputs.empty() || inputs[0] == none || outputs[0] == none) continue;
      if (is_view(node)) behind[at(outputs[0])] = behind[at(inputs[0])];
    }
    return behind;
  }

  static void add_reader(std::vector<std::int32_t>& readers, std::int32_t kernel) {
    if (std::ranges::find(readers, kernel) == readers.end()) readers.push_back(kernel);
  }

  void add_tensor(ValueId value, std::int32_t made_by, std::vector<std::int32_t> read_by) {
    if (made_by == no_kernel) return;  // an input of the network, weights, a constant
    std::erase_if(read_by, [&](std::int32_t k) { return k <= made_by; });
    const auto bytes = tensor_bytes(analysis_.tensor(value));
    if (read_by.empty() || !bytes || bytes->count.value_or(0) <= 0) return;
    std::ranges::sort(read_by);
    ChipTensor tensor{static_cast<double>(bytes->count.value()), made_by, std::move(read_by)};
    // Bytes that move for a tensor are part of its kernels'; a kernel that moves less (it reads a
    // part) cannot be relieved of more.
    const auto fits = [&](std::int32_t k) {
      return out_.kernels[at(k)].fixed_bytes >= tensor.bytes;
    };
    if (!fits(made_by) || !std::ranges::all_of(tensor.read_by, fits)) return;
    out_.kernels[at(made_by)].fixed_bytes -= tensor.bytes;
    for (const std::int32_t k : tensor.read_by) out_.kernels[at(k)].fixed_bytes -= tensor.bytes;
    out_.tensors.push_back(std::move(tensor));
  }

  const Graph& graph_;
  const Analysis& analysis_;
  std::vector<std::int32_t> kernel_of_;  // by node
  ChipNetwork out_;
};

// The flow: node k is the time before kernel k; an arc of k → l keeps something over kernels k to
// l − 1.
class Flow {
 public:
  explicit Flow(const ChipNetwork& network)
      : network_(network), n_(network.kernels.size() + 1), out_(n_), in_(n_) {
    for (std::size_t k = 0; k + 1 < n_; ++k) add_arc(k, k + 1, -1, 0);
    for (const ChipTensor& tensor : network.tensors)
      add_arc(static_cast<std::size_t>(tensor.made_by),
              static_cast<std::size_t>(tensor.read_by.back()) + 1, tensor.bytes,
              1 + static_cast<double>(tensor.read_by.size()));
    double weights = 0;
    for (const ChipKernel& kernel : network.kernels) weights += kernel.weight_bytes;
    weights_arc_ = arcs_.size();
    add_arc(0, n_ - 1, weights, 1);
  }

  // Sends up to `bytes` along the path that saves most; what was sent, 0 where nothing is saved.
  double send(double bytes) {
    if (n_ < 2 || !find_path()) return 0;
    double amount = bytes;
    for (std::size_t v = n_ - 1; v != 0;) {
      const Step& step = came_[v];
      const Arc& arc = arcs_[step.arc];
      if (!step.forward)
        amount = std::min(amount, arc.flow);
      else if (arc.capacity >= 0)
        amount = std::min(amount, arc.capacity - arc.flow);
      v = step.forward ? arc.from : arc.to;
    }
    for (std::size_t v = n_ - 1; v != 0;) {
      const Step& step = came_[v];
      Arc& arc = arcs_[step.arc];
      arc.flow += step.forward ? amount : -amount;
      v = step.forward ? arc.from : arc.to;
    }
    return amount;
  }

  bool exhausted() const {
    tell(network_.watch, "steps through what stays on the chip", steps_, most_steps);
    return steps_ > most_steps || stopped(network_.watch);
  }

  void describe(ChipTraffic& traffic) const {
    traffic.kernel_bytes.clear();
    for (const ChipKernel& kernel : network_.kernels)
      traffic.kernel_bytes.push_back(kernel.fixed_bytes + kernel.weight_bytes);
    const std::size_t first = n_ == 0 ? 0 : n_ - 1;  // arcs of tensors follow those of time
    for (std::size_t t = 0; t < network_.tensors.size(); ++t) {
      const ChipTensor& tensor = network_.tensors[t];
      const double kept = arcs_[first + t].flow, moved = tensor.bytes - kept;
      traffic.kept_tensor_bytes += kept;
      traffic.kernel_bytes[static_cast<std::size_t>(tensor.made_by)] += moved;
      for (const std::int32_t k : tensor.read_by)
        traffic.kernel_bytes[static_cast<std::size_t>(k)] += moved;
    }
    const Arc& weights = arcs_[weights_arc_];
    traffic.kept_weight_bytes = weights.flow;
    // An equal share of each kernel's weights stays.
    const double share = weights.capacity > 0 ? weights.flow / weights.capacity : 0;
    for (std::size_t k = 0; k < network_.kernels.size(); ++k)
      traffic.kernel_bytes[k] -= share * network_.kernels[k].weight_bytes;
    for (double& bytes : traffic.kernel_bytes) bytes = std::max(0.0, bytes);
    traffic.moved_bytes = 0;
    for (const double bytes : traffic.kernel_bytes) traffic.moved_bytes += bytes;
  }

 private:
  struct Arc {
    std::size_t from = 0, to = 0;
    double capacity = 0;  // below 0: as much as there is
    double saves = 0;     // a byte
    double flow = 0;
  };
  struct Step {
    std::size_t arc = 0;
    bool forward = true;
  };

  void add_arc(std::size_t from, std::size_t to, double capacity, double saves) {
    out_[from].push_back(arcs_.size());
    in_[to].push_back(arcs_.size());
    arcs_.push_back({from, to, capacity, saves});
  }

  // The path from the first to the last moment that saves most, against the flow where some is.
  // Relaxes until nothing improves: the residual graph has no cycle that saves something.
  bool find_path() {
    constexpr double unreached = -std::numeric_limits<double>::infinity();
    best_.assign(n_, unreached);
    came_.assign(n_, {});
    best_[0] = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t v = 0; v < n_; ++v) {
        if (best_[v] == unreached) continue;
        for (const std::size_t a : out_[v]) {
          const Arc& arc = arcs_[a];
          if (arc.capacity < 0 || arc.flow < arc.capacity)
            changed |= improve(arc.to, best_[v] + arc.saves, {a, true});
        }
        for (const std::size_t a : in_[v])
          if (arcs_[a].flow > 0)
            changed |= improve(arcs_[a].from, best_[v] - arcs_[a].saves, {a, false});
        steps_ += static_cast<std::int64_t>(out_[v].size() + in_[v].size());
      }
      if (exhausted()) return false;
    }
    return best_[n_ - 1] > 0;
  }

  bool improve(std::size_t v, double saves, Step step) {
    if (v == 0 || !(saves > best_[v])) return false;
    best_[v] = saves;
    came_[v] = step;
    return true;
  }

  const ChipNetwork& network_;
  std::size_t n_;
  std::vector<Arc> arcs_;
  std::vector<std::vector<std::size_t>> out_, in_;  // arcs by node
  std::size_t weights_arc_ = 0;
  std::vector<double> best_;
  std::vector<Step> came_;
  std::int64_t steps_ = 0;
};

}  // namespace

double ChipNetwork::all_bytes() const {
  double bytes = 0;
  for (const ChipKernel& kernel : kernels) bytes += kernel.fixed_bytes + kernel.weight_bytes;
  for (const ChipTensor& tensor : tensors)
    bytes += tensor.bytes * (1 + static_cast<double>(tensor.read_by.size()));
  return bytes;
}

ChipNetwork chip_network(const Graph& graph, const Analysis& analysis, const NetworkWork& work) {
  return Builder(graph, analysis, work).run();
}

std::vector<ChipTraffic> chip_traffic(const ChipNetwork& network,
                                      const std::vector<double>& chip_bytes) {
  std::vector<ChipTraffic> out;
  Flow flow(network);
  double sent = 0;
  bool more = true;
  for (const double bytes : chip_bytes) {
    while (more && sent < bytes) {
      const double now = flow.send(bytes - sent);
      more = now > 0;
      sent += now;
    }
    ChipTraffic& traffic = out.emplace_back();
    traffic.chip_bytes = bytes;
    flow.describe(traffic);
    traffic.exact = !flow.exhausted();
  }
  return out;
}

}  // namespace reckon
