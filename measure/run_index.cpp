// Operators that choose elements, and those that make them out of nothing.
#include "interpreter.h"
#include "ops/fold.h"

namespace reckon {
namespace {

void gather(RunContext& c) {
  const int rank = c.in(0).shape.rank();
  const auto axis = normalize_axis(c.int_attr("axis", 0), rank);
  if (!axis) throw Refused("an axis that the input does not have");
  if (c.in(1).shape.rank() == 0) {
    if (const auto one = c.number(1))  // a view without that dimension
      return c.set(0, at::select(c.x(0), *axis, one->toLong()));
    return c.set(0, at::select(c.x(0), *axis, c.x(1).item<std::int64_t>()));
  }
  const at::Tensor& index = c.x(1);
  if (*axis == 0 && rank == 2 && c.in(1).shape.rank() >= 2)
    return c.set(0, at::embedding(c.x(0), index));
  if (*axis == 0) return c.set(0, at::index(c.x(0), {c10::optional<at::Tensor>(index)}));
  const at::Tensor chosen = at::index_select(c.x(0), *axis, index.reshape({-1}));
  c.set(0, chosen.reshape(c.sizes_of_output()));
}

void gather_elements(RunContext& c) {
  c.set(0, at::gather(c.x(0), c.int_attr("axis", 0), c.x(1)));
}

// indices[..., k] point to parts of the first k dimensions.
void scatter_nd(RunContext& c) {
  if (c.string_attr("reduction", "none") != "none")
    throw Refused("ScatterND with a reduction is not run");
  at::Tensor y = c.x(0).clone();
  c10::List<c10::optional<at::Tensor>> at_which;
  for (const at::Tensor& one : at::unbind(c.x(1), -1)) at_which.push_back(one);
  c.set(0, y.index_put_(at_which, c.x(2)));
}

void range(RunContext& c) {
  const auto from = c.const_float(0), to = c.const_float(1), by = c.const_float(2);
  if (!from || !to || !by) throw Refused("a Range that depends on data is not run");
  c.set(0, at::arange(*from, *to, *by, c.options(c.out(0).dtype)));
}

// Zero of FP32 unless it says otherwise.
void constant_of_shape(RunContext& c) {
  const Constant* const value = c.tensor_attr("value");
  const double number = foldable(value) ? float_at(*value, 0) : 0;
  c.set(0, at::full(c.sizes_of_output(), number, c.options(c.out(0).dtype)));
}

void constant(RunContext&) {
  throw Refused("a large constant whose elements are not read is not run");
}

void triangle(RunContext& c) {
  std::int64_t k = 0;
  if (c.has_input(1)) {
    const auto given = c.const_int(1);
    if (!given) throw Refused("the diagonal of Trilu is not known");
    k = *given;
  }
  c.set(0, c.int_attr("upper", 1) != 0 ? at::triu(c.x(0), k) : at::tril(c.x(0), k));
}

constexpr RunRow rows[] = {
    {"Gather", gather},  {"GatherElements", gather_elements},    {"ScatterND", scatter_nd},
    {"Range", range},    {"ConstantOfShape", constant_of_shape}, {"Constant", constant},
    {"Trilu", triangle},
};

}  // namespace

std::span<const RunRow> index_runs() {
  return rows;
}

}  // namespace reckon
