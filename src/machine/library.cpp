#include "machine/library.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/analyze.h"
#include "base/text.h"

namespace reckon {
namespace {

using Costs = LibTorchCosts;

constexpr std::array<std::string_view, 2> names = {"none", "libtorch"};

// Computed by a series or a division rather than by one instruction.
bool has_special_functions(std::string_view op) {
  constexpr std::string_view ops[] = {"Tanh", "Sigmoid",  "Exp",  "Log",     "Erf",  "Gelu",
                                      "Elu",  "Selu",     "Celu", "Softmax", "Mish", "LogSoftmax",
                                      "Pow",  "Softplus", "Sin",  "Cos"};
  return is_one_of(op, ops);
}

// Its backward pass hands the gradient on as it is.
bool hands_on(std::string_view op) {
  constexpr std::string_view ops[] = {"Add",    "Identity",  "Flatten",   "Reshape",
                                      "Expand", "Squeeze",   "Unsqueeze", "Dropout",
                                      "Sub",    "Transpose", "Concat",    "Slice"};
  return is_one_of(op, ops);
}

double fill_of_blocks(double channels) {
  return channels / (std::ceil(channels / Costs::block_channels) * Costs::block_channels);
}

// The share of a convolution's lanes that compute something.
double fill_of(const Layer& layer, const Work& forward) {
  const auto inputs = layer.graph->inputs_of(layer.op_node());
  if (inputs.empty() || inputs[0] == none || !(forward.columns > 0)) return 1;
  const Shape& x = layer.shapes->tensors[static_cast<std::size_t>(inputs[0])].shape;
  if (!x.is_static() || x.rank() < 3 || x[1] <= 0) return 1;
  const double in = static_cast<double>(x[1]) / forward.products;
  if (forward.products > 1 && in <= 1) return fill_of_blocks(forward.products);  // depthwise
  return fill_of_blocks(forward.columns) *
         (in <= Costs::most_plain_channels ? 1 : fill_of_blocks(in));
}

double call_s(const Layer& layer, double otherwise) {
  return layer.mac_kind == MacKind::conv      ? otherwise + Costs::convolution_call_s
         : layer.mac_kind == MacKind::nothing ? otherwise
                                              : otherwise + Costs::product_call_s;
}

// Operations in a row of a pooling layer, forward. `window_ops`: one for each element of a window.
double pooling_ops(std::string_view op, double written_bytes, double window_ops) {
  return Costs::window_ops * written_bytes / Costs::element_bytes +
         (op == "MaxPool" ? Costs::maximum_ops : 1) * window_ops;
}

void add_operands(const Layer& layer, const Work& forward, Work& work) {
  if (layer.mac_kind == MacKind::conv) {
    work.lane_fill = fill_of(layer, forward);
    work.weight_bytes *= 3;
    work.bytes *= 3;
  } else if (layer.mac_kind != MacKind::nothing) {
    work.bytes += work.bytes * 2 / 3;
    work.weight_bytes += work.weight_bytes;
    work.bytes = std::max(work.bytes, work.weight_bytes);
  }
}

}  // namespace

std::string_view to_string(Library library) {
  return names[static_cast<std::size_t>(library)];
}

Result<Library> find_library(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<Library>(i);
  const std::string guess = did_you_mean(name, names);
  return fail(
      ErrorCode::bad_argument,
      "there is no library " + quoted(name) + (guess.empty() ? "; none or libtorch" : guess),
      "--library");
}

void add_libtorch_forward(const Layer& layer, bool training, Work& work) {
  const double written_bytes = work.written_bytes;
  const std::string_view op = layer.op_node().op_type;
  add_operands(layer, work, work);
  if (op.ends_with("Pool") && !op.starts_with("Global")) {
    work.serial_ops = pooling_ops(op, written_bytes, work.other_ops);
    work.other_ops = 0;
  } else if (has_special_functions(op)) {
    work.serial_ops = Costs::special_ops * written_bytes / Costs::element_bytes;
  }
  double made_bytes = written_bytes;
  if (op == "MaxPool" && training) made_bytes *= 3;  // a place of 8 bytes beside each value
  if (op == "BatchNormalization" && training) work.bytes += 2 * written_bytes;
  work.bytes += made_bytes - written_bytes;
  work.written_bytes = made_bytes;
  const bool in_place = op == "Relu" || op == "Clip";
  if (!in_place && made_bytes > Costs::largest_kept_block_bytes) work.fresh_bytes = made_bytes;
  work.call_s = call_s(layer, Costs::forward_call_s) * static_cast<double>(work.kernels);
}

void add_libtorch_gradient(const Layer& layer, const Work& forward, double made_bytes, Work& work) {
  add_operands(layer, forward, work);
  if (made_bytes > Costs::largest_kept_block_bytes) work.fresh_bytes = made_bytes;
  work.call_s = call_s(layer, Costs::backward_call_s) * static_cast<double>(work.kernels);
}

void set_libtorch_backward(const Layer& layer, double read_bytes, double written_bytes,
                           Work& work) {
  const std::string_view op = layer.op_node().op_type;
  work.call_s = Costs::backward_call_s * static_cast<double>(work.kernels);
  if (hands_on(op)) {
    work.bytes = work.weight_bytes = work.written_bytes = 0;
    work.other_ops = 0;
    return;
  }
  work.bytes = read_bytes + 2 * written_bytes;  // the gradient, what was kept, the gradient made
  work.written_bytes = read_bytes;
  double kept_bytes = written_bytes;  // met again after all that was kept since
  if (op == "BatchNormalization") {
    work.bytes = 5 * written_bytes;
  } else if (op.ends_with("Pool") && !op.starts_with("Global")) {
    work.serial_ops = op == "MaxPool" ? Costs::maximum_ops * written_bytes / Costs::element_bytes
                                      : pooling_ops(op, written_bytes, work.other_ops);
    work.other_ops = 0;
    work.bytes = 2 * read_bytes + 3 * written_bytes;  // cleared first; places are read
    kept_bytes *= 2;
  } else if (has_special_functions(op)) {
    work.serial_ops = work.other_ops;
  }
  work.weight_bytes = std::min(work.bytes, work.weight_bytes + kept_bytes);
  if (read_bytes > Costs::largest_kept_block_bytes) work.fresh_bytes = read_bytes;
}

}  // namespace reckon
