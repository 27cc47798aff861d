#include "analysis/explain.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "base/text.h"

namespace reckon {
namespace {

// elements of a tensor as named dimensions, times bytes per element when asked for.
void add_tensor(Figure& figure, const Node& node, const Tensor& tensor, int i, bool output,
                bool in_bytes) {
  const int rank = std::max(tensor.shape.rank(), 0);
  const OperandNames names = operand_names(node, i, output, rank);
  Term& term = figure.add(names.operand);
  if (!tensor.shape.has_rank()) term.times("elements", unknown_dim);
  for (int d = 0; d < rank; ++d)
    term.times(names.dims[static_cast<std::size_t>(d)], tensor.shape[d]);
  if (!in_bytes) return;
  const int n = bits(tensor.dtype);
  if (n == 0)
    term.times("B per element", unknown_dim);
  else if (n % 8 == 0)
    term.times("B per element", n / 8);
  else if (tensor_bytes(tensor)) {
    // Packed elements do not factor; their bytes do not either.
    term.clear();
    term.label = names.operand;
    term.times("B (packed)", tensor_bytes(tensor)->count.value_or(-1));
  }
}

// `add` hands out references, so the list never grows beyond what is reserved for it.
constexpr std::size_t max_figures = 8;

struct Explainer {
  const Analysis& analysis;
  const Layer& layer;
  const Graph& graph = *layer.graph;
  const Node& node = layer.op_node();
  OpContext ctx{graph, node, layer.shapes->tensors};
  std::vector<ExplainedFigure> figures{};

  ExplainedFigure& add(std::string_view name, std::string_view unit) {
    ExplainedFigure& figure = figures.emplace_back();
    figure.name = name;
    figure.unit = unit;
    return figure;
  }

  bool is_main_graph() const { return layer.shapes == analysis.shapes.get(); }

  // The stored operands that this layer was charged for. Where a weight is charged elsewhere
  // (shared) or comes through a preparing node, the sum of the layer decides.
  void stored(bool learned) {
    ExplainedFigure& out = learned ? add("params", "parameters") : add("buffers", "elements");
    const Elements charged = learned ? layer.params : layer.buffers;
    if (is_main_graph()) {
      for (int i = 0; i < ctx.n_inputs(); ++i) {
        if (!ctx.has_input(i)) continue;
        const Role role = analysis.roles.of[static_cast<std::size_t>(ctx.input_id(i))];
        if (role == (learned ? Role::parameter : Role::buffer))
          add_tensor(out.figure, node, ctx.in(i), i, false, false);
      }
    }
    if (out.figure.known() && out.figure.value() == charged.count) return;
    const bool shared = charged.count == Checked(0) && !out.figure.empty();
    out.figure.clear();
    if (!(charged.count == Checked(0)))
      out.figure.add({{"stored elements", charged.count.value_or(-1)}});
    if (shared) out.note = "shared with an earlier layer, which is charged for it";
  }

  void arithmetic() {
    Cost cost;
    if (node.op != nullptr && node.op->cost != nullptr) node.op->cost(ctx, cost);
    ExplainedFigure& macs = add("macs", "MAC");
    macs.figure = cost.macs;
    const bool integer = is_integer(ctx.in(0).dtype);
    for (const bool floating : {true, false}) {
      ExplainedFigure& ops = floating ? add("flops", "FLOP") : add("int_ops", "integer operations");
      const Figure& own = floating ? cost.flops : cost.int_ops;
      if (!cost.macs.empty() && integer != floating)
        ops.figure.add(
            "",
            {{"2", 2}, {"macs", cost.macs.known() ? cost.macs.value().value_or(-1) : unknown_dim}});
      for (const Term& term : own.terms()) {
        Term& copy = ops.figure.add(term.label);
        for (const Factor& factor : term.factors()) copy.times(factor.name, factor.value);
      }
    }
    if (node.op == nullptr)
      macs.note = "nobody has written a rule for this operator: unknown, not zero";
    else if (node.op->cost == nullptr)
      macs.note = "moves data or changes a shape: no arithmetic by definition";
  }

  void bytes() {
    const Roles* roles = is_main_graph() ? &analysis.roles : nullptr;
    ExplainedFigure& read = add("read_bytes", "B");
    const bool view = layer.in_place && is_view(node);
    for (int i = 0; i < ctx.n_inputs() && !view; ++i) {
      if (!ctx.has_input(i) || (node.op != nullptr && has(node.op->traits, Trait::metadata)))
        continue;
      if (roles != nullptr &&
          roles->of[static_cast<std::size_t>(ctx.input_id(i))] == Role::constant)
        continue;
      const bool selects = i == 0 && node.op != nullptr && has(node.op->traits, Trait::selects);
      add_tensor(read.figure, node, selects ? ctx.out(0) : ctx.in(i), i, selects, true);
    }
    ExplainedFigure& write = add("write_bytes", "B");
    for (int i = 0; i < ctx.n_outputs() && !view; ++i)
      if (ctx.has_output(i)) add_tensor(write.figure, node, ctx.out(i), i, true, true);
    if (view) read.note = write.note = "the output is a view of the input: nothing moves";
  }

  void activations() {
    ExplainedFigure& out = add("activations", "elements");
    if (layer.in_place) {
      out.note = is_view(node) ? "a view of its input: no new memory"
                               : "written over its input: no new memory";
      return;
    }
    Checked sum = 0;
    for (int i = 0; i < ctx.n_outputs(); ++i) {
      if (!ctx.has_output(i) || !ctx.out(i).shape.is_static()) continue;
      if (!(sum + ctx.out(i).shape.elements()).ok()) break;
      const Checked after = sum + ctx.out(i).shape.elements();
      if (after.value() > layer.activations.count.value_or(INT64_MAX)) break;
      sum = after;
      add_tensor(out.figure, node, ctx.out(i), i, true, false);
    }
  }
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::vector<ExplainedFigure> explain_layer(const Analysis& analysis, const Layer& layer) {
  Explainer explainer{analysis, layer};
  explainer.figures.reserve(max_figures);
  explainer.stored(true);
  explainer.stored(false);
  explainer.arithmetic();
  explainer.bytes();
  explainer.activations();
  return std::move(explainer.figures);
}

Result<const Layer*> find_layer(const Analysis& analysis, std::string_view name) {
  std::vector<std::string_view> names;
  const Layer* loose = nullptr;
  const Layer* by_module = nullptr;
  std::int64_t index = 0;
  const auto wanted =
      name.starts_with("#") ? parse_int(name.substr(1)) : std::optional<std::int64_t>();
  for (const Layer& layer : analysis.layers) {
    if (!layer.visible) continue;
    const Node& node = layer.op_node();
    if (++index == wanted || node.name == name) return &layer;
    if (loose == nullptr && lower(node.name) == lower(name)) loose = &layer;
    if (by_module == nullptr && !node.module.empty() && node.module == name) by_module = &layer;
    names.push_back(node.name);
  }
  if (loose != nullptr) return loose;
  if (by_module != nullptr) return by_module;
  return fail(ErrorCode::not_found,
              "no layer " + quoted(name) + did_you_mean(name, names) + " (there are " +
                  std::to_string(index) + "; #1 is the first)",
              "layer");
}

}  // namespace reckon
