// Arithmetic element by element, comparisons, and reductions. A known scalar is a number of the
// program, as in Python.
#include "interpreter.h"

namespace reckon {
namespace {

using Unary = at::Tensor (*)(const at::Tensor&);
using Binary = at::Tensor (*)(const at::Tensor&, const at::Tensor&);

template <Unary f>
void unary(RunContext& c) {
  c.set(0, f(c.x(0)));
}
template <Binary f>
void binary(RunContext& c) {
  c.set(0, f(c.x(0), c.x(1)));
}
// Over any number of operands, from the left.
template <Binary f>
void variadic(RunContext& c) {
  at::Tensor y = c.x(0);
  for (int i = 1; i < c.n_inputs(); ++i) y = f(y, c.x(i));
  c.set(0, y);
}

void add(RunContext& c) {
  if (const auto n = c.number(1)) return c.set(0, at::add(c.x(0), *n));
  if (const auto n = c.number(0)) return c.set(0, at::add(c.x(1), *n));
  c.set(0, at::add(c.x(0), c.x(1)));
}
void sub(RunContext& c) {
  if (const auto n = c.number(1)) return c.set(0, at::sub(c.x(0), *n));
  if (const auto n = c.number(0)) return c.set(0, at::rsub(c.x(1), *n));
  c.set(0, at::sub(c.x(0), c.x(1)));
}
void mul(RunContext& c) {
  if (const auto n = c.number(1)) return c.set(0, at::mul(c.x(0), *n));
  if (const auto n = c.number(0)) return c.set(0, at::mul(c.x(1), *n));
  c.set(0, at::mul(c.x(0), c.x(1)));
}
// Whole numbers are divided towards zero.
void div(RunContext& c) {
  if (!is_float(c.in(0).dtype)) return c.set(0, at::div(c.x(0), c.x(1), "trunc"));
  if (const auto n = c.number(1)) return c.set(0, at::div(c.x(0), *n));
  c.set(0, at::div(c.x(0), c.x(1)));
}
void pow(RunContext& c) {
  if (const auto n = c.number(1)) return c.set(0, at::pow(c.x(0), *n));
  c.set(0, at::pow(c.x(0), c.x(1)));
}
void mod(RunContext& c) {
  c.set(0, c.int_attr("fmod", 0) != 0 ? at::fmod(c.x(0), c.x(1)) : at::remainder(c.x(0), c.x(1)));
}
void add_all(RunContext& c) {
  at::Tensor y = c.x(0);
  for (int i = 1; i < c.n_inputs(); ++i) y = y + c.x(i);
  c.set(0, y);
}
void mean_all(RunContext& c) {
  at::Tensor y = c.x(0);
  for (int i = 1; i < c.n_inputs(); ++i) y = y + c.x(i);
  c.set(0, y / c.n_inputs());
}
void where(RunContext& c) {
  c.set(0, at::where(c.x(0), c.x(1), c.x(2)));
}
void reciprocal(RunContext& c) {
  c.set(0, at::reciprocal(c.x(0)));
}

// All axes where none are given, unless noop_with_empty_axes.
struct Reduction {
  std::vector<std::int64_t> axes;
  bool keep = true, nothing = false;
};
Reduction reduction(RunContext& c) {
  Reduction r;
  const auto list = c.ints_from("axes", 1);
  if (!list.known) throw Refused("the axes of a reduction are not known");
  r.axes = list.values;
  r.keep = c.int_attr("keepdims", 1) != 0;
  r.nothing = r.axes.empty() && c.int_attr("noop_with_empty_axes", 0) != 0;
  if (r.axes.empty())
    for (int i = 0; i < c.in(0).shape.rank(); ++i) r.axes.push_back(i);
  return r;
}
template <at::Tensor (*f)(const at::Tensor&, const Reduction&)>
void reduce(RunContext& c) {
  const Reduction r = reduction(c);
  c.set(0, r.nothing ? c.x(0) : f(c.x(0), r));
}
at::Tensor mean_of(const at::Tensor& x, const Reduction& r) {
  return at::mean(x, r.axes, r.keep);
}
at::Tensor sum_of(const at::Tensor& x, const Reduction& r) {
  return at::sum(x, r.axes, r.keep);
}
at::Tensor max_of(const at::Tensor& x, const Reduction& r) {
  return at::amax(x, r.axes, r.keep);
}
at::Tensor min_of(const at::Tensor& x, const Reduction& r) {
  return at::amin(x, r.axes, r.keep);
}
at::Tensor l2_of(const at::Tensor& x, const Reduction& r) {
  return at::sqrt(at::sum(x * x, r.axes, r.keep));
}

void arg_max(RunContext& c) {
  c.set(0, at::argmax(c.x(0), c.int_attr("axis", 0), c.int_attr("keepdims", 1) != 0));
}

constexpr RunRow rows[] = {
    {"Add", add},
    {"Sub", sub},
    {"Mul", mul},
    {"Div", div},
    {"Pow", pow},
    {"Mod", mod},
    {"Sum", add_all},
    {"Mean", mean_all},
    {"Min", variadic<at::minimum>},
    {"Max", variadic<at::maximum>},
    {"Where", where},
    {"Reciprocal", reciprocal},
    {"Sqrt", unary<at::sqrt>},
    {"Exp", unary<at::exp>},
    {"Log", unary<at::log>},
    {"Erf", unary<at::erf>},
    {"Neg", unary<at::neg>},
    {"Abs", unary<at::abs>},
    {"Sign", unary<at::sign>},
    {"Floor", unary<at::floor>},
    {"Ceil", unary<at::ceil>},
    {"Round", unary<at::round>},
    {"Sin", unary<at::sin>},
    {"Cos", unary<at::cos>},
    {"Not", unary<at::logical_not>},
    {"And", binary<at::logical_and>},
    {"Or", binary<at::logical_or>},
    {"Equal", binary<at::eq>},
    {"Greater", binary<at::gt>},
    {"GreaterOrEqual", binary<at::ge>},
    {"Less", binary<at::lt>},
    {"LessOrEqual", binary<at::le>},
    {"ReduceMean", reduce<mean_of>},
    {"ReduceSum", reduce<sum_of>},
    {"ReduceMax", reduce<max_of>},
    {"ReduceMin", reduce<min_of>},
    {"ReduceL2", reduce<l2_of>},
    {"ArgMax", arg_max},
};

}  // namespace

std::span<const RunRow> elementwise_runs() {
  return rows;
}

}  // namespace reckon
