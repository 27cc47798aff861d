// What an operator does to a signal and to its gradient: one row an operator.
#pragma once

#include <span>

#include "learning/signal/walk.h"

namespace reckon::signal {

struct Rule {
  std::string_view op;  // of any domain, as ONNX or its exporters spell it
  // Sets the results. False where the operands are of a kind that the rule does not know.
  bool (*forward)(Walk&, const OpContext&);
  // Pushes the gradients of the operands and adds those of weights. Called where the result has a
  // gradient.
  void (*backward)(Walk&, const OpContext&);
};

// Null where nobody has written one.
const Rule* find_rule(std::string_view op);

std::span<const Rule> product_rules();     // convolutions, linear layers
std::span<const Rule> pointwise_rules();   // functions of one number
std::span<const Rule> arithmetic_rules();  // sums and products of values
std::span<const Rule> norm_rules();
std::span<const Rule> layout_rules();
std::span<const Rule> join_rules();
std::span<const Rule> pool_rules();
std::span<const Rule> attention_rules();
std::span<const Rule> recurrent_rules();

// --- Axes ---------------------------------------------------------------------------------------
// Those of the value reshaped; nullopt where a new axis would cut an old one in no whole pieces.
std::optional<std::vector<Axis>> reshaped(const std::vector<Axis>& axes, const Shape& to);
// How much of an axis runs along this.
double size_along(const Axis& axis, Along along);
double size_along(const std::vector<Axis>& axes, Along along);
Axis channel_axis(Dim size);
// A grid with so many positions in one group.
Grid grid_of(const std::vector<Axis>& axes);
// The same signal with its axes another way round; groups and parts are joined where their order is
// lost.
Signal relaid(const Signal& x, std::vector<Axis> axes);

}  // namespace reckon::signal
