#include "ops/pointwise.h"

namespace reckon {

Term& times_all(Term& term, std::string_view name, std::span<const Dim> dims) {
  Checked n = 1;
  bool known = true;
  for (const Dim d : dims) {
    known = known && d >= 0;
    n *= d;
  }
  if (!known) return term.times(name, unknown_dim);
  if (n.ok()) return term.times(name, n.value());
  // Too large for one factor: the single dimensions keep the overflow visible.
  for (const Dim d : dims) term.times(name, d);
  return term;
}

Term& times_elements(Term& term, const Shape& shape, std::string_view name) {
  return shape.has_rank() ? times_all(term, name, shape.dims()) : term.times(name, unknown_dim);
}

std::int64_t element_bytes(DType dtype) {
  const int n = bits(dtype);
  return n == 0 ? unknown_dim : (n + 7) / 8;
}

Dim multiply(Dim a, Dim b) {
  if (a < 0 || b < 0) return unknown_dim;
  return (Checked(a) * Checked(b)).value_or(INT64_MAX);
}

Dim plus(Dim a, Dim b) {
  if (a < 0 || b < 0) return unknown_dim;
  return (Checked(a) + Checked(b)).value_or(INT64_MAX);
}

Dim divide(Dim a, Dim b) {
  return a < 0 || b < 1 ? unknown_dim : a / b;
}

bool broadcasts_into(const Shape& shape, const Shape& into) {
  if (!shape.has_rank() || !into.has_rank()) return true;
  if (shape.rank() > into.rank()) return false;
  const int skipped = into.rank() - shape.rank();
  for (int i = 0; i < shape.rank(); ++i)
    if (shape[i] != 1 && !may_equal(shape[i], into[i + skipped])) return false;
  return true;
}

Status same_as_input(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

}  // namespace reckon
