#include "analysis/join_functions.h"

#include <algorithm>
#include <limits>

#include "analysis/match_reader.h"
#include "ops/context.h"

namespace reckon {
namespace {

constexpr std::string_view aten = "aten";

class FunctionFinder : private MatchReader {
 public:
  FunctionFinder(const Graph& graph, const Analysis& analysis)
      : MatchReader(graph), analysis_(analysis), gone_(graph.nodes.size(), false) {}

  std::unique_ptr<Graph> joined() {
    // From the end: a standard deviation is seen before the variance within it.
    for (auto id = static_cast<NodeId>(graph_.nodes.size()); id-- > 0;) {
      if (gone_[at(id)] || !node(id).domain.empty() || is_number_of_program(id)) continue;
      auto match = match_at(id);
      if (!match || !closed(*match)) continue;
      if (std::ranges::any_of(match->nodes, [&](NodeId n) { return gone_[at(n)]; })) continue;
      for (const NodeId n : match->nodes) gone_[at(n)] = true;
      matches_.push_back(*std::move(match));
    }
    return matches_.empty() ? nullptr : rewritten(graph_, matches_);
  }

 private:
  static std::size_t at(std::int32_t id) { return static_cast<std::size_t>(id); }
  const Shape& shape(ValueId value) const { return analysis_.shapes->tensors[at(value)].shape; }
  // One number, in the file or computed of sizes.
  std::optional<double> number(ValueId value) const {
    if (value == none) return std::nullopt;
    const Constant* c = analysis_.shapes->tensors[at(value)].value;
    if (c == nullptr || c->floats.size() + c->ints.size() != 1) return std::nullopt;
    return c->floats.empty() ? static_cast<double>(c->ints[0]) : c->floats[0];
  }
  bool is(ValueId value, double expected) const { return number(value) == expected; }
  // A scalar that is no tensor of the program: a number, or one made of sizes.
  bool is_scalar(ValueId value) const {
    return value != none && shape(value).elements() == Checked(1) &&
           analysis_.roles.of[at(value)] != Role::activation;
  }
  // The exporter by torch.export names values after the functions that made them.
  bool is_named(NodeId id, std::string_view name) const {
    return graph_.values[at(out(id))].name.starts_with(name);
  }
  // Computed of sizes and settings: no tensor.
  bool is_number_of_program(NodeId id) const {
    const auto outputs = graph_.outputs_of(node(id));
    return outputs.empty() || outputs[0] == none || is_scalar(outputs[0]) ||
           analysis_.shapes->tensors[at(outputs[0])].value != nullptr;
  }
  // None where somebody else reads its result.
  NodeId own_maker(ValueId value, std::string_view op) const {
    const NodeId id = maker(value, op);
    return id != none && readers_[at(value)].size() == 1 && !is_output_[at(value)] ? id : none;
  }

  std::optional<Match> match_at(NodeId id) const {
    const std::string_view op = node(id).op_type;
    if (op == "Mul") {
      if (auto m = weight_norm(id)) return m;
      return glu(id);
    }
    if (op == "Log") return of_logarithm(id);
    if (op == "Reciprocal") return reciprocal(id);
    if (op == "Div") {
      if (auto m = cosine_similarity(id)) return m;
      if (auto m = variance(id)) return m;
      return inverse_root(id);
    }
    if (op == "Sqrt") return deviation(id);
    if (op == "ReduceMean") return variance(id);
    if (op == "ReduceMax" || op == "ReduceMin") return extremum(id);
    if (op == "Pow") return norm(id);
    if (op == "Concat") return roll(id);
    return std::nullopt;
  }

  // As the older exporter writes it; that of torch.export has v * (g / |v|), which keeps as much.
  std::optional<Match> weight_norm(NodeId mul) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const NodeId div = own_maker(in(mul, side), "Div");
      const NodeId norm = div == none ? none : own_maker(in(div, 1), "ReduceL2");
      const ValueId v = div == none ? none : in(div, 0), g = in(mul, 1 - side);
      if (norm == none || in(norm, 0) != v || !is_stored(v) || !is_stored(g) ||
          shape(g) != shape(out(norm)))
        continue;
      return Match{"weight_norm", {v, g}, out(mul), {}, {norm, div, mul}, aten};
    }
    return std::nullopt;
  }

  std::optional<Match> glu(NodeId mul) const {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const NodeId sigmoid = own_maker(in(mul, side), "Sigmoid");
      const NodeId split = maker(in(mul, 1 - side), "Split");
      if (sigmoid == none || split == none) continue;
      const auto halves = graph_.outputs_of(node(split));
      if (halves.size() != 2 || halves[0] != in(mul, 1 - side) || halves[1] != in(sigmoid, 0) ||
          shape(halves[0]) != shape(halves[1]))
        continue;
      const OpContext ctx(graph_, node(split), analysis_.shapes->tensors);
      return Match{"glu",
                   {in(split, 0)},
                   out(mul),
                   {{"axis", ctx.int_attr("axis", 0)}},
                   {split, sigmoid, mul},
                   aten};
    }
    return std::nullopt;
  }

  std::optional<Match> of_logarithm(NodeId log) const {
    if (const NodeId sigmoid = own_maker(in(log, 0), "Sigmoid"); sigmoid != none)
      return Match{"log_sigmoid", {in(sigmoid, 0)}, out(log), {}, {sigmoid, log}, aten};
    const NodeId add = own_maker(in(log, 0), "Add");
    if (add == none) return std::nullopt;
    // torch.log1p(x) is exported with the one first; a program writes 1 + x, which PyTorch turns
    // into x + 1.
    const bool named = is_named(log, "log1p");
    if (is(in(add, 0), 1)) return Match{"log1p", {in(add, 1)}, out(log), {}, {add, log}, aten};
    if (named && is(in(add, 1), 1))
      return Match{"log1p", {in(add, 0)}, out(log), {}, {add, log}, aten};
    return std::nullopt;
  }

  std::optional<Match> reciprocal(NodeId id) const {
    if (is_named(id, "rsqrt"))
      if (const NodeId root = own_maker(in(id, 0), "Sqrt"); root != none)
        return Match{"rsqrt", {in(root, 0)}, out(id), {}, {root, id}, aten};
    if (is_named(id, "reciprocal")) return std::nullopt;
    return Match{"rdiv", {in(id, 0)}, out(id), {}, {id}, aten};
  }

  std::optional<Match> inverse_root(NodeId div) const {
    const NodeId root = is(in(div, 0), 1) ? own_maker(in(div, 1), "Sqrt") : none;
    if (root == none) return std::nullopt;
    return Match{"rsqrt", {in(root, 0)}, out(div), {}, {root, div}, aten};
  }

  // The mean of squared differences from the mean; that times n / (n − 1) where the division is it.
  std::optional<Match> variance(NodeId last) const {
    NodeId mean = node(last).op_type == "ReduceMean" ? last : none;
    Match m{"var", {}, out(last), {}, {}, aten};
    if (mean == none) {
      const NodeId times = own_maker(in(last, 0), "Mul");
      if (times == none || !is_scalar(in(times, 1)) || !is_scalar(in(last, 1))) return std::nullopt;
      mean = own_maker(in(times, 0), "ReduceMean");
      m.nodes = {last, times};
    }
    const NodeId square = mean == none ? none : own_maker(in(mean, 0), "Mul");
    if (square == none || in(square, 0) != in(square, 1)) return std::nullopt;
    const NodeId sub = maker(in(square, 0), "Sub");
    const NodeId centre = sub == none ? none : maker(in(sub, 1), "ReduceMean");
    if (centre == none || in(centre, 0) != in(sub, 0)) return std::nullopt;
    m.inputs = {in(sub, 0)};
    if (in(mean, 1) != none) m.inputs.push_back(in(mean, 1));
    m.nodes.insert(m.nodes.end(), {mean, square});
    // The mean and the difference may be the program's as well: exporters join equal nodes.
    const auto& of_difference = readers_[at(out(sub))];
    if (std::ranges::all_of(of_difference, [&](NodeId r) { return r == square; })) {
      m.nodes.push_back(sub);
      if (readers_[at(out(centre))].size() == 1) m.nodes.push_back(centre);
    }
    for (const Attr& attr : graph_.attrs_of(node(mean))) m.attrs.push_back(attr);
    return m;
  }

  std::optional<Match> deviation(NodeId root) const {
    NodeId inner = own_maker(in(root, 0), "Div");
    if (inner == none) inner = own_maker(in(root, 0), "ReduceMean");
    auto m = inner == none ? std::nullopt : variance(inner);
    if (!m) return std::nullopt;
    m->op_type = "std";
    m->output = out(root);
    if (node(inner).op_type == "ReduceMean") m->nodes.push_back(inner);
    m->nodes.push_back(root);
    return m;
  }

  // amax() along one axis, where the file tells it from max(axis).
  std::optional<Match> extremum(NodeId id) const {
    const std::string_view name = node(id).op_type == "ReduceMax" ? "amax" : "amin";
    if (!is_named(id, name)) return std::nullopt;
    Match m{name, {in(id, 0)}, out(id), {}, {id}, aten};
    if (in(id, 1) != none) m.inputs.push_back(in(id, 1));
    for (const Attr& attr : graph_.attrs_of(node(id))) m.attrs.push_back(attr);
    return m;
  }

  // linalg.vector_norm: (Σ|x|^p)^(1/p).
  std::optional<Match> norm(NodeId root) const {
    const NodeId sum = own_maker(in(root, 0), "ReduceSum");
    const NodeId power = sum == none ? none : own_maker(in(sum, 0), "Pow");
    const NodeId absolute = power == none ? none : own_maker(in(power, 0), "Abs");
    if (absolute == none) return std::nullopt;
    const bool one = is(in(power, 1), 1), two = is(in(power, 1), 2);
    if (!one && !two) return std::nullopt;
    const OpContext ctx(graph_, node(sum), analysis_.shapes->tensors);
    Match m{one ? "ReduceL1" : "ReduceL2",
            {in(absolute, 0)},
            out(root),
            {{"keepdims", ctx.int_attr("keepdims", 1)}},
            {absolute, power, sum, root}};
    if (in(sum, 1) != none)
      m.inputs.push_back(in(sum, 1));
    else if (const auto axes = ctx.ints_attr("axes"); !axes.empty())
      m.attrs.push_back({"axes", std::vector<std::int64_t>(axes.begin(), axes.end())});
    return m;
  }

  // The nodes Mul, ReduceSum behind a sum of products.
  NodeId sum_of_products(ValueId value, NodeId& product) const {
    const NodeId sum = own_maker(value, "ReduceSum");
    product = sum == none ? none : own_maker(in(sum, 0), "Mul");
    return product == none ? none : sum;
  }

  std::optional<Match> cosine_similarity(NodeId div) const {
    NodeId across = none, of_x = none, of_y = none;
    const NodeId cross = sum_of_products(in(div, 0), across);
    const NodeId most = cross == none ? none : own_maker(in(div, 1), "Max");
    const NodeId root = most == none ? none : own_maker(in(most, 0), "Sqrt");
    const NodeId both = root == none ? none : own_maker(in(root, 0), "Mul");
    const NodeId x2 = both == none ? none : sum_of_products(in(both, 0), of_x);
    const NodeId y2 = x2 == none ? none : sum_of_products(in(both, 1), of_y);
    if (y2 == none) return std::nullopt;
    const ValueId x = in(across, 0), y = in(across, 1);
    if (in(of_x, 0) != x || in(of_x, 1) != x || in(of_y, 0) != y || in(of_y, 1) != y ||
        shape(x) != shape(y))
      return std::nullopt;
    const OpContext ctx(graph_, node(cross), analysis_.shapes->tensors);
    const auto axes = ctx.ints_from("axes", 1);
    if (!axes.known || axes.values.empty()) return std::nullopt;
    return Match{"cosine_similarity",
                 {x, y},
                 out(div),
                 {{"axes", axes.values}, {"keepdims", ctx.int_attr("keepdims", 1)}},
                 {across, cross, of_x, x2, of_y, y2, both, root, most, div},
                 aten};
  }

  // From where to where a Slice along one axis goes, in steps of one; null where it does more.
  struct Piece {
    std::int64_t axis = 0, from = 0, to = 0;
  };
  std::optional<Piece> piece(NodeId slice) const {
    const OpContext ctx(graph_, node(slice), analysis_.shapes->tensors);
    const auto from = ctx.const_int(1), to = ctx.const_int(2), axis = ctx.const_int(3);
    if (!from || !to || !axis || ctx.const_int(4).value_or(1) != 1) return std::nullopt;
    const auto place = normalize_axis(*axis, ctx.in(0).shape.rank());
    if (!place) return std::nullopt;
    return Piece{*place, *from, *to};
  }

  std::optional<Match> roll(NodeId concat) const {
    if (graph_.inputs_of(node(concat)).size() != 2) return std::nullopt;
    const NodeId end = own_maker(in(concat, 0), "Slice"), start = own_maker(in(concat, 1), "Slice");
    if (end == none || start == none || in(end, 0) != in(start, 0)) return std::nullopt;
    const auto last = piece(end), first = piece(start);
    const ValueId x = in(end, 0);
    if (!last || !first || last->axis != first->axis || first->from != 0 ||
        first->to != last->from || last->to < std::numeric_limits<std::int32_t>::max() ||
        shape(x) != shape(out(concat)))
      return std::nullopt;
    return Match{"roll", {x}, out(concat), {{"axis", last->axis}}, {end, start, concat}, aten};
  }

  const Analysis& analysis_;
  std::vector<bool> gone_;  // by NodeId
  std::vector<Match> matches_;
};

}  // namespace

std::unique_ptr<Graph> join_functions(const Graph& graph, const Analysis& analysis) {
  if (!graph.bodies.empty()) return nullptr;
  return FunctionFinder(graph, analysis).joined();
}

}  // namespace reckon
