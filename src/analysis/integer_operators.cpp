#include "analysis/integer_operators.h"

#include <algorithm>
#include <optional>

#include "analysis/move_quantisation.h"
#include "ops/table.h"

namespace reckon {
namespace {

constexpr std::string_view microsoft = "com.microsoft";

// How an operator of the QOperator form takes its operands: each with scale and zero point.
enum class Order : std::uint8_t {
  operands_result,       // a, b, y's scale and zero point
  operands_result_bias,  // the same, then a bias alone
  operands_bias_result,  // a, b, bias, y's
  result_operands,       // y's, a, b, …
};
struct QOperator {
  std::string_view op_type, name, domain;
  Order order;
};
constexpr QOperator q_operators[] = {
    {"Conv", "QLinearConv", "", Order::operands_result_bias},
    {"MatMul", "QLinearMatMul", "", Order::operands_result},
    {"Gemm", "QGemm", microsoft, Order::operands_bias_result},
    {"Add", "QLinearAdd", microsoft, Order::operands_result},
    {"Mul", "QLinearMul", microsoft, Order::operands_result},
    {"Sigmoid", "QLinearSigmoid", microsoft, Order::operands_result},
    {"LeakyRelu", "QLinearLeakyRelu", microsoft, Order::operands_result},
    {"Softmax", "QLinearSoftmax", microsoft, Order::operands_result},
    {"AveragePool", "QLinearAveragePool", microsoft, Order::operands_result},
    {"GlobalAveragePool", "QLinearGlobalAveragePool", microsoft, Order::operands_result},
    {"ReduceMean", "QLinearReduceMean", microsoft, Order::operands_result},
    {"Concat", "QLinearConcat", microsoft, Order::result_operands},
};

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
    const QOperator* row = find_row(bias != none && op.op_type == "MatMul" ? "Gemm" : op.op_type,
                                    op.domain, op.inputs.count);
    if (!(row == nullptr ? bias == none && take_as_it_is(id, m)
                         : take(id, *row, quantize, bias, m)))
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

  static bool multiplies(const Node& op) {
    return op.op_type == "Conv" || op.op_type == "ConvTranspose" || op.op_type == "Gemm" ||
           op.op_type == "MatMul" || op.op_type == "Add" || op.op_type == "Mul";
  }

  // Null where nobody has written a row for the operator on integers, or it takes what the row has
  // as an attribute (the axes of ReduceMean) as an operand.
  static const QOperator* find_row(std::string_view op_type, std::string_view domain,
                                   std::size_t n_inputs) {
    if (op_type == "ReduceMean" && n_inputs > 1) return nullptr;
    for (const QOperator& row : q_operators)
      if (row.op_type == op_type && domain.empty() && find_op(row.name, row.domain) != nullptr)
        return &row;
    return nullptr;
  }

  // The stored vector that Add puts onto the result of a product without a bias, whose node is
  // added to `nodes`; a matrix product has one row for it where its second operand is a stored
  // matrix.
  ValueId bias_behind(NodeId id, std::vector<NodeId>& nodes) const {
    const Node& op = node(id);
    const bool is_matmul = op.op_type == "MatMul";
    if (!is_matmul && op.op_type != "Conv" && op.op_type != "Gemm") return none;
    if (in(id, 2) != none || (is_matmul && !is_stored_matrix(in(id, 1)))) return none;
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

  static void add_quantised(const Finder& of, NodeId id, std::vector<ValueId>& inputs) {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{2}})
      inputs.push_back(of.in(id, i));
  }

  bool take(NodeId id, const QOperator& row, NodeId quantize, ValueId bias, Match& m) const {
    const bool has_bias =
        row.order == Order::operands_result_bias || row.order == Order::operands_bias_result;
    const std::size_t n = graph_.inputs_of(node(id)).size();
    const std::size_t operands = has_bias ? 2 : row.op_type == "ReduceMean" ? 1 : n;
    std::vector<ValueId> inputs;
    for (std::size_t i = 0; i < operands; ++i) {
      const NodeId from = dequantize(in(id, i));
      if (from == none) return false;
      add_quantised(*this, from, inputs);
    }
    if (has_bias && n > 2 && in(id, 2) != none) {
      const NodeId from = dequantize(in(id, 2));
      bias = from == none ? in(id, 2) : in(from, 0);
      if (!is_fixed(bias)) return false;
    }
    const ValueId result[] = {in(quantize, 1), in(quantize, 2)};
    m.op_type = row.name, m.domain = row.domain;
    if (row.order == Order::result_operands) m.inputs.assign(result, result + 2);
    m.inputs.insert(m.inputs.end(), inputs.begin(), inputs.end());
    if (row.order == Order::operands_bias_result) m.inputs.push_back(bias);
    if (row.order != Order::result_operands) m.inputs.insert(m.inputs.end(), result, result + 2);
    if (row.order == Order::operands_result_bias && bias != none) m.inputs.push_back(bias);
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
