#include "memory/ledger.h"

#include <algorithm>

#include "analysis/node_cost.h"
#include "base/text.h"

namespace reckon {
namespace {

// Bytes of `elements` at `bits` each, as factors that multiply to it exactly.
void add_stored(Figure& figure, std::string_view label, std::string_view what,
                std::int64_t elements, int bits) {
  if (elements == 0 || bits == 0) return;
  if (bits % 8 == 0) {
    figure.add(label, {{what, elements}, {"B each", bits / 8}});
  } else {
    figure.add(label, {{"B (packed)", (elements + (8 / bits) - 1) / (8 / bits)}});
  }
}

bool is_frozen(const Node& node, const std::vector<std::string>& frozen) {
  const auto begins = [&](const std::string& prefix) {
    return !prefix.empty() && (node.name.starts_with(prefix) || node.module.starts_with(prefix));
  };
  return std::any_of(frozen.begin(), frozen.end(), begins);
}

// Shapes of the parameters that are trained, for optimizers whose state follows the shape.
struct Trained {
  Checked params = 0, factored = 0, small = 0, blocks = 0;

  void add(const Shape& shape) {
    constexpr std::int64_t block = 2048, smallest = 4096;  // bitsandbytes: smaller ones stay FP32
    const Checked n = shape.elements();
    params += n;
    if (!n.ok()) return;
    if (shape.rank() >= 2) {
      // Row and column means of the last two dimensions, for each of the others.
      const Dim rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
      Checked others = 1;
      for (int i = 0; i + 2 < shape.rank(); ++i) others *= shape[i];
      factored += others * (Checked(rows) + columns);
    } else {
      factored += n;
    }
    if (n.value() < smallest)
      small += n;
    else
      blocks += (n.value() + block - 1) / block;
  }
};

// Integers keep their format whatever the precision: tokens, index tables, quantised weights.
struct Integers {
  Checked elements = 0, bytes = 0;
  void add(const Tensor& tensor) {
    const auto n = tensor_bytes(tensor);
    if (is_float(tensor.dtype) || !tensor.shape.is_static() || !n) return;
    elements += tensor.shape.elements();
    bytes += n->count;
  }
};

// Learned ones, or all other stored ones.
Integers stored_integers(const Analysis& analysis, bool learned) {
  Integers integers;
  for (std::size_t i = 0; i < analysis.roles.of.size(); ++i)
    if (const Role role = analysis.roles.of[i];
        is_stored(role) && (role == Role::parameter) == learned)
      integers.add(analysis.shapes->tensors[i]);
  return integers;
}

// Inputs and outputs that need new memory.
Integers computed_integers(const Analysis& analysis) {
  Integers integers;
  for (const ValueId id : analysis.shapes->graph->inputs) integers.add(analysis.tensor(id));
  for (const Layer& layer : analysis.layers) {
    const auto outputs = layer.graph->outputs_of(layer.op_node());
    if (outputs.empty() || outputs[0] == none || layer.times == 0) continue;
    const Tensor& first = layer.shapes->tensors[static_cast<std::size_t>(outputs[0])];
    if (is_float(first.dtype)) continue;
    integers.elements += layer.activations.count;
    integers.bytes += layer.activation_bytes.count;
  }
  return integers;
}

// `elements` of which some are integers.
void add_mixed(Figure& figure, std::string_view what, std::int64_t elements, int bits,
               const Integers& integers) {
  // In a graph with bodies the integers may be more than what is counted once.
  const bool known = integers.elements.value_or(INT64_MAX) <= elements && integers.bytes.ok();
  const std::int64_t n = known ? integers.elements.value() : 0;
  add_stored(figure, n > 0 ? "floating-point" : "", what, elements - n, bits);
  if (n > 0) figure.add("integers", {{"B as in the file", integers.bytes.value()}});
}

Trained trained_params(const Analysis& analysis, const std::vector<std::string>& frozen) {
  Trained trained;
  const Graph& graph = *analysis.shapes->graph;
  std::vector<bool> seen(graph.values.size(), false);
  for (const Layer& layer : analysis.layers) {
    if (layer.graph != &graph) {  // bodies: sums only
      trained.params += layer.trainable_params.count;
      continue;
    }
    const bool skip = is_frozen(layer.op_node(), frozen);
    // An Identity that stands for a parameter of its own does not use the one it is made from.
    const OpDef* const op = layer.op_node().op;
    if (op != nullptr && has(op->traits, Trait::carries) && has(op->traits, Trait::view) &&
        op->nature.space == Space::pointwise)
      continue;
    for (const ValueId id : graph.inputs_of(layer.op_node())) {
      if (id == none) continue;
      const auto at = static_cast<std::size_t>(id);
      if (analysis.roles.of[at] != Role::parameter || seen[at]) continue;
      seen[at] = true;
      const Tensor& tensor = analysis.shapes->tensors[at];
      if (!is_float(tensor.dtype) || skip || !tensor.shape.is_static()) continue;
      trained.add(tensor.shape);
    }
  }
  return trained;
}

void optimizer_state(const Trained& trained, const TrainingSetup& setup, Figure& figure) {
  const Precision& p = *setup.precision;
  const Optimizer& o = *setup.optimizer;
  const std::int64_t params = trained.params.value_or(-1);
  add_stored(figure, "master copy", "params", params, p.master_bits);
  switch (o.rule) {
    case Optimizer::Rule::plain:
      if (o.states_per_param > 0)
        figure.add(
            o.states,
            {{"params", params}, {"states", o.states_per_param}, {"B each", p.state_bits / 8}});
      break;
    case Optimizer::Rule::factored:
      figure.add(o.states, {{"row and column means", trained.factored.value_or(-1)},
                            {"B each", p.state_bits / 8}});
      break;
    case Optimizer::Rule::eight_bit:
      figure.add("states in one byte",
                 {{"params", (trained.params - trained.small).value_or(-1)}, {"states", 2}});
      figure.add("scales",
                 {{"blocks of 2,048", trained.blocks.value_or(-1)}, {"states", 2}, {"B each", 4}});
      figure.add("tensors below 4,096 elements",
                 {{"params", trained.small.value_or(-1)}, {"states", 2}, {"B each", 4}});
      break;
  }
}

}  // namespace

const LedgerLine& Ledger::line(std::string_view name) const {
  const auto at =
      std::find_if(lines.begin(), lines.end(), [&](const LedgerLine& l) { return l.name == name; });
  return at == lines.end() ? lines[0] : *at;
}

const LedgerLine& Ledger::largest() const {
  return *std::max_element(lines.begin(), lines.end(),
                           [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
}

Result<Ledger> make_ledger(const Analysis& analysis, const TrainingSetup& setup) {
  const Precision& p = *setup.precision;
  if (setup.training && !p.trains)
    return fail(ErrorCode::bad_argument,
                std::string(p.name) +
                    " is for inference; train in fp32, fp16, bf16, amp-fp16 or "
                    "amp-bf16",
                "--precision");
  Ledger ledger;
  constexpr std::string_view names[] = {"weights_bytes", "buffers_bytes", "gradients_bytes",
                                        "optimizer_bytes", "activations_bytes"};
  for (std::size_t i = 0; i < Ledger::n_lines; ++i) ledger.lines[i].name = names[i];
  const Totals& t = analysis.totals;
  add_mixed(ledger.lines[0].figure, "params", t.params, p.weight_bits,
            stored_integers(analysis, true));
  // Running statistics stay in FP32 in mixed precision and are converted in pure formats.
  add_mixed(ledger.lines[1].figure, "elements", t.buffers + t.quantisation,
            p.master_bits > 0 ? 32 : std::max(p.weight_bits, 8), stored_integers(analysis, false));
  if (setup.training) {
    const Trained trained = trained_params(analysis, setup.frozen);
    RECKON_ASSIGN(ledger.trained_params, trained.params.get("trained parameters"));
    add_stored(ledger.lines[2].figure, "", "params", ledger.trained_params, p.gradient_bits);
    optimizer_state(trained, setup, ledger.lines[3].figure);
  }
  add_mixed(ledger.lines[4].figure, "activations", t.activations, p.activation_bits,
            computed_integers(analysis));
  Checked total = 0;
  for (LedgerLine& line : ledger.lines) {
    RECKON_ASSIGN(line.bytes, line.figure.value().get(line.name, "ledger"));
    total += line.bytes;
  }
  RECKON_ASSIGN(ledger.total_bytes, total.get("total_bytes", "ledger"));
  return ledger;
}

}  // namespace reckon
