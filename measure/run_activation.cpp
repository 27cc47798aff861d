// Activation functions and dropout. Those that PyTorch's modules offer in place are run so where
// nobody else holds the operand; where the backward pass needs the operand itself, PyTorch would
// clone it first, which is as much memory as working out of place, so that is done.
#include <cmath>

#include "interpreter.h"

namespace reckon {
namespace {

void relu(RunContext& c) {
  c.set(0, c.may_overwrite(0) ? at::relu_(const_cast<at::Tensor&>(c.x(0))) : at::relu(c.x(0)));
}

void leaky_relu(RunContext& c) {
  const double slope = c.float_attr("alpha", 0.01);
  c.set(0, c.may_overwrite(0) ? at::leaky_relu_(const_cast<at::Tensor&>(c.x(0)), slope)
                              : at::leaky_relu(c.x(0), slope));
}

void elu(RunContext& c) {
  const double alpha = c.float_attr("alpha", 1.0);
  c.set(0, c.may_overwrite(0) ? at::elu_(const_cast<at::Tensor&>(c.x(0)), alpha)
                              : at::elu(c.x(0), alpha));
}

void selu(RunContext& c) {
  c.set(0, c.may_overwrite(0) ? at::selu_(const_cast<at::Tensor&>(c.x(0))) : at::selu(c.x(0)));
}

void celu(RunContext& c) {
  const double alpha = c.float_attr("alpha", 1.0);
  c.set(0, c.may_overwrite(0) ? at::celu_(const_cast<at::Tensor&>(c.x(0)), alpha)
                              : at::celu(c.x(0), alpha));
}

// A bound that is absent is none.
c10::optional<at::Scalar> bound(RunContext& c, std::string_view attr, int i) {
  if (c.has_attr(attr)) return at::Scalar(c.float_attr(attr, 0));
  if (const auto number = c.number(i)) return *number;
  if (c.has_input(i)) return c.x(i).item();
  return {};
}

void clip(RunContext& c) {
  const auto low = bound(c, "min", 1), high = bound(c, "max", 2);
  if (low && high && is_float(c.in(0).dtype))
    return c.set(0, c.may_overwrite_unless_kept(0)
                        ? at::hardtanh_(const_cast<at::Tensor&>(c.x(0)), *low, *high)
                        : at::hardtanh(c.x(0), *low, *high));
  c.set(0, at::clamp(c.x(0), low, high));
}

void gelu(RunContext& c) {
  c.set(0, at::gelu(c.x(0), c.string_attr("approximate", "none") == "tanh" ? "tanh" : "none"));
}

void swish(RunContext& c) {
  const double alpha = c.float_attr("alpha", 1.0);
  if (alpha != 1.0) return c.set(0, c.x(0) * at::sigmoid(c.x(0) * alpha));
  c.set(0, c.may_overwrite_unless_kept(0) ? at::silu_(const_cast<at::Tensor&>(c.x(0)))
                                          : at::silu(c.x(0)));
}

void mish(RunContext& c) {
  c.set(0, c.may_overwrite_unless_kept(0) ? at::mish_(const_cast<at::Tensor&>(c.x(0)))
                                          : at::mish(c.x(0)));
}

void hard_swish(RunContext& c) {
  c.set(0, c.may_overwrite_unless_kept(0) ? at::hardswish_(const_cast<at::Tensor&>(c.x(0)))
                                          : at::hardswish(c.x(0)));
}

// ONNX: max(0, min(1, alpha·x + beta)); PyTorch's has 1/6 and ½.
void hard_sigmoid(RunContext& c) {
  const double alpha = c.float_attr("alpha", 0.2), beta = c.float_attr("beta", 0.5);
  if (std::abs(alpha - 1.0 / 6) > 1e-6 || beta != 0.5)
    return c.set(0, at::clamp(c.x(0) * alpha + beta, 0, 1));
  c.set(0, c.may_overwrite_unless_kept(0) ? at::hardsigmoid_(const_cast<at::Tensor&>(c.x(0)))
                                          : at::hardsigmoid(c.x(0)));
}

void prelu(RunContext& c) {
  // One slope, or one per channel behind dimensions of size one.
  c.set(0, at::prelu(c.x(0), c.x(1).reshape({-1})));
}

void sigmoid(RunContext& c) {
  c.set(0, at::sigmoid(c.x(0)));
}
void tanh(RunContext& c) {
  c.set(0, at::tanh(c.x(0)));
}
void softplus(RunContext& c) {
  c.set(0, at::softplus(c.x(0)));
}
void softsign(RunContext& c) {
  c.set(0, c.x(0) / (at::abs(c.x(0)) + 1));
}
void softmax(RunContext& c) {
  c.set(0, at::softmax(c.x(0), c.int_attr("axis", -1)));
}
void log_softmax(RunContext& c) {
  c.set(0, at::log_softmax(c.x(0), c.int_attr("axis", -1)));
}

void dropout(RunContext& c) {
  double ratio = c.float_attr("ratio", 0.5);
  if (const auto given = c.number(1)) ratio = given->toDouble();
  c.set(0, c.drops() ? at::dropout(c.x(0), ratio, true) : c.x(0));
}

constexpr RunRow rows[] = {
    {"Relu", relu},
    {"LeakyRelu", leaky_relu},
    {"Elu", elu},
    {"Selu", selu},
    {"Celu", celu},
    {"Clip", clip},
    {"Gelu", gelu},
    {"Swish", swish},
    {"Mish", mish},
    {"HardSwish", hard_swish},
    {"HardSigmoid", hard_sigmoid},
    {"PRelu", prelu},
    {"Sigmoid", sigmoid},
    {"Tanh", tanh},
    {"Softplus", softplus},
    {"Softsign", softsign},
    {"Softmax", softmax},
    {"LogSoftmax", log_softmax},
    {"Dropout", dropout},
};

}  // namespace

std::span<const RunRow> activation_runs() {
  return rows;
}

}  // namespace reckon
