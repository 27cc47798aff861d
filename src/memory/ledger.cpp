#include "memory/ledger.h"

#include <algorithm>
#include <map>

#include "analysis/backward.h"
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

// Shapes of the parameters of one element type that are trained, for optimizers whose state follows
// the shape.
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

// Of one floating-point type.
struct Floats {
  DType dtype = DType::unknown;
  Checked elements = 0, bytes = 0;  // as in the file
};

// By type, in the order of their first value.
class FloatSums {
 public:
  void add(DType dtype, Checked elements, Checked bytes) {
    auto at = std::find_if(sums_.begin(), sums_.end(),
                           [&](const Floats& sum) { return sum.dtype == dtype; });
    if (at == sums_.end()) at = sums_.insert(sums_.end(), Floats{.dtype = dtype});
    at->elements += elements;
    at->bytes += bytes;
  }
  void add(const Tensor& tensor) {
    const auto n = tensor_bytes(tensor);
    if (is_float(tensor.dtype) && n) add(tensor.dtype, tensor.shape.elements(), n->count);
  }
  std::span<const Floats> sums() const { return sums_; }
  Checked elements() const {
    Checked n = 0;
    for (const Floats& sum : sums_) n += sum.elements;
    return n;
  }
  Checked bytes() const {
    Checked n = 0;
    for (const Floats& sum : sums_) n += sum.bytes;
    return n;
  }

 private:
  std::vector<Floats> sums_;
};

// Learned ones, or all other stored ones, with those of bodies.
void add_stored_floats(const Shapes& shapes, const Roles& roles, bool learned, FloatSums& floats) {
  for (std::size_t i = 0; i < roles.of.size(); ++i)
    if (is_stored(roles.of[i]) && (roles.of[i] == Role::parameter) == learned &&
        shapes.graph->values[i].kind != ValueKind::captured)
      floats.add(shapes.tensors[i]);
  for (const BodyRun& run : shapes.runs) {
    const Graph& body = *shapes.graph->bodies[static_cast<std::size_t>(run.body)];
    add_stored_floats(*run.shapes, assign_roles(body, *run.shapes, &roles), learned, floats);
  }
}

FloatSums stored_floats(const Analysis& analysis, bool learned) {
  FloatSums floats;
  add_stored_floats(*analysis.shapes, analysis.roles, learned, floats);
  return floats;
}

// Inputs and outputs that need new memory; a layer's outputs count by the type of the first.
FloatSums computed_floats(const Analysis& analysis) {
  FloatSums floats;
  for (const ValueId id : analysis.shapes->graph->inputs) floats.add(analysis.tensor(id));
  for (const Layer& layer : analysis.layers) {
    const auto outputs = layer.graph->outputs_of(layer.op_node());
    if (outputs.empty() || outputs[0] == none || layer.times == 0) continue;
    const Tensor& first = layer.shapes->tensors[static_cast<std::size_t>(outputs[0])];
    if (is_float(first.dtype) && layer.activations.count.value_or(0) > 0)
      floats.add(first.dtype, layer.activations.count * layer.times,
                 layer.activation_bytes.count * layer.times);
  }
  return floats;
}

std::string_view label_of(int bits_each) {
  switch (bits_each) {
    case 64:
      return "64 bits";
    case 32:
      return "32 bits";
    case 16:
      return "16 bits";
    case 8:
      return "8 bits";
    default:
      return "fewer bits";
  }
}

// A line of the ledger: `elements` in `bytes` as in the file, of which `floats` may be converted.
// Integers (tokens, index tables, quantised weights) keep their format whatever the precision.
void add_line(Figure& figure, std::string_view what, std::int64_t elements, std::int64_t bytes,
              const FloatSums& floats, const ElementBits& element, int asked) {
  const std::int64_t n = floats.elements().value_or(-1), own = floats.bytes().value_or(-1);
  if (n < 0 || n > elements || own > bytes) {
    // Something is stored that nothing reads, or shared with a body.
    if (asked == 0)
      figure.add("", {{"B as in the file", bytes}});
    else
      add_stored(figure, "", what, elements, asked);
    return;
  }
  const bool integers = n < elements && bytes > own;
  // Types that end in as many bits are one term.
  struct Group {
    int bits = 0;
    std::int64_t elements = 0;
  };
  std::vector<Group> groups;
  for (const Floats& sum : floats.sums()) {
    const int bits_each = element.of(sum.dtype, asked);
    auto at = std::find_if(groups.begin(), groups.end(),
                           [&](const Group& g) { return g.bits == bits_each; });
    if (at == groups.end()) at = groups.insert(groups.end(), Group{.bits = bits_each});
    at->elements += sum.elements.value_or(0);
  }
  for (const Group& group : groups) {
    const std::string_view one = integers ? "floating-point" : "";
    add_stored(figure, groups.size() > 1 ? label_of(group.bits) : one, what, group.elements,
               group.bits);
  }
  if (integers) figure.add("integers", {{"B as in the file", bytes - own}});
}

// By the bits of an element in the file.
using TrainedByBits = std::map<int, Trained>;

TrainedByBits trained_params(const Analysis& analysis, const std::vector<std::string>& frozen) {
  TrainedByBits trained;
  for (const ValueId id : trained_values(analysis, frozen)) {
    const Tensor& tensor = analysis.tensor(id);
    trained[bits(tensor.dtype)].add(tensor.shape);
  }
  for (const Layer& layer : analysis.layers) {  // of bodies: sums only
    const std::int64_t n = layer.trainable_params.count.value_or(0);
    if (layer.graph == analysis.shapes->graph || n == 0) continue;
    const std::int64_t each = layer.param_bytes.count.value_or(0) * 8 / n;
    trained[each == 16 || each == 64 ? static_cast<int>(each) : 32].params += n;
  }
  return trained;
}

void optimizer_state(const Trained& trained, int master_bits, int state_bits, const Optimizer& o,
                     Figure& figure) {
  const std::int64_t params = trained.params.value_or(-1);
  add_stored(figure, "master copy", "params", params, master_bits);
  switch (o.rule) {
    case Optimizer::Rule::plain:
      if (o.states_per_param > 0)
        figure.add(o.states, {{"params", params},
                              {"states", o.states_per_param},
                              {"B each", std::max(state_bits, 8) / 8}});
      break;
    case Optimizer::Rule::factored:
      figure.add(o.states, {{"row and column means", trained.factored.value_or(-1)},
                            {"B each", std::max(state_bits, 8) / 8}});
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

// Lines of gradients and of the optimizer.
Status add_training(const Analysis& analysis, const TrainingSetup& setup, Ledger& ledger) {
  const Precision& p = *setup.precision;
  TrainedByBits trained = trained_params(analysis, setup.frozen);
  if (!p.as_in_file() || setup.optimizer->rule == Optimizer::Rule::eight_bit) {  // one format
    Trained all;
    for (const auto& [bits_each, part] : trained) {
      all.params += part.params, all.factored += part.factored;
      all.small += part.small, all.blocks += part.blocks;
    }
    trained = {{p.as_in_file() && trained.size() == 1 ? trained.begin()->first : 32, all}};
  }
  Checked params = 0;
  for (const auto& [bits_each, part] : trained) {
    params += part.params;
    add_stored(ledger.lines[2].figure, trained.size() > 1 ? label_of(bits_each) : "", "params",
               part.params.value_or(-1), p.as_in_file() ? bits_each : p.gradient_bits);
    optimizer_state(part, p.master_bits, p.as_in_file() ? bits_each : p.state_bits,
                    *setup.optimizer, ledger.lines[3].figure);
  }
  RECKON_ASSIGN(ledger.trained_params, params.get("trained parameters"));
  return {};
}

}  // namespace

std::vector<Checked> optimizer_tensors(const Tensor& parameter, const TrainingSetup& setup) {
  Trained one;
  one.add(parameter.shape);
  const Precision& p = *setup.precision;
  const int each = std::max(p.as_in_file() ? bits(parameter.dtype) : p.state_bits, 8) / 8;
  const auto n = static_cast<std::size_t>(setup.optimizer->states_per_param);
  switch (setup.optimizer->rule) {
    case Optimizer::Rule::plain:
      break;
    case Optimizer::Rule::factored:
      return {one.factored * each};
    case Optimizer::Rule::eight_bit:
      if (one.small.value_or(1) > 0) return {one.small * 4, one.small * 4};
      return {one.params, one.params, one.blocks * 4, one.blocks * 4};
  }
  return std::vector<Checked>(n, one.params * each);
}

const Precision* named_precision(const Analysis& analysis, const Precision* asked) {
  if (!asked->as_in_file() || !all_floats_are(*analysis.shapes, DType::float32)) return asked;
  for (std::size_t i = 0; i < analysis.roles.of.size(); ++i)
    if (const DType dtype = analysis.shapes->tensors[i].dtype;
        analysis.roles.of[i] == Role::parameter && is_integer(dtype) && bits(dtype) <= 16)
      return asked;
  return &*std::find_if(precisions().begin(), precisions().end(),
                        [](const Precision& p) { return p.name == "fp32"; });
}

Result<std::optional<DType>> step_dtype(const Precision& precision) {
  if (precision.as_in_file()) return std::nullopt;
  if (precision.name == "fp32" || precision.autocast) return DType::float32;
  if (precision.name.ends_with("bf16")) return DType::bfloat16;
  if (precision.name.ends_with("fp16")) return DType::float16;
  return fail(ErrorCode::unsupported,
              "the simulated PyTorch step knows floating-point formats only; `policy` textbook "
              "answers for " +
                  std::string(precision.name),
              "`precision`");
}

std::optional<DType> autocast_dtype(const Precision& precision) {
  if (!precision.autocast) return std::nullopt;
  return precision.name.ends_with("bf16") ? DType::bfloat16 : DType::float16;
}

ElementBits::ElementBits(const Graph& graph, const Precision& precision)
    : as_in_file_(precision.as_in_file()), keeps_wider_(false) {
  const auto dtype = step_dtype(precision);
  keeps_wider_ = dtype && *dtype && keeps_wider(graph, **dtype);
}

std::vector<ValueId> trained_values(const Analysis& analysis,
                                    const std::vector<std::string>& frozen) {
  std::vector<ValueId> trained;
  const Graph& graph = *analysis.shapes->graph;
  std::vector<bool> seen(graph.values.size(), false);
  for (const Layer& layer : analysis.layers) {
    if (layer.graph != &graph) continue;
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
      if (is_float(tensor.dtype) && !skip && tensor.shape.is_static()) trained.push_back(id);
    }
  }
  return trained;
}

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
                "`precision`");
  if (setup.training) RECKON_TRY(check_trainable(analysis));
  Ledger ledger;
  constexpr std::string_view names[] = {"weights_bytes",   "buffers_bytes",     "gradients_bytes",
                                        "optimizer_bytes", "activations_bytes", "constants_bytes"};
  for (std::size_t i = 0; i < Ledger::n_lines; ++i) ledger.lines[i].name = names[i];
  const Totals& t = analysis.totals;
  const ElementBits element(*analysis.shapes->graph, p);
  // Under autocast each value has a type of its own, which the analysis knows.
  const ElementBits of_computed(*analysis.shapes->graph, p.autocast ? precisions()[0] : p);
  add_line(ledger.lines[0].figure, "params", t.params, t.param_bytes, stored_floats(analysis, true),
           element, p.weight_bits);
  // Running statistics stay in FP32 in mixed precision and are converted in pure formats.
  add_line(ledger.lines[1].figure, "elements", t.buffers + t.quantisation,
           t.buffer_bytes + t.quantisation_bytes, stored_floats(analysis, false), element,
           p.as_in_file()      ? 0
           : p.master_bits > 0 ? 32
                               : std::max(p.weight_bits, 8));
  if (setup.training) RECKON_TRY(add_training(analysis, setup, ledger));
  add_line(ledger.lines[4].figure, "activations", t.activations, t.activation_bytes,
           computed_floats(analysis), of_computed, p.autocast ? 0 : p.activation_bits);
  if (t.constant_bytes > 0)
    ledger.lines[5].figure.add("", {{"B as in the file", t.constant_bytes}});
  Checked total = 0;
  for (LedgerLine& line : ledger.lines) {
    RECKON_ASSIGN(line.bytes, line.figure.value().get(line.name, "ledger"));
    total += line.bytes;
  }
  RECKON_ASSIGN(ledger.total_bytes, total.get("total_bytes", "ledger"));
  return ledger;
}

}  // namespace reckon
