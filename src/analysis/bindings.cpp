#include "analysis/bindings.h"

#include <algorithm>

#include "base/text.h"

namespace reckon {
namespace {

// What a dimension of this name usually is, where the caller says nothing. A guess, and reported.
Dim usual_size(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto says = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (says("past") || says("cache")) return 0;
  if (says("batch") || lower == "n" || lower == "b") return 1;
  if (says("seq") || says("length") || says("token")) return 128;
  if (says("height") || says("width") || lower == "h" || lower == "w") return 224;
  return 1;
}

const Value* first_input_with_dims(const Graph& graph) {
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    if (value.declared.rank() > 0) return &value;
  }
  return nullptr;
}

Status set_dims(const Graph& graph, const Bindings& bindings, BoundDims& bound) {
  for (const auto& [name, size] : bindings.dims) {
    const auto at = std::find(graph.dim_names.begin(), graph.dim_names.end(), name);
    if (at == graph.dim_names.end()) {
      std::string known;
      for (const auto dim : graph.dim_names) known += (known.empty() ? "" : ", ") + printable(dim);
      return fail(ErrorCode::bad_argument,
                  "this model has no dimension or parameter " + quoted(name) +
                      did_you_mean(name, graph.dim_names) +
                      (known.empty() ? " (it has no free dimensions)" : " (it has: " + known + ")"),
                  "--set");
    }
    if (size < 0 || size > INT32_MAX)
      return fail(ErrorCode::bad_argument,
                  "a dimension is a number from 0 to 2147483647, not " + std::to_string(size),
                  "--set " + printable(name));
    bound.values[static_cast<std::size_t>(at - graph.dim_names.begin())] = size;
  }
  return {};
}

}  // namespace

Shape BoundDims::bind(const Shape& declared) const {
  Shape shape = declared;
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] <= -2) shape[i] = values[static_cast<std::size_t>(-2 - shape[i])];
  return shape;
}

Result<BoundDims> bind_dims(const Graph& graph, const Bindings& bindings) {
  BoundDims bound;
  constexpr Dim unset = -1;
  bound.values.assign(graph.dim_names.size(), unset);
  RECKON_TRY(set_dims(graph, bindings, bound));
  if (bindings.batch && (*bindings.batch < 1 || *bindings.batch > INT32_MAX))
    return fail(ErrorCode::bad_argument,
                "a batch is a number from 1 to 2147483647, not " + std::to_string(*bindings.batch),
                "--batch");

  const Value* input = first_input_with_dims(graph);
  const Dim first = input == nullptr ? unknown_dim : input->declared[0];
  if (first <= -2) {
    Dim& value = bound.values[static_cast<std::size_t>(-2 - first)];
    bound.batch_name = graph.dim_name(first);
    if (bindings.batch) value = *bindings.batch;
  } else if (first >= 0) {
    bound.batch = first;
    if (bindings.batch && *bindings.batch != first) {
      bound.batch = *bindings.batch;
      bound.replaces_batch = first;
      bound.assumptions.push_back("batch " + std::to_string(bound.batch) + " replaces the " +
                                  std::to_string(first) + " that the file fixes for its inputs");
    }
  } else if (bindings.batch && *bindings.batch != 1) {
    return fail(ErrorCode::bad_argument, "no input of this model has a batch dimension", "--batch");
  }
  for (std::size_t i = 0; i < bound.values.size(); ++i) {
    if (bound.values[i] != unset) continue;
    const std::string_view name = graph.dim_names[i];
    bound.values[i] = usual_size(name);
    // A batch of 1 is what a cost is usually quoted for and goes without saying.
    if (name == bound.batch_name && bound.values[i] == 1) continue;
    bound.assumptions.push_back("free dimension " + quoted(name) + " taken as " +
                                std::to_string(bound.values[i]) + " (--set " + printable(name) +
                                "=…)");
  }
  if (first <= -2) bound.batch = bound.values[static_cast<std::size_t>(-2 - first)];
  return bound;
}

}  // namespace reckon
