#include "plan.h"

#include <algorithm>
#include <optional>

#include "analysis/backward.h"
#include "ops/fold.h"
#include "program.h"

namespace reckon {
namespace {

std::size_t at(std::int32_t i) {
  return static_cast<std::size_t>(i);
}

bool is_any(std::string_view op, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), op) != names.end();
}

bool is_stored(const Analysis& analysis, ValueId id) {
  return is_stored(analysis.roles.of[at(id)]);
}

Fill fill_for(const Node& node, std::size_t i) {
  const std::string_view op = node.op_type;
  if (op == "BatchNormalization" && i >= 1 && i <= 4)
    return std::array{Fill::scale, Fill::shift, Fill::mean, Fill::variance}[i - 1];
  if (op.ends_with("Normalization") && i >= 1) return i == 1 ? Fill::scale : Fill::shift;
  return Fill::matrix;
}

class Planner {
 public:
  Planner(const Graph& graph, const Analysis& analysis, const std::vector<std::string>& frozen)
      : graph_(graph), analysis_(analysis), frozen_(frozen) {}

  Result<Plan> make() {
    if (!graph_.bodies.empty())
      return fail(ErrorCode::unsupported,
                  "a network with If, Loop or Scan is not run yet: export it by tracing, which "
                  "decides them");
    plan_.readers.assign(graph_.values.size(), 0);
    plan_.is_output.assign(graph_.values.size(), false);
    for (const ValueId out : graph_.outputs) plan_.is_output[at(out)] = true;
    choose_steps();
    RECKON_TRY(check_shapes());
    find_stored();
    for (const ValueId in : graph_.inputs) {
      Stored fed{.value = in, .fill = Fill::matrix};
      if (!is_float(analysis_.tensor(in).dtype)) point_into_table(fed);
      plan_.inputs.push_back(fed);
    }
    find_endings();
    return std::move(plan_);
  }

 private:
  OpContext context(NodeId id) const {
    return OpContext(graph_, graph_.nodes[at(id)], analysis_.shapes->tensors);
  }

  // Producers stand before their readers: one walk backwards finds what is needed.
  void choose_steps() {
    std::vector<bool> wanted(graph_.values.size(), false);
    for (const ValueId out : graph_.outputs) wanted[at(out)] = true;
    for (std::size_t n = graph_.nodes.size(); n-- > 0;) {
      const auto id = static_cast<NodeId>(n);
      const OpContext ctx = context(id);
      bool needed = false;
      for (int i = 0; i < ctx.n_outputs(); ++i)
        needed = needed || (ctx.has_output(i) && wanted[at(ctx.output_id(i))] &&
                            !is_stored(analysis_, ctx.output_id(i)) && !is_known(ctx.out(i)));
      if (!needed) continue;
      plan_.steps.push_back(id);
      for (int i = 0; i < ctx.n_inputs(); ++i) {
        if (!ctx.has_input(i) || !reads_elements(ctx, i)) continue;
        wanted[at(ctx.input_id(i))] = true;
        ++plan_.readers[at(ctx.input_id(i))];
      }
    }
    std::reverse(plan_.steps.begin(), plan_.steps.end());
  }

  Status check_shapes() const {
    for (const NodeId id : plan_.steps) {
      const OpContext ctx = context(id);
      for (int i = 0; i < ctx.n_outputs(); ++i)
        if (ctx.has_output(i) && !ctx.out(i).shape.is_static() &&
            (i == 0 || plan_.readers[at(ctx.output_id(i))] > 0))
          return fail(
              ErrorCode::unsupported,
              std::string(ctx.node().op_type) +
                  ": the shape of its result depends on data, so it cannot be run: export the "
                  "network without that layer",
              std::string(ctx.node().name));
    }
    return {};
  }

  // By its first reader; a vector that no normalisation reads is a shift.
  void find_stored() {
    std::vector<std::optional<Fill>> fill(graph_.values.size());
    std::vector<bool> trained(graph_.values.size(), false);
    for (const Node& node : graph_.nodes) {
      const auto inputs = graph_.inputs_of(node);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (inputs[i] == none) continue;
        const bool gives_name = node.op_type == "Identity";
        if (!gives_name && !fill[at(inputs[i])]) fill[at(inputs[i])] = fill_for(node, i);
        if (!is_frozen(node, frozen_)) trained[at(inputs[i])] = true;
      }
    }
    for (std::size_t v = 0; v < graph_.values.size(); ++v) {
      const auto id = static_cast<ValueId>(v);
      if (!is_stored(analysis_, id)) continue;
      const Tensor& tensor = analysis_.tensor(id);
      Stored stored{.value = id, .fill = fill[v].value_or(Fill::matrix)};
      stored.trained =
          trained[v] && analysis_.roles.of[v] == Role::parameter && is_float(tensor.dtype);
      if (stored.fill == Fill::matrix && tensor.shape.rank() <= 1) stored.fill = Fill::shift;
      if (!is_float(tensor.dtype)) point_into_table(stored);
      plan_.stored.push_back(stored);
    }
  }

  // Whole numbers that choose rows: the first Gather that they reach tells of how many.
  void point_into_table(Stored& stored) const {
    stored.fill = Fill::index;
    std::vector<bool> derived(graph_.values.size(), false);
    derived[at(stored.value)] = true;
    for (const Node& node : graph_.nodes) {
      const OpContext ctx(graph_, node, analysis_.shapes->tensors);
      const bool gathers = is_any(node.op_type, {"Gather", "GatherElements"});
      for (int i = 0; i < ctx.n_inputs(); ++i) {
        if (!ctx.has_input(i) || !derived[at(ctx.input_id(i))]) continue;
        if (gathers && i == 1) {
          const Shape& table = ctx.in(0).shape;
          const auto axis = normalize_axis(ctx.int_attr("axis", 0), table.rank());
          if (axis && table[*axis] > 0) stored.n_rows = table[*axis];
          return;
        }
        if (is_any(node.op_type,
                   {"Identity", "Reshape", "Cast", "Unsqueeze", "Squeeze", "Slice", "Flatten"}) &&
            i == 0 && ctx.has_output(0))
          derived[at(ctx.output_id(0))] = true;
      }
    }
  }

  void find_endings() {
    std::vector<Statement> program;
    for (const NodeId id : plan_.steps) {
      const OpContext ctx = context(id);
      Statement& statement = program.emplace_back();
      statement.module = ctx.node().module;
      for (int i = 0; i < ctx.n_outputs(); ++i)
        if (ctx.has_output(i)) statement.makes.push_back(ctx.output_id(i));
      for (int i = 0; i < ctx.n_inputs(); ++i)
        if (ctx.has_input(i) && reads_elements(ctx, i)) statement.reads.push_back(ctx.input_id(i));
    }
    plan_.dying = ending_values(program, graph_.values.size());
    for (auto& values : plan_.dying)
      std::erase_if(values, [&](ValueId value) { return plan_.is_output[at(value)]; });
  }

  const Graph& graph_;
  const Analysis& analysis_;
  const std::vector<std::string>& frozen_;
  Plan plan_;
};

}  // namespace

bool is_known(const Tensor& tensor) {
  if (!foldable(tensor.value)) return false;
  const Constant& c = *tensor.value;
  return std::none_of(c.ints.begin(), c.ints.end(),
                      [](std::int64_t x) { return x == Constant::unknown_element; }) &&
         std::none_of(c.floats.begin(), c.floats.end(), [](double x) { return x != x; });
}

bool is_unread_constant(const OpContext& ctx, int i) {
  if (is_known(ctx.in(i))) return false;
  constexpr int most_steps = 8;
  ValueId id = ctx.input_id(i);
  for (int steps = 0; steps < most_steps && id != none; ++steps) {
    const NodeId producer = ctx.graph().values[at(id)].producer;
    if (producer == none) return false;
    const Node& node = ctx.graph().nodes[at(producer)];
    if (node.op_type == "Constant") return true;
    const auto inputs = ctx.graph().inputs_of(node);
    id = inputs.empty() ? none : inputs[0];
  }
  return false;
}

bool reads_elements(const OpContext& ctx, int i) {
  const std::string_view op = ctx.node().op_type;
  if (is_any(op, {"Shape", "Size", "ConstantOfShape", "RandomNormalLike"})) return false;
  if (is_any(op, {"Reshape", "Expand", "Slice", "Pad", "Unsqueeze", "Squeeze", "Split", "Tile",
                  "Resize", "Upsample", "Dropout", "Trilu", "CumSum"}) ||
      op.starts_with("Reduce"))
    return i == 0;
  if (is_any(op, {"LSTM", "GRU", "RNN"})) return i == 0 || (i >= 5 && !is_unread_constant(ctx, i));
  if (is_any(op, {"Clip", "Pow"}) && i > 0) return !is_known(ctx.in(i));
  return true;
}

Result<Plan> make_plan(const Graph& graph, const Analysis& analysis,
                       const std::vector<std::string>& frozen) {
  return Planner(graph, analysis, frozen).make();
}

}  // namespace reckon
