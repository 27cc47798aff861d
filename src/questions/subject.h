// The subject of a page: a model and what the analysis found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"
#include "analysis/conventions.h"
#include "formats/model.h"

namespace reckon {

struct Subject {
  const Model& model;
  const Analysis& analysis;
  const ConventionReport* convention = nullptr;  // when one other than `pure` was asked for
};

// Which layers a table has.
enum class Rows : std::uint8_t { visible, all };

// A layer as every table shows it. A figure that nobody knows is absent; counts are for all of the
// layer's executions, so that a column adds up to its total.
struct LayerRow {
  const Layer* layer = nullptr;
  std::int64_t index = 0;  // 1 for the first visible layer; 0 for a layer that is not visible
  std::string name;
  std::string_view op, module;
  std::vector<Shape> input_shapes, output_shapes;
  std::optional<std::int64_t> params, buffers, macs, flops, int_ops, read_bytes, write_bytes,
      activations;
  const ReceptiveField* receptive_field = nullptr;  // null: it has none
};

LayerRow row_of(const Analysis& analysis, const Layer& layer, std::int64_t index);

// The layers of the table, in order.
template <class Visit>
void for_each_row(const Analysis& analysis, Rows which, Visit visit) {
  std::int64_t index = 0;
  for (const Layer& layer : analysis.layers) {
    if (layer.visible) ++index;
    if (layer.visible || which == Rows::all)
      visit(row_of(analysis, layer, layer.visible ? index : 0));
  }
}

// The name of a layer, safe to print; its operator where the file gives it no name.
std::string name_of(const Layer& layer);
// "1×96×54×54, 1×10".
std::string shapes_text(const std::vector<Shape>& shapes);
// "11×11" for a window; "all" for the whole input; "" where there is none.
std::string receptive_field_text(const ReceptiveField* field);

// An input or an output.
struct Port {
  std::string name;
  Tensor tensor;
  std::vector<std::string> declared;  // "N", "3", "?"
};
std::vector<Port> inputs_of(const Analysis& analysis);
std::vector<Port> outputs_of(const Analysis& analysis);

}  // namespace reckon
