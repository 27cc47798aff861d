// Long because a walk over the layers and the sums over it share their state.
#include "analysis/analyze.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "analysis/node_cost.h"
#include "analysis/notes.h"
#include "analysis/shape_pass.h"
#include "base/text.h"
#include "graph/attributes.h"

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
      add_attribute_weights(layer);
      add_constants(roles, layer);
      const std::size_t first_run = next_run;
      while (next_run < shapes.runs.size() && shapes.runs[next_run].node == id) ++next_run;
      const auto runs = std::span(shapes.runs).subspan(first_run, next_run - first_run);
      for (const BodyRun& run : runs)
        if (!run.times) layer.coverage = Coverage::unknown;
      note_coverage(layer);
      analysis_.layers.push_back(layer);
      run_bodies(graph, roles, runs, times);
    }
    if (frames_.size() == 1)
      for (const ValueId id : graph.outputs)
        if (roles.of[static_cast<std::size_t>(id)] == Role::constant && first_use(id))
          constant_bytes_ +=
              tensor_bytes(shapes.tensors[static_cast<std::size_t>(id)]).value_or(Bytes()).count;
    frames_.pop_back();
  }

  Checked constant_bytes() const { return constant_bytes_; }

 private:
  // The stored values that a node uses for itself, in node order. Nodes that only prepare a weight
  // (Trait::carries, of nothing but stored values) pass it on.
  struct Owned {
    NodeId node;
    ValueId value;
  };

  static std::vector<Owned> owners_of_weights(const Graph& graph, const Roles& roles) {
    std::unordered_map<ValueId, std::vector<ValueId>> prepared;
    std::vector<Owned> owned;
    std::vector<ValueId> weights;
    const auto stored = [&](ValueId id) {
      return is_stored(roles.of[static_cast<std::size_t>(id)]);
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
                            node.op != nullptr && has(node.op->traits, Trait::carries);
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

  // Numbers that were learned and stand in attributes (ai.onnx.ml): the row says how many.
  static void add_attribute_weights(Layer& layer) {
    const OpDef* const op = layer.op_node().op;
    if (op == nullptr || op->values == nullptr) return;
    const Dim n = op->values(context_of(layer), -1);
    if (n <= 0) return;
    constexpr std::int64_t element_bytes = 4;  // of a float in an attribute
    layer.params += Elements(n);
    layer.trainable_params += Elements(n);
    layer.param_bytes += Bytes(Checked(n) * element_bytes);
    layer.visible = true;
  }

  void add_weights(const Shapes& shapes, const Roles& roles, std::span<const Owned> owned,
                   Layer& layer) {
    for (const auto& [node, id] : owned) {
      const auto at = static_cast<std::size_t>(id);
      const Tensor& tensor = shapes.tensors[at];
      if (!first_use(id) || !tensor.shape.is_static()) continue;
      const Elements elements = values_of(layer, id, tensor);
      const Bytes bytes = tensor_bytes(tensor).value_or(Bytes());
      const Role role = roles.of[at];
      (role == Role::parameter ? layer.params
       : role == Role::buffer  ? layer.buffers
                               : layer.quantisation) += elements;
      (role == Role::parameter ? layer.param_bytes
       : role == Role::buffer  ? layer.buffer_bytes
                               : layer.quantisation_bytes) += bytes;
      if (role == Role::parameter && is_float(tensor.dtype)) layer.trainable_params += elements;
      layer.visible = true;
    }
  }

  // What only prepares constants holds none: they are those that something computes with.
  void add_constants(const Roles& roles, const Layer& layer) {
    const OpContext ctx = context_of(layer);
    const auto computed = [&](ValueId out) {
      return out != none && roles.of[static_cast<std::size_t>(out)] == Role::activation;
    };
    if (std::ranges::none_of(ctx.graph().outputs_of(ctx.node()), computed)) return;
    for (int i = 0; i < ctx.n_inputs(); ++i)
      if (is_kept_constant(ctx, roles, i) && first_use(ctx.input_id(i)))
        constant_bytes_ += tensor_bytes(ctx.in(i)).value_or(Bytes()).count;
  }

  void run_bodies(const Graph& graph, const Roles& outer, std::span<const BodyRun> runs,
                  std::int64_t times) {
    std::size_t heaviest = 0;
    Checked heaviest_flops = -1;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    if (runs.empty()) return;
    const std::size_t control = analysis_.layers.size() - 1;
    for (std::size_t r = 0; r < runs.size(); ++r) {
      const BodyRun& run = runs[r];
      const Graph& body = *graph.bodies[static_cast<std::size_t>(run.body)];
      const Checked total = Checked(times) * Checked(run.times.value_or(1));
      const std::size_t begin = analysis_.layers.size();
      const Roles roles = assign_roles(body, *run.shapes, &outer);
      this->run(body, *run.shapes, roles, total.value_or(INT64_MAX));
      ranges.emplace_back(begin, analysis_.layers.size());
      if (!run.alternative) stack_outputs(control, body, begin, /*is_first=*/r == 0);
      if (!run.times) {
        const Node& node = graph.nodes[static_cast<std::size_t>(run.node)];
        analysis_.assumptions.push_back("the body of " + std::string(node.op_type) + " " +
                                        quoted(node.name) +
                                        " is counted once: its number of iterations depends on "
                                        "data, so the totals are a lower bound");
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
    // Only the costlier of two branches is counted.
    for (std::size_t r = 0; r < runs.size(); ++r)
      for (std::size_t i = ranges[r].first; r != heaviest && i < ranges[r].second; ++i)
        analysis_.layers[i].times = 0;
    const Node& node = graph.nodes[static_cast<std::size_t>(runs[0].node)];
    analysis_.assumptions.push_back("of the branches of If " + quoted(node.name) +
                                    " the costlier one is counted: the condition depends on data");
  }

  // What an iteration of Loop or Scan adds to a stack is written where the stack lies: it is memory
  // of the node `control`, once for all runs of the body, and of the layer that computes it only
  // where a later iteration reads it too. The layers from `begin` on are those of the body.
  void stack_outputs(std::size_t control, const Graph& body, std::size_t begin, bool is_first) {
    Layer& outer = analysis_.layers[control];
    const Node& node = outer.op_node();
    const auto outputs = outer.graph->outputs_of(node);
    const bool loops = node.op_type == "Loop";  // whose body also returns a condition
    if (!loops && node.op_type != "Scan") return;
    const std::size_t n_inputs = node.inputs.count;
    const std::size_t fixed =
        loops ? 2 : static_cast<std::size_t>(int_attr(*outer.graph, node, "num_scan_inputs", 0));
    const std::size_t n_states = n_inputs > fixed ? n_inputs - fixed : 0;
    const auto states =
        std::span(body.outputs).first(std::min(body.outputs.size(), n_states + (loops ? 1 : 0)));
    for (std::size_t i = n_states; i < outputs.size(); ++i) {
      const std::size_t at = i + (loops ? 1 : 0);
      if (outputs[i] == none || at >= body.outputs.size()) continue;
      const Tensor& stack = outer.shapes->tensors[static_cast<std::size_t>(outputs[i])];
      const auto stack_bytes = tensor_bytes(stack);
      if (!stack_bytes) continue;
      if (is_first) {
        outer.visible = true;
        outer.activations += Elements(stack.shape.elements());
        outer.activation_bytes += *stack_bytes;
        outer.live += Elements(stack.shape.elements());
        outer.live_bytes += *stack_bytes;
      }
      const ValueId element = body.outputs[at];
      if (std::find(states.begin(), states.end(), element) == states.end())
        drop_output(body, element, begin);
    }
  }

  void drop_output(const Graph& body, ValueId value, std::size_t begin) {
    const NodeId producer = body.values[static_cast<std::size_t>(value)].producer;
    for (std::size_t i = begin; producer != none && i < analysis_.layers.size(); ++i) {
      Layer& layer = analysis_.layers[i];
      if (layer.graph != &body || layer.node != producer) continue;
      const Tensor& tensor = layer.shapes->tensors[static_cast<std::size_t>(value)];
      const auto bytes = tensor_bytes(tensor);
      // A view has no memory of its own that could be dropped.
      if (!bytes || layer.in_place || layer.activations.count.value_or(0) == 0) return;
      layer.activations = Elements(layer.activations.count - tensor.shape.elements());
      layer.activation_bytes = Bytes(layer.activation_bytes.count - bytes->count);
      return;
    }
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
    const bool repeats = node.op != nullptr && has(node.op->traits, Trait::control);
    unknown_ops_.insert(op + (node.op == nullptr ? " (no rule)"
                              : repeats          ? " (iterations depend on data)"
                                                 : " (shape not known)"));
  }

  struct Frame {
    const Graph* graph;
    std::vector<bool>* counted;
  };

  Analysis& analysis_;
  std::set<std::string>& unknown_ops_;
  Cost scratch_;
  Checked constant_bytes_ = 0;
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
      buffer_bytes("buffer_bytes", t.buffer_bytes), quantisation("quantisation", t.quantisation),
      quantisation_bytes("quantisation_bytes", t.quantisation_bytes), macs("macs", t.macs),
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
    if (!layer.visible) continue;  // it only prepares shapes and constants: nothing counts
    params.add(layer.params.count);
    trainable.add(layer.trainable_params.count);
    buffers.add(layer.buffers.count);
    param_bytes.add(layer.param_bytes.count);
    buffer_bytes.add(layer.buffer_bytes.count);
    quantisation.add(layer.quantisation.count);
    quantisation_bytes.add(layer.quantisation_bytes.count);
    macs.add(layer.macs.count, layer.times);
    Sum* by_kind[] = {nullptr, &conv, &linear, &matmul, &recurrent};
    if (Sum* kind = by_kind[static_cast<int>(layer.mac_kind)])
      kind->add(layer.macs.count, layer.times);
    flops.add(layer.flops.count, layer.times);
    int_ops.add(layer.int_ops.count, layer.times);
    activations.add(layer.activations.count, layer.times);
    activation_bytes.add(layer.activation_bytes.count, layer.times);
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
  for (Sum* sum : {&params, &trainable, &buffers, &param_bytes, &buffer_bytes, &quantisation,
                   &quantisation_bytes, &macs, &conv, &linear, &matmul, &recurrent, &flops,
                   &int_ops, &activations, &activation_bytes, &outputs, &reads, &writes})
    RECKON_TRY(sum->store());
  const double moved = static_cast<double>(t.read_bytes) + static_cast<double>(t.write_bytes);
  t.arithmetic_intensity = moved > 0 ? static_cast<double>(t.flops) / moved : 0;
  return {};
}

void store_floats_as(DType dtype, bool keeps, Shapes& shapes) {
  for (Tensor& tensor : shapes.tensors.looks()) {
    const bool real = is_float(tensor.dtype) && tensor.dtype != DType::complex64 &&
                      tensor.dtype != DType::complex128;
    if (real && !(keeps && bits(tensor.dtype) > bits(dtype))) tensor.dtype = dtype;
  }
  for (BodyRun& run : shapes.runs) store_floats_as(dtype, keeps, *run.shapes);
}

}  // namespace

bool all_floats_are(const Shapes& shapes, DType dtype) {
  const auto& looks = shapes.tensors.looks();
  return std::all_of(looks.begin(), looks.end(),
                     [&](const Tensor& t) { return !is_float(t.dtype) || t.dtype == dtype; }) &&
         std::all_of(shapes.runs.begin(), shapes.runs.end(),
                     [&](const BodyRun& run) { return all_floats_are(*run.shapes, dtype); });
}

bool keeps_wider(const Graph& graph, DType dtype) {
  return bits(dtype) <= 16 &&
         std::any_of(graph.values.begin(), graph.values.end(), [&](const Value& v) {
           return v.kind == ValueKind::initializer && v.dtype == dtype;
         });
}

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
  RECKON_ASSIGN(Shapes shapes, infer_shapes(graph, analysis.bound));
  analysis.assumptions = analysis.bound.assumptions;
  std::int64_t assumed = 0;
  if (auto more = shapes_with_pointwise(graph, analysis.bound, shapes, assumed)) {
    shapes = *std::move(more);
    analysis.assumptions.push_back(
        std::to_string(assumed) + (assumed == 1 ? " operator" : " operators") + " without a rule " +
        (assumed == 1 ? "is" : "are") +
        " taken to work element by element: the result has the shape of the operand; the work "
        "stays unknown");
  }
  if (options.floats_as)
    store_floats_as(*options.floats_as, keeps_wider(graph, *options.floats_as), shapes);
  for (std::size_t i = 0; i < options.types.size() && i < shapes.tensors.size(); ++i)
    if (const Tensor& tensor = shapes.tensors[i];
        options.types[i] != DType::unknown && options.types[i] != tensor.dtype)
      shapes.tensors.set(i, {options.types[i], tensor.shape, tensor.value});
  analysis.shapes = std::make_unique<Shapes>(std::move(shapes));
  analysis.roles = assign_roles(graph, *analysis.shapes);
  std::set<std::string> unknown_ops;
  Walk walk(analysis, unknown_ops);
  walk.run(graph, *analysis.shapes, analysis.roles, 1);
  RECKON_ASSIGN(analysis.totals.constant_bytes,
                walk.constant_bytes().get("constant_bytes", "totals"));
  analysis.coverage.unknown_ops.assign(unknown_ops.begin(), unknown_ops.end());
  if (analysis.roles.split_from_shared > 0)
    analysis.assumptions.push_back(
        std::to_string(analysis.roles.split_from_shared) +
        " parameters that the exporter stored once because they were equal are counted apart");
  note_turned_head(graph, analysis.roles, *analysis.shapes, analysis.assumptions);
  note_uncertain_parameters(graph, analysis.roles, *analysis.shapes, analysis.assumptions);
  if (analysis.shapes->declared_only > 0)
    analysis.assumptions.push_back("the shapes of " +
                                   std::to_string(analysis.shapes->declared_only) +
                                   " values are taken from the file's own declarations");
  if (const std::int64_t n = analysis.shapes->contradicted; n > 0) {
    const ValueId first = analysis.shapes->first_contradicted;
    const Value& value = graph.values[static_cast<std::size_t>(first)];
    analysis.assumptions.push_back(
        "the file declares shapes of " + std::to_string(n) + (n == 1 ? " value" : " values") +
        " that its operators do not give; " + quoted(value.name) + " is " +
        to_string(analysis.tensor(first).shape) + ", declared as " +
        to_string(analysis.bound.bind(value.declared())));
  }
  note_attention(graph, analysis.assumptions);
  RECKON_TRY(sum_up(graph, analysis));
  if (options.receptive_fields)
    analysis.receptive_fields = receptive_fields(graph, *analysis.shapes);
  return analysis;
}

}  // namespace reckon
