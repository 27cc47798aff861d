#include "machine/layer_tiles.h"

#include <algorithm>
#include <cmath>

#include "analysis/node_cost.h"
#include "graph/attributes.h"

namespace reckon {
namespace {

double number(Checked n) {
  return static_cast<double>(n.value_or(0));
}

}  // namespace

void set_tiles(const Layer& layer, Work& work) {
  if (layer.mac_kind == MacKind::nothing) return;
  const Node& node = layer.op_node();
  const auto outputs = layer.graph->outputs_of(node);
  const auto inputs = layer.graph->inputs_of(node);
  if (outputs.empty() || outputs[0] == none || inputs.size() < 2) return;
  const auto shape_of = [&](ValueId id) -> const Shape& {
    return layer.shapes->tensors[static_cast<std::size_t>(id)].shape;
  };
  const Shape& y = shape_of(outputs[0]);
  if (!y.is_static() || y.rank() < 1) return;
  const double elements = number(y.elements());
  if (layer.mac_kind == MacKind::conv && y.rank() >= 3) {
    work.products =
        static_cast<double>(std::max<std::int64_t>(1, int_attr(*layer.graph, node, "group", 1)));
    work.columns = static_cast<double>(y[1]) / work.products;
    work.rows = y[1] > 0 ? elements / static_cast<double>(y[1]) : 0;
    constexpr double least_columns = 8;  // that are computed in tiles
    if (work.products > 1 && work.columns < least_columns) work.rows = 0;
    return;
  }
  work.columns = static_cast<double>(y[y.rank() - 1]);
  if (layer.mac_kind == MacKind::matmul && y.rank() > 2 && inputs[1] != none &&
      shape_of(inputs[1]).rank() > 2) {
    work.rows = static_cast<double>(y[y.rank() - 2]);
    work.batched = true;
    work.products = work.rows * work.columns > 0 ? elements / (work.rows * work.columns) : 0;
  } else {
    work.rows = work.columns > 0 ? elements / work.columns : 0;
  }
}

void set_gradient_tiles(const Layer& layer, const Work& forward, bool of_weights, Work& work) {
  if (!(forward.sum > 0)) return;
  const double sum = forward.sum;
  work.products = forward.products;
  work.batched = forward.batched;
  work.sum = of_weights ? forward.rows : forward.columns;
  if (of_weights) {
    work.rows = sum, work.columns = forward.columns;
    work.splits = std::max(1.0, std::floor(forward.rows / least_split));
    return;
  }
  const bool both = work.product_ops > forward.product_ops;
  work.rows = forward.rows + (both ? forward.columns : 0), work.columns = sum;
  if (layer.mac_kind != MacKind::conv) return;
  const Shape& in = context_of(layer).in(0).shape;
  if (!in.is_static() || in.rank() < 3 || in[1] <= 0) return;
  work.rows = number(in.elements()) / static_cast<double>(in[1]);
  work.columns = static_cast<double>(in[1]) / forward.products;
}

}  // namespace reckon
