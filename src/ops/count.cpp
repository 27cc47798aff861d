#include "ops/count.h"

namespace reckon {

Term& count_elements(Figure& figure, std::string_view label, const Shape& shape,
                     std::int64_t per_element) {
  Term& term = figure.add(label);
  if (per_element != 1) term.times("operations", per_element);
  if (!shape.is_static()) return term.times("elements", unknown_dim);
  if (const Checked n = shape.elements(); n.ok()) return term.times("elements", n.value());
  for (const Dim d : shape.dims()) term.times("dimension", d);
  return term;
}

Figure& operations(Cost& cost, DType type) {
  return is_float(type) || type == DType::unknown ? cost.flops : cost.int_ops;
}

void one_per_output(const OpContext& ctx, Cost& cost) {
  count_elements(operations(cost, ctx.in(0).dtype), {}, ctx.out(0).shape);
}

}  // namespace reckon
