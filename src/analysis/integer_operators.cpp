#include "analysis/integer_operators.h"

#include <algorithm>
#include <optional>

#include "analysis/move_quantisation.h"
#include "ops/table.h"

namespace reckon {
namespace {

// What an operator of the QOperator form takes, in the order of its row.
enum class Part : std::uint8_t {
  operand,  // with its scale and zero point
  bias,     // alone
  result,   // its scale and zero point
};
struct QOperator {
  const OpDef* row = nullptr;
  std::vector<Part> parts = {};

  bool takes_bias() const { return std::ranges::find(parts, Part::bias) != parts.end(); }
  std::size_t n_operands() const {
    return static_cast<std::size_t>(std::ranges::count(parts, Part::operand));
  }
};

// The form of a row for `n_inputs` operands, if it is one.
std::optional<QOperator> form_of(const OpDef& row, std::size_t n_inputs) {
  const auto role = [&](int i) { return row.role_of(i); };
  const int n = static_cast<int>(n_inputs), most_inputs = row.operands.max_inputs;
  const bool is_variadic = most_inputs == OperandTable::any;
  const int end = is_variadic ? 2 + 3 * n : most_inputs, n_operands = (end - 2) / 3;
  QOperator form{&row};
  for (int i = 0, operands = 0; i < end;) {
    const Part part = role(i) == OperandRole::scale                                ? Part::result
                      : operands < n_operands && role(i + 1) == OperandRole::scale ? Part::operand
                                                                                   : Part::bias;
    if (part == Part::bias && (role(i) != OperandRole::weight || form.parts.empty()))
      return std::nullopt;
    form.parts.push_back(part);
    if (part == Part::operand) ++operands;
    i += part == Part::operand ? 3 : part == Part::result ? 2 : 1;
  }
  // What the row has as an attribute (the axes of ReduceMean) may be an operand of the node.
  const std::size_t most = form.n_operands() + (form.takes_bias() ? 1 : 0);
  if (form.n_operands() == 0 || n_inputs < form.n_operands() || n_inputs > most)
    return std::nullopt;
  return form;
}

// The operator on integers with an operator's name: QLinearConv, QGemm; nullopt where nobody has
// written a row.
std::optional<QOperator> on_integers(std::string_view op_type, std::size_t n_inputs) {
  for (const std::string_view prefix : {"QLinear", "Q"})
    for (const std::string_view domain : {"", "com.microsoft"})
      if (const OpDef* const row = find_op(std::string(prefix) + std::string(op_type), domain))
        return form_of(*row, n_inputs);
  return std::nullopt;
}

class Finder : public QuantisedReader {
 public:
  using QuantisedReader::QuantisedReader;

  std::optional<Match> match_at(NodeId id) const {
    const Node& op = node(id);
    if (op.outputs.count != 1 || op.inputs.count == 0 || is_conversion(op)) return std::nullopt;
    // What a product adds to its accumulators before they are brought back to few bits: a bias, a
    // limit.
    std::vector<NodeId> nodes{id};
    const ValueId bias = bias_behind(id, nodes);
    if (multiplies(op))
      for (const std::string_view limit : {std::string_view("Relu"), std::string_view("Clip")})
        if (const NodeId next = reader(out(nodes.back()), limit);
            next != none && in(next, 0) == out(nodes.back()))
          nodes.push_back(next);
    const NodeId last = nodes.back();
    const NodeId quantize = reader(out(last), "QuantizeLinear");
    if (quantize == none || in(quantize, 0) != out(last)) return std::nullopt;
    nodes.push_back(quantize);
    Match m{op.op_type, {}, out(quantize), {}, std::move(nodes), op.domain, id};
    for (const Attr& attr : graph_.attrs_of(op)) m.attrs.push_back(attr);
    const auto form = bias != none && is_matmul(op) ? on_integers("Gemm", op.inputs.count)
                      : op.domain.empty()           ? on_integers(op.op_type, op.inputs.count)
                                                    : std::nullopt;
    if (!(form ? take(id, *form, quantize, bias, m) : bias == none && take_as_it_is(id, m)))
      return std::nullopt;
    return m;
  }

  // DequantizeLinear nodes whose only readers are among `taken`.
  std::vector<bool> unread(std::span<const Match> matches) const {
    std::vector<bool> gone(graph_.nodes.size(), false);
    for (const Match& match : matches)
      for (const NodeId id : match.nodes) gone[static_cast<std::size_t>(id)] = true;
    std::vector<bool> needed(graph_.values.size(), false);
    for (const Match& match : matches)
      for (const ValueId value : match.inputs)
        if (value != none) needed[static_cast<std::size_t>(value)] = true;
    std::vector<bool> dropped(graph_.nodes.size(), false);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (graph_.nodes[i].op_type != "DequantizeLinear") continue;
      const auto value = static_cast<std::size_t>(out(static_cast<NodeId>(i)));
      const auto& all = readers_[value];
      dropped[i] = !all.empty() && !is_output_[value] && !needed[value] &&
                   std::all_of(all.begin(), all.end(),
                               [&](NodeId id) { return gone[static_cast<std::size_t>(id)]; });
    }
    return dropped;
  }

 private:
  static bool is_conversion(const Node& op) {
    return op.op_type == "QuantizeLinear" || op.op_type == "DequantizeLinear" ||
           op.op_type == "Cast" || op.op == nullptr || has(op.op->traits, Trait::control) ||
           has(op.op->traits, Trait::metadata);
  }

  static bool is_matmul(const Node& op) { return op.op_type == "MatMul"; }

  static bool multiplies(const Node& op) {
    if (op.op->nature.kind == OpKind::convolution) return true;
    const auto form = on_integers(op.op_type, op.inputs.count);
    return form && form->n_operands() == 2 && form->row->operands.max_inputs != OperandTable::any;
  }

  // The stored vector that Add puts onto the result of a product without a bias, whose node is
  // added to `nodes`; a matrix product has one row for it where its second operand is a stored
  // matrix.
  ValueId bias_behind(NodeId id, std::vector<NodeId>& nodes) const {
    const Node& op = node(id);
    if (in(id, 2) != none || (is_matmul(op) && !is_stored_matrix(in(id, 1)))) return none;
    const auto form = on_integers(is_matmul(op) ? "Gemm" : op.op_type, op.inputs.count);
    if (!form || !form->takes_bias()) return none;
    const NodeId add = reader(out(id), "Add");
    const ValueId bias = add == none ? none : other(add, out(id));
    if (bias == none) return none;
    const NodeId from = dequantize(bias);
    const ValueId stored = from == none ? bias : in(from, 0);
    if (!is_fixed(stored) || !is_vector_like(stored)) return none;
    nodes.push_back(add);
    return stored;
  }

  bool is_stored_matrix(ValueId value) const {
    const NodeId from = dequantize(value);
    if (from == none) return false;
    ValueId stored = in(from, 0);
    if (const NodeId turned = maker(stored, "Transpose"); turned != none) stored = in(turned, 0);
    if (const NodeId made = maker(stored, "QuantizeLinear"); made != none) stored = in(made, 0);
    return is_fixed(stored) && shape_of(stored).rank() == 2;
  }

  Shape shape_of(ValueId value) const {
    const Shape& declared = graph_.values[static_cast<std::size_t>(value)].declared();
    const Constant* known = declared.has_rank() ? nullptr : constant(value);
    return known == nullptr ? declared : known->shape;
  }

  bool is_vector_like(ValueId value) const {
    const Shape shape = shape_of(value);
    return shape.is_static() && shape.rank() > 0 &&
           std::count_if(shape.dims().begin(), shape.dims().end(), [](Dim d) { return d != 1; }) <=
               1;
  }

  // A number of one element that is written into the graph: a factor or a limit.
  bool is_setting(ValueId value) const { return value == none || is_fixed(value); }

  bool take(NodeId id, const QOperator& form, NodeId quantize, ValueId bias, Match& m) const {
    m.op_type = form.row->name, m.domain = form.row->domain;
    std::size_t at = 0;
    for (const Part part : form.parts) {
      if (part == Part::result) {
        m.inputs.insert(m.inputs.end(), {in(quantize, 1), in(quantize, 2)});
        continue;
      }
      const ValueId read = in(id, at++);
      const NodeId from = dequantize(read);
      if (part == Part::operand) {
        if (from == none) return false;
        m.inputs.insert(m.inputs.end(), {in(from, 0), in(from, 1), in(from, 2)});
      } else {
        if (read != none) bias = from == none ? read : in(from, 0);
        if (bias != none && !is_fixed(bias)) return false;
        m.inputs.push_back(bias);
      }
    }
    if (form.parts.back() == Part::bias && bias == none) m.inputs.pop_back();
    return true;
  }

  // On the integers themselves: at least its first operand is dequantised, all others likewise, or
  // they are stored.
  bool take_as_it_is(NodeId id, Match& m) const {
    if (dequantize(in(id, 0)) == none) return false;
    for (const ValueId input : graph_.inputs_of(node(id))) {
      const NodeId from = dequantize(input);
      if (from == none && !is_setting(input)) return false;
      m.inputs.push_back(from == none ? input : in(from, 0));
    }
    return true;
  }
};

// Null where there are none.
std::unique_ptr<Graph> behind(const Graph& graph, const QuantisedReader* outer,
                              std::int64_t& found) {
  std::unique_ptr<Graph> result;
  if (std::any_of(graph.nodes.begin(), graph.nodes.end(),
                  [](const Node& node) { return node.op_type == "QuantizeLinear"; })) {
    const auto moved = move_quantisation(graph, outer);
    const Graph& from = moved != nullptr ? *moved : graph;
    const Finder finder(from, outer);
    std::vector<Match> matches;
    for (std::size_t i = 0; i < from.nodes.size(); ++i)
      if (auto match = finder.match_at(static_cast<NodeId>(i)))
        matches.push_back(*std::move(match));
    found += static_cast<std::int64_t>(matches.size());
    if (!matches.empty()) result = rewritten(from, matches, finder.unread(matches));
  }
  if (graph.bodies.empty()) return result;
  const Finder around(graph, outer);
  for (std::size_t i = 0; i < graph.bodies.size(); ++i) {
    auto body = behind(*graph.bodies[i], &around, found);
    if (body == nullptr) continue;
    if (result == nullptr) result = rewritten(graph, {});
    result->bodies[i] = std::move(body);
  }
  return result;
}

}  // namespace

IntegerOperators integer_operators(const Graph& graph) {
  IntegerOperators result;
  result.graph = behind(graph, nullptr, result.found);
  return result;
}

}  // namespace reckon
