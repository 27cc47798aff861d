#include "analysis/batch.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "graph/dim_expression.h"

namespace reckon {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

const Value& value_of(const Graph& graph, ValueId id) {
  return graph.values[static_cast<std::size_t>(id)];
}

std::string place_text(const Graph& graph, const DimPlace& place) {
  return "dimension " + std::to_string(place.axis) + " of input " +
         quoted(value_of(graph, place.input).name);
}

std::string node_text(const Graph& graph, NodeId id) {
  const Node& node = graph.nodes[static_cast<std::size_t>(id)];
  return printable(node.op_type) + " " + quoted(node.name);
}

// A dimension that follows from others is never the batch.
bool is_arithmetic(const Graph& graph, Dim dim) {
  const auto expression = parse_dim_expression(graph.dim_name(dim));
  return expression && (expression->surely || expression->names.empty());
}

std::vector<DimPlace> places_of(const Graph& graph, Dim dim) {
  std::vector<DimPlace> places;
  for (const ValueId id : graph.inputs) {
    const Shape& shape = value_of(graph, id).declared();
    for (int d = 0; d < shape.rank(); ++d)
      if (shape[d] == dim) places.push_back({id, d});
  }
  return places;
}

// A free dimension that is called a batch; a whole word before a letter.
std::optional<Dim> called_batch(const Graph& graph) {
  for (const bool letters : {false, true})
    for (std::size_t i = 0; i < graph.dim_names.size(); ++i) {
      const Dim dim = -2 - static_cast<Dim>(i);
      if (meaning_of(graph.dim_names[i]) == DimMeaning::batch &&
          (graph.dim_names[i].size() == 1) == letters && !is_arithmetic(graph, dim))
        return dim;
    }
  return std::nullopt;
}

// Where an input has its batch by its use, or by custom; -1 where it has none.
int batch_axis(const Graph& graph, std::size_t i, const InputUse& use) {
  const Shape& shape = value_of(graph, graph.inputs[i]).declared();
  int axis = -1;
  for (std::size_t d = 0; d < use.axes.size(); ++d)
    if (use.axes[d].use == DimUse::batch) axis = static_cast<int>(d);
  const bool by_custom =
      use.told_by == none && shape.rank() > 1 && use.axes[0].use == DimUse::unknown;
  if (by_custom) axis = 0;
  if (axis < 0 || shape[axis] > -2) return axis;
  const Dim dim = shape[axis];
  const DimMeaning meaning = meaning_of(graph.dim_name(dim));
  const bool free = meaning == DimMeaning::unknown || meaning == DimMeaning::batch;
  return free && !is_arithmetic(graph, dim) ? axis : -1;
}

// Why an input whose first operator is known has no batch.
std::string sample_text(const Graph& graph, std::size_t i, const InputUse& use) {
  const Value& input = value_of(graph, graph.inputs[i]);
  for (std::size_t d = 0; d < use.axes.size(); ++d)
    if (use.axes[d].use == DimUse::batch)
      return place_text(graph, {graph.inputs[i], static_cast<int>(d)}) + " is called " +
             quoted(graph.dim_name(input.declared()[static_cast<int>(d)]));
  return node_text(graph, use.told_by) + " takes input " + quoted(input.name) + " as one sample";
}

}  // namespace

DimMeaning meaning_of(std::string_view name) {
  const std::string lower = lower_case(name);
  const auto says = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (says("past") || says("cache")) return DimMeaning::past;
  const bool sequence = says("seq") || says("length") || says("token") || says("time") ||
                        says("frame") || says("step") || says("samples") || lower == "t" ||
                        lower == "l" || lower == "len";
  if (says("batch") && !sequence) return DimMeaning::batch;
  if (sequence) return DimMeaning::sequence;
  if (says("height") || says("width") || lower == "h" || lower == "w") return DimMeaning::image;
  constexpr std::string_view words[] = {"n", "b", "bs", "bsz", "bz", "nb", "mb"};
  if (std::find(std::begin(words), std::end(words), lower) != std::end(words))
    return DimMeaning::batch;
  return DimMeaning::unknown;
}

bool is_anonymous(std::string_view name) {
  return name.ends_with(']') || name.starts_with("unk_") ||
         name.find("dynamic_axes_") != std::string_view::npos;
}

Batch find_batch(const Graph& graph, const std::vector<InputUse>& uses) {
  Batch batch;
  std::size_t chosen = graph.inputs.size();
  if (const auto dim = called_batch(graph)) {
    batch.dim = *dim;
    batch.places = places_of(graph, *dim);
  } else {
    std::string sample;  // why an input has no batch
    for (const bool told : {true, false})
      for (std::size_t i = 0; i < graph.inputs.size() && chosen == graph.inputs.size(); ++i) {
        if (uses[i].axes.empty() || (uses[i].told_by != none) != told) continue;
        const int axis = batch_axis(graph, i, uses[i]);
        if (axis < 0 && told && sample.empty()) sample = sample_text(graph, i, uses[i]);
        if (axis < 0 || (!told && !sample.empty())) continue;
        chosen = i;
        const DimPlace place{graph.inputs[i], axis};
        batch.dim = value_of(graph, place.input).declared()[axis];
        batch.places = {place};
        if (batch.dim <= -2) batch.places = places_of(graph, batch.dim);
        if (i == 0 && axis == 0) continue;
        batch.why = place_text(graph, place) + " is the batch" +
                    (told ? " of " + node_text(graph, uses[i].told_by) : "");
      }
    if (chosen == graph.inputs.size()) {
      batch.why = sample.empty() ? "no input has a dimension for it" : sample;
      return batch;
    }
  }
  // The same dimension where it has no name, or is the same number.
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    if (i == chosen || uses[i].axes.empty()) continue;
    const int axis = batch_axis(graph, i, uses[i]);
    if (axis < 0) continue;
    const Dim dim = value_of(graph, graph.inputs[i]).declared()[axis];
    if (dim == batch.dim) {
      if (dim >= 0) batch.places.push_back({graph.inputs[i], axis});
    } else if (dim <= -2 && is_anonymous(graph.dim_name(dim)) &&
               (batch.dim >= 0 || chosen == graph.inputs.size() ||
                is_anonymous(graph.dim_name(batch.dim)))) {
      batch.same.push_back(dim);
    }
  }
  return batch;
}

}  // namespace reckon
