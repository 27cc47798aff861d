#include "analysis/analyze.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/node_cost.h"
#include "analysis/notes.h"
#include "analysis/shape_pass.h"
#include "base/text.h"

namespace reckon {
namespace {

// Walks the main graph and the bodies of its control-flow nodes.
class Walk {
 public:
  Walk(Analysis& analysis, std::set<std::string>& unknown_ops)
      : analysis_(analysis), unknown_ops_(unknown_ops) {}

  void run(const Graph& graph, const Shapes& shapes, const Roles& roles, std::int64_t times) {
    const auto readers = count_readers(graph);
    const auto owners = owners_of_weights(graph, roles);
    auto& counted = counted_.try_emplace(&graph, graph.values.size(), false).first->second;
    frames_.push_back({&graph, &counted});
    std::size_t next_run = 0, next_owned = 0;
    analysis_.layers.reserve(analysis_.layers.size() + graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const auto id = static_cast<NodeId>(i);
      Layer layer = cost_of_node(graph, shapes, roles, readers, id, scratch_);
      layer.times = times;
      const std::size_t first_owned = next_owned;
      while (next_owned < owners.size() && owners[next_owned].node == id) ++next_owned;
      add_weights(shapes, roles, std::span(owners).subspan(first_owned, next_owned - first_owned),
                  layer);
      note_coverage(layer);
      analysis_.layers.push_back(layer);
      const std::size_t first_run = next_run;
      while (next_run < shapes.runs.size() && shapes.runs[next_run].node == id) ++next_run;
      run_bodies(graph, roles, std::span(shapes.runs).subspan(first_run, next_run - first_run),
                 times);
    }
    frames_.pop_back();
  }

 private:
  // The stored values that a node uses for itself, in node order. Nodes that only prepare a weight
  // (Identity, Transpose, Cast, DequantizeLinear of nothing but stored values) pass it on.
  struct Owned {
    NodeId node;
    ValueId value;
  };

  static std::vector<Owned> owners_of_weights(const Graph& graph, const Roles& roles) {
    std::unordered_map<ValueId, std::vector<ValueId>> prepared;
    std::vector<Owned> owned;
    std::vector<ValueId> weights;
    const auto stored = [&](ValueId id) {
      const Role role = roles.of[static_cast<std::size_t>(id)];
      return role == Role::parameter || role == Role::buffer;
    };
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      const auto outputs = graph.outputs_of(node);
      weights.clear();
      bool only_weights = true;
      for (const ValueId in : graph.inputs_of(node)) {
        if (in == none) continue;
        if (stored(in)) {
          weights.push_back(in);
        } else if (const auto at = prepared.find(in); at != prepared.end()) {
          weights.insert(weights.end(), at->second.begin(), at->second.end());
        } else if (roles.of[static_cast<std::size_t>(in)] != Role::constant) {
          only_weights = false;
        }
      }
      if (weights.empty()) continue;
      const bool prepares = only_weights && outputs.size() == 1 && outputs[0] != none &&
                            (is_view(node) || node.op_type == "Cast" ||
                             node.op_type == "DequantizeLinear" || node.op_type == "Identity");
      if (!prepares) {
        for (const ValueId value : weights) owned.push_back({static_cast<NodeId>(i), value});
      } else if (!stored(outputs[0])) {  // else a parameter of its own (see roles.h)
        prepared[outputs[0]] = weights;
      }
    }
    return owned;
  }

  // True at the first call for a stored value, also when it is seen through captures of bodies.
  bool first_use(ValueId id) {
    std::size_t level = frames_.size() - 1;
    const Value* value = &frames_[level].graph->values[static_cast<std::size_t>(id)];
    while (value->kind == ValueKind::captured && value->outer != none && level > 0) {
      id = value->outer;
      value = &frames_[--level].graph->values[static_cast<std::size_t>(id)];
    }
    std::vector<bool>& counted = *frames_[level].counted;
    if (counted[static_cast<std::size_t>(id)]) return false;
    counted[static_cast<std::size_t>(id)] = true;
    return true;
  }

  void add_weights(const Shapes& shapes, const Roles& roles, std::span<const Owned> owned,
                   Layer& layer) {
    for (const auto& [node, id] : owned) {
      const auto at = static_cast<std::size_t>(id);
      const Tensor& tensor = shapes.tensors[at];
      if (!first_use(id) || !tensor.shape.is_static()) continue;
      const Elements elements(tensor.shape.elements());
      const Bytes bytes = tensor_bytes(tensor).value_or(Bytes());
      const bool learned = roles.of[at] == Role::parameter;
      (learned ? layer.params : layer.buffers) += elements;
      (learned ? layer.param_bytes : layer.buffer_bytes) += bytes;
      if (learned && is_float(tensor.dtype)) layer.trainable_params += elements;
      layer.visible = true;
    }
  }

  void run_bodies(const Graph& graph, const Roles& outer, std::span<const BodyRun> runs,
                  std::int64_t times) {
    std::size_t heaviest = 0;
    Checked heaviest_flops = -1;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      const BodyRun& run = runs[r];
      const Graph& body = *graph.bodies[static_cast<std::size_t>(run.body)];
      const Checked total = Checked(times) * Checked(run.times.value_or(1));
      const std::size_t begin = analysis_.layers.size();
      const Roles roles = assign_roles(body, *run.shapes, &outer);
      this->run(body, *run.shapes, roles, total.value_or(INT64_MAX));
      ranges.emplace_back(begin, analysis_.layers.size());
      if (!run.times) {
        const Node& node = graph.nodes[static_cast<std::size_t>(run.node)];
        analysis_.assumptions.push_back("the body of " + std::string(node.op_type) + " " +
                                        quoted(node.name) +
                                        " is counted once: its number of iterations depends on "
                                        "data, so the totals are a lower bound");
        ++analysis_.coverage.unknown;
        unknown_ops_.insert(std::string(node.op_type) + " (iterations depend on data)");
      }
      Checked flops = 0;
      for (std::size_t i = begin; i < analysis_.layers.size(); ++i)
        flops += analysis_.layers[i].flops.count;
      if (run.alternative && flops.value_or(INT64_MAX) > heaviest_flops.value()) {
        heaviest_flops = flops.value_or(INT64_MAX);
        heaviest = r;
      }
    }
    if (runs.size() < 2 || !runs[0].alternative) return;
    // Of two branches only the costlier one is counted.
    for (std::size_t r = 0; r < runs.size(); ++r)
      for (std::size_t i = ranges[r].first; r != heaviest && i < ranges[r].second; ++i)
        analysis_.layers[i].times = 0;
    const Node& node = graph.nodes[static_cast<std::size_t>(runs[0].node)];
    analysis_.assumptions.push_back("of the branches of If " + quoted(node.name) +
                                    " the costlier one is counted: the condition depends on data");
  }

  void note_coverage(const Layer& layer) {
    CoverageSummary& c = analysis_.coverage;
    ++c.nodes;
    if (layer.coverage == Coverage::counted) ++c.counted;
    if (layer.coverage == Coverage::free) ++c.free;
    if (layer.coverage != Coverage::unknown) return;
    ++c.unknown;
    const Node& node = layer.op_node();
    const std::string op =
        (node.domain.empty() ? "" : printable(node.domain) + "::") + printable(node.op_type);
    unknown_ops_.insert(op + (node.op == nullptr ? " (no rule)" : " (shape not known)"));
  }

  struct Frame {
    const Graph* graph;
    std::vector<bool>* counted;
  };

  Analysis& analysis_;
  std::set<std::string>& unknown_ops_;
  Cost scratch_;
  // Stored values that a layer has counted, by ValueId; a body that runs again counts no more.
  std::unordered_map<const Graph*, std::vector<bool>> counted_;
  std::vector<Frame> frames_;  // the main graph and the bodies around the current node
};

// Sums that remember the first layer at which they left 64 bits.
class Sum {
 public:
  Sum(std::string_view name, std::int64_t& out) : name_(name), out_(out) {}
  void add(Checked value, std::int64_t times = 1) { total_ += value * Checked(times); }
  Status store() {
    RECKON_ASSIGN(out_, total_.get(name_, "totals"));
    return {};
  }

 private:
  std::string_view name_;
  std::int64_t& out_;
  Checked total_ = 0;
};

Status sum_up(const Graph& graph, Analysis& analysis) {
  Totals& t = analysis.totals;
  Sum params("params", t.params), trainable("trainable_params", t.trainable_params),
      buffers("buffers", t.buffers), param_bytes("param_bytes", t.param_bytes),
      buffer_bytes("buffer_bytes", t.buffer_bytes), macs("macs", t.macs),
      conv("conv_macs", t.conv_macs), linear("linear_macs", t.linear_macs),
      matmul("matmul_macs", t.matmul_macs), recurrent("recurrent_macs", t.recurrent_macs),
      flops("flops", t.flops), int_ops("int_ops", t.int_ops),
      activations("activations", t.activations),
      activation_bytes("activation_bytes", t.activation_bytes),
      outputs("conv_gemm_outputs", t.conv_gemm_outputs), reads("read_bytes", t.read_bytes),
      writes("write_bytes", t.write_bytes);
  for (const ValueId id : graph.inputs) {
    const Tensor& tensor = analysis.tensor(id);
    if (!tensor.shape.is_static()) continue;
    activations.add(tensor.shape.elements());
    activation_bytes.add(tensor_bytes(tensor).value_or(Bytes()).count);
  }
  for (std::size_t i = 0; i < analysis.layers.size(); ++i) {
    const Layer& layer = analysis.layers[i];
    params.add(layer.params.count);
    trainable.add(layer.trainable_params.count);
    buffers.add(layer.buffers.count);
    param_bytes.add(layer.param_bytes.count);
    buffer_bytes.add(layer.buffer_bytes.count);
    macs.add(layer.macs.count, layer.times);
    Sum* by_kind[] = {nullptr, &conv, &linear, &matmul, &recurrent};
    if (Sum* kind = by_kind[static_cast<int>(layer.mac_kind)])
      kind->add(layer.macs.count, layer.times);
    flops.add(layer.flops.count, layer.times);
    int_ops.add(layer.int_ops.count, layer.times);
    // The activations of one iteration are reused by the next.
    activations.add(layer.activations.count, layer.times > 0 ? 1 : 0);
    activation_bytes.add(layer.activation_bytes.count, layer.times > 0 ? 1 : 0);
    outputs.add(layer.conv_gemm_outputs.count, layer.times);
    reads.add(layer.read_bytes.count, layer.times);
    writes.add(layer.write_bytes.count, layer.times);
    if (layer.times > 0 && layer.live.ok() && layer.live.value() > t.peak_activations) {
      t.peak_activations = layer.live.value();
      t.peak_layer = i;
    }
    if (layer.times > 0 && layer.live_bytes.ok())
      t.peak_activation_bytes = std::max(t.peak_activation_bytes, layer.live_bytes.value());
  }
  for (Sum* sum :
       {&params, &trainable, &buffers, &param_bytes, &buffer_bytes, &macs, &conv, &linear, &matmul,
        &recurrent, &flops, &int_ops, &activations, &activation_bytes, &outputs, &reads, &writes})
    RECKON_TRY(sum->store());
  const double moved = static_cast<double>(t.read_bytes) + static_cast<double>(t.write_bytes);
  t.arithmetic_intensity = moved > 0 ? static_cast<double>(t.flops) / moved : 0;
  return {};
}

void store_floats_as(DType dtype, Shapes& shapes) {
  for (Tensor& tensor : shapes.tensors)
    if (tensor.dtype == DType::float32 || tensor.dtype == DType::float64) tensor.dtype = dtype;
  for (BodyRun& run : shapes.runs) store_floats_as(dtype, *run.shapes);
}

}  // namespace

std::string_view to_string(Coverage coverage) {
  switch (coverage) {
    case Coverage::counted:
      return "counted";
    case Coverage::free:
      return "free";
    case Coverage::unknown:
      return "unknown";
  }
  return "unknown";
}

Result<Analysis> analyze(const Graph& graph, const AnalyzeOptions& options) {
  Analysis analysis;
  RECKON_ASSIGN(analysis.bound, bind_dims(graph, options.bindings));
  analysis.assumptions = analysis.bound.assumptions;
  RECKON_ASSIGN(Shapes shapes, infer_shapes(graph, analysis.bound));
  std::int64_t assumed = 0;
  if (auto more = shapes_with_pointwise(graph, analysis.bound, shapes, assumed)) {
    shapes = *std::move(more);
    analysis.assumptions.push_back(
        std::to_string(assumed) + (assumed == 1 ? " operator" : " operators") + " without a rule " +
        (assumed == 1 ? "is" : "are") +
        " taken to work element by element: the result has the shape of the operand; the work "
        "stays unknown");
  }
  if (options.floats_as) store_floats_as(*options.floats_as, shapes);
  analysis.shapes = std::make_unique<Shapes>(std::move(shapes));
  analysis.roles = assign_roles(graph, *analysis.shapes);
  std::set<std::string> unknown_ops;
  Walk(analysis, unknown_ops).run(graph, *analysis.shapes, analysis.roles, 1);
  analysis.coverage.unknown_ops.assign(unknown_ops.begin(), unknown_ops.end());
  if (analysis.roles.split_from_shared > 0)
    analysis.assumptions.push_back(
        std::to_string(analysis.roles.split_from_shared) +
        " parameters that the exporter stored once because they were equal are counted apart");
  if (analysis.shapes->declared_only > 0)
    analysis.assumptions.push_back("the shapes of " +
                                   std::to_string(analysis.shapes->declared_only) +
                                   " values are taken from the file's own declarations");
  note_attention(graph, analysis.assumptions);
  RECKON_TRY(sum_up(graph, analysis));
  if (options.receptive_fields)
    analysis.receptive_fields = receptive_fields(graph, *analysis.shapes);
  return analysis;
}

}  // namespace reckon
