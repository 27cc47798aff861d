#include "analysis/autocast.h"

#include <algorithm>
#include <map>
#include <string>

#include "ops/context.h"
#include "ops/table.h"

namespace reckon {
namespace {

enum class Wants : std::uint8_t { as_fed, narrow, wide };

struct ByName {
  std::string_view op;  // of ONNX's own domain
  Wants on_gpu, on_cpu;
};
constexpr ByName by_name[] = {
    {"Conv", Wants::narrow, Wants::narrow},
    {"ConvTranspose", Wants::narrow, Wants::narrow},
    {"Gemm", Wants::narrow, Wants::narrow},
    {"MatMul", Wants::narrow, Wants::narrow},
    {"Einsum", Wants::narrow, Wants::narrow},
    {"Attention", Wants::narrow, Wants::narrow},
    {"PRelu", Wants::narrow, Wants::as_fed},
    {"Softmax", Wants::wide, Wants::as_fed},
    {"LogSoftmax", Wants::wide, Wants::as_fed},
    {"LayerNormalization", Wants::wide, Wants::as_fed},
    {"GroupNormalization", Wants::wide, Wants::as_fed},
    {"RMSNormalization", Wants::wide, Wants::wide},  // written out: pow, and a mean of FP32
    {"Pow", Wants::wide, Wants::as_fed},
    {"Exp", Wants::wide, Wants::as_fed},
    {"Log", Wants::wide, Wants::as_fed},
    {"Reciprocal", Wants::wide, Wants::as_fed},
    {"Softplus", Wants::wide, Wants::as_fed},
    {"ReduceSum", Wants::wide, Wants::as_fed},
    {"ReduceProd", Wants::wide, Wants::wide},
    {"ReduceL1", Wants::wide, Wants::as_fed},
    {"ReduceL2", Wants::wide, Wants::as_fed},
    {"CumSum", Wants::wide, Wants::as_fed},
    {"Tan", Wants::wide, Wants::as_fed},
    {"Sinh", Wants::wide, Wants::as_fed},
    {"Cosh", Wants::wide, Wants::as_fed},
    {"Acos", Wants::wide, Wants::as_fed},
    {"Asin", Wants::wide, Wants::as_fed},
    {"GridSample", Wants::as_fed, Wants::wide},
};

Wants wants(const OpDef& op, bool on_gpu) {
  if (!op.domain.empty()) return Wants::as_fed;
  const auto at = std::ranges::find(by_name, op.name, &ByName::op);
  if (at == std::end(by_name)) return Wants::as_fed;
  return on_gpu ? at->on_gpu : at->on_cpu;
}

// The result has the widest type of all operands.
bool promotes(const OpDef& op) {
  return op.nature.kind == OpKind::arithmetic || op.name == "Concat" || op.name == "Where";
}

// What is computed with, not what says how.
bool is_computed_with(const OpDef& op, int i) {
  switch (role_of_operand(op.signature, i)) {
    case OperandRole::setting:
    case OperandRole::index:
    case OperandRole::scale:
    case OperandRole::zero_point:
      return false;
    default:
      return true;
  }
}

class Pass {
 public:
  Pass(const Graph& graph, const Analysis& analysis, DType narrow, bool on_gpu)
      : graph_(graph), analysis_(analysis), narrow_(narrow), on_gpu_(on_gpu) {
    made_.graph = std::make_unique<Graph>(graph.names);
    Graph& copy = *made_.graph;
    copy.name = graph.name;
    copy.values = graph.values;
    copy.inputs = graph.inputs;
    copy.outputs = graph.outputs;
    copy.edges = graph.edges;
    copy.attrs = graph.attrs;
    copy.constants = graph.constants;
    copy.dim_names = graph.dim_names;
    for (std::size_t i = 0; i < graph.values.size(); ++i)
      made_.types.push_back(type_in_fp32(static_cast<ValueId>(i)));
  }

  AutocastGraph run() {
    for (const Node& node : graph_.nodes) {
      std::vector<ValueId> inputs;
      std::ranges::copy(graph_.inputs_of(node), std::back_inserter(inputs));
      const Wants want = node.op == nullptr ? Wants::as_fed : wants(*node.op, on_gpu_);
      const DType wanted = want == Wants::narrow ? narrow_ : DType::float32;
      if (want != Wants::as_fed)
        for (std::size_t i = 0; i < inputs.size(); ++i)
          if (is_number(inputs[i]) && is_computed_with(*node.op, static_cast<int>(i)))
            inputs[i] = cast(inputs[i], wanted, node);
      add(node, inputs);
      const DType result = want == Wants::as_fed ? type_as_fed(node) : wanted;
      if (result == DType::unknown) continue;
      for (const ValueId out : graph_.outputs_of(node))
        if (out != none && is_number(out)) type(out) = result;
    }
    resolve_ops(*made_.graph);
    return std::move(made_);
  }

 private:
  DType& type(ValueId id) { return made_.types[static_cast<std::size_t>(id)]; }
  DType type_in_fp32(ValueId id) const {
    return analysis_.tensor(id).dtype == DType::float32 ? DType::float32 : DType::unknown;
  }
  // A floating-point value that autocast may turn.
  bool is_number(ValueId id) { return id != none && type(id) != DType::unknown; }

  // Of the operands: numbers of the program's text and scalars do not count.
  DType type_as_fed(const Node& node) {
    DType result = DType::unknown;
    const auto inputs = graph_.inputs_of(node);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!is_number(inputs[i])) continue;
      if (node.op != nullptr && !is_computed_with(*node.op, static_cast<int>(i))) continue;
      const bool scalar = analysis_.tensor(inputs[i]).shape.rank() == 0;
      if (scalar && inputs.size() > 1) continue;
      if (result == DType::unknown || bits(type(inputs[i])) > bits(result))
        result = type(inputs[i]);
      if (node.op == nullptr || !promotes(*node.op)) break;
    }
    return result;
  }

  void add(const Node& node, const std::vector<ValueId>& inputs) {
    Graph& copy = *made_.graph;
    Node& made = copy.nodes.emplace_back(node);
    if (!std::ranges::equal(inputs, graph_.inputs_of(node))) {
      made.inputs = {static_cast<std::uint32_t>(copy.edges.size()),
                     static_cast<std::uint32_t>(inputs.size())};
      copy.edges.insert(copy.edges.end(), inputs.begin(), inputs.end());
    }
    for (const ValueId out : copy.outputs_of(made))
      if (out != none)
        copy.values[static_cast<std::size_t>(out)].producer =
            static_cast<NodeId>(copy.nodes.size() - 1);
  }

  // The value in that type: itself, a parameter's copy from before, or a new copy.
  ValueId cast(ValueId id, DType to, const Node& reader) {
    if (type(id) == to) return id;
    const bool cached =
        analysis_.roles.of[static_cast<std::size_t>(id)] == Role::parameter && to == narrow_;
    if (const auto at = copies_.find(id); cached && at != copies_.end()) return at->second;
    Graph& copy = *made_.graph;
    const Value from = copy.values[static_cast<std::size_t>(id)];
    const ValueId out = copy.add_value(std::string(from.name) + "_" + std::to_string(bits(to)),
                                       ValueKind::intermediate, to, from.declared());
    made_.types.push_back(to);
    constexpr std::int64_t onnx_float = 1, onnx_float16 = 10, onnx_bfloat16 = 16;
    const std::int64_t word = to == DType::float32   ? onnx_float
                              : to == DType::float16 ? onnx_float16
                                                     : onnx_bfloat16;
    Node& node = copy.add_node("Cast", std::string(reader.name) + "/Cast", std::span(&id, 1),
                               std::span(&out, 1), {{.name = "to", .value = word}});
    node.module = reader.module;
    node.line = reader.line;
    node.opset = newest_opset;
    if (cached) copies_.emplace(id, out);
    return out;
  }

  static constexpr std::int32_t newest_opset = 24;
  const Graph& graph_;
  const Analysis& analysis_;
  const DType narrow_;
  const bool on_gpu_;
  AutocastGraph made_;
  std::map<ValueId, ValueId> copies_;  // of parameters
};

}  // namespace

Result<AutocastGraph> autocast(const Graph& graph, const Analysis& analysis, DType narrow,
                               bool on_gpu) {
  const auto refuse = [](std::string_view what) {
    return fail(ErrorCode::unsupported,
                "what torch.autocast does with " + std::string(what) +
                    " is not modelled; amp-fp16 and amp-bf16 have one format for everything",
                "`precision`");
  };
  if (!graph.bodies.empty()) return refuse("control flow (If, Loop, Scan)");
  for (const Node& node : graph.nodes)
    if (node.op != nullptr && node.op->nature.kind == OpKind::recurrent)
      return refuse("recurrent layers");
  return Pass(graph, analysis, narrow, on_gpu).run();
}

}  // namespace reckon
