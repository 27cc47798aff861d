#include "analysis/receptive_field.h"

#include <algorithm>

#include "analysis/receptive_step.h"
#include "ops/op.h"

namespace reckon {
namespace {

using Kind = ReceptiveField::Kind;
constexpr ReceptiveField nothing{.kind = Kind::nothing};

}  // namespace

bool ReceptiveField::is_whole() const {
  return kind == Kind::window &&
         std::ranges::all_of(std::span(along).first(static_cast<std::size_t>(rank)),
                             &SeenAlong::all);
}

Dim ReceptiveField::size(int i) const {
  const SeenAlong& a = along[static_cast<std::size_t>(i)];
  if (a.all) return a.input;
  return a.widest().value_or(unknown_dim);
}

ReceptiveFields receptive_fields(const Graph& graph, const Shapes& shapes) {
  constexpr std::int32_t is_unknown = 0, is_nothing = 1, is_input = 2;
  ReceptiveFields fields;
  std::vector<std::int32_t> of_values;  // index into fields.distinct
  for (const ValueId id : graph.inputs) {
    const Shape& shape = shapes.tensors[static_cast<std::size_t>(id)].shape;
    const int rank = shape.rank() - 2;
    if (rank < 1 || rank > ReceptiveField::max_rank) continue;
    ReceptiveField field{.kind = Kind::window, .rank = rank};
    for (int i = 0; i < rank; ++i) {
      SeenAlong& a = field.along[static_cast<std::size_t>(i)];
      a.axis = static_cast<std::int8_t>(rank - 1 - i);
      a.input = shape[i + 2];
    }
    fields.distinct = {ReceptiveField(), nothing, field};
    of_values.assign(graph.values.size(), is_nothing);
    of_values[static_cast<std::size_t>(id)] = is_input;
    fields.input = id;
    break;
  }
  if (of_values.empty()) return fields;
  std::size_t n_phases = 0;
  const auto keep = [&](const ReceptiveField& field) {
    constexpr std::size_t max_phases = std::size_t{1} << 20;  // of all fields together
    if (field.kind == Kind::unknown) return is_unknown;
    if (field.kind == Kind::nothing) return is_nothing;
    for (int i = 0; i < field.rank; ++i) {
      if (field.size(i) < 0) return is_unknown;
      n_phases += field.along[static_cast<std::size_t>(i)].more.size();
    }
    if (n_phases > max_phases) return is_unknown;
    fields.distinct.push_back(field);
    return static_cast<std::int32_t>(fields.distinct.size() - 1);
  };
  fields.of_node.reserve(graph.nodes.size());
  std::vector<const ReceptiveField*> operands;
  for (const Node& node : graph.nodes) {
    const auto inputs = graph.inputs_of(node);
    const auto of = [&](ValueId in) {
      return in == none ? is_nothing : of_values[static_cast<std::size_t>(in)];
    };
    std::int32_t at = is_nothing;
    const bool sees = std::ranges::any_of(inputs, [&](ValueId in) { return of(in) != is_nothing; });
    const bool blind =
        std::ranges::any_of(inputs, [&](ValueId in) { return of(in) == is_unknown; });
    if (node.op == nullptr || has(node.op->traits, Trait::control)) {
      at = is_unknown;
    } else if (node.op->nature.space == Space::nothing) {
      at = is_nothing;
    } else if (blind) {
      at = is_unknown;
    } else if (sees) {
      operands.clear();
      for (const ValueId in : inputs)
        operands.push_back(&fields.distinct[static_cast<std::size_t>(of(in))]);
      const OpContext ctx(graph, node, shapes.tensors);
      const ReceptiveField made = seen_through(ctx, operands);
      const auto same = std::ranges::find_if(operands, [&](auto* field) { return *field == made; });
      at = same == operands.end() ? keep(made)
                                  : of(inputs[static_cast<std::size_t>(same - operands.begin())]);
    }
    fields.of_node.push_back(at);
    for (const ValueId out : graph.outputs_of(node))
      if (out != none) of_values[static_cast<std::size_t>(out)] = at;
  }
  return fields;
}

}  // namespace reckon
