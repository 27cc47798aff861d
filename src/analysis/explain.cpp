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

  // The last word is the layer's, which was added to the totals: what the operator's rule says of
  // this node alone is no explanation where more than the rule was counted.
  void settle(std::string_view name, std::optional<std::int64_t> counted) {
    const auto one = std::ranges::find(figures, name, &ExplainedFigure::name);
    const Checked own = one->figure.value();
    const bool is_known = one->figure.known() && own.ok();
    if (is_known ? counted && own == Checked(*counted) : !counted) return;
    one->figure.clear();
    if (counted != 0) one->figure.add({{"counted", counted.value_or(unknown_dim)}});
    if (node.op == nullptr && !one->note.empty()) return;
    one->note = !counted     ? "not known of everything that runs here"
                : has_body() ? "what runs in its body, added up"
                             : "counted as it runs, together with the operators around it";
  }
  bool has_body() const { return node.op != nullptr && has(node.op->traits, Trait::control); }

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

  std::optional<Bytes> bytes_read(int i) const {
    if (is_main_graph()) return input_read_bytes(ctx, analysis.roles, i);
    const bool sizes_alone = node.op != nullptr && has(node.op->traits, Trait::metadata);
    return sizes_alone ? Bytes() : tensor_bytes(ctx.in(i));
  }

  // A tensor that moves, as input or output i: `bytes` of it, nullopt where unknown.
  struct Moved {
    const Tensor* tensor;
    int i;
    bool output;
    std::optional<Bytes> bytes;
  };
  // One term each; where there are more of them than terms, the last is the sum of the others.
  void add_all(Figure& figure, std::span<const Moved> all) const {
    const std::size_t n = all.size() > Figure::max_terms ? Figure::max_terms - 1 : all.size();
    for (const Moved& one : all.first(n)) {
      const auto whole = tensor_bytes(*one.tensor);
      if (!one.bytes || (whole && whole->count == one.bytes->count))
        add_tensor(figure, node, *one.tensor, one.i, one.output, true);
      else
        figure.add(operand_names(node, one.i, one.output, 0).operand,
                   {{"B", one.bytes->count.value_or(unknown_dim)}});
    }
    if (n == all.size()) return;
    Checked rest = 0;
    bool known = true;
    for (const Moved& one : all.subspan(n)) {
      known = known && one.bytes.has_value();
      if (one.bytes) rest += one.bytes->count;
    }
    figure.add("others", {{"B", known ? rest.value_or(unknown_dim) : unknown_dim}});
  }

  void bytes() {
    ExplainedFigure &read = add("read_bytes", "B"), &write = add("write_bytes", "B");
    if (layer.in_place && is_view(node)) {
      read.note = write.note = "the output is a view of the input: nothing moves";
      return;
    }
    std::vector<Moved> moved;
    for (int i = 0; i < ctx.n_inputs(); ++i) {
      if (!ctx.has_input(i)) continue;
      const bool selects = i == 0 && node.op != nullptr && has(node.op->traits, Trait::selects);
      const auto n = bytes_read(i);
      if (n && n->count == Checked(0)) continue;
      moved.push_back({selects ? &ctx.out(0) : &ctx.in(i), i, selects, n});
    }
    add_all(read.figure, moved);
    moved.clear();
    for (int i = 0; i < ctx.n_outputs(); ++i)
      if (ctx.has_output(i)) moved.push_back({&ctx.out(i), i, true, tensor_bytes(ctx.out(i))});
    add_all(write.figure, moved);
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
  const ShownFigures shown = shown_figures(layer);
  explainer.settle("macs", shown.macs);
  explainer.settle("flops", shown.flops);
  explainer.settle("int_ops", shown.int_ops);
  explainer.settle("read_bytes", shown.read_bytes);
  explainer.settle("write_bytes", shown.write_bytes);
  explainer.settle("activations", shown.activations);
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
