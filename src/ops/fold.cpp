#include "ops/fold.h"

#include <cmath>
#include <limits>
#include <utility>

namespace reckon {
namespace {

constexpr std::int64_t unknown = Constant::unknown_element;

bool is_unsigned(DType type) {
  switch (type) {
    case DType::uint2:
    case DType::uint4:
    case DType::uint8:
    case DType::uint16:
    case DType::uint32:
    case DType::uint64:
      return true;
    default:
      return false;
  }
}

bool in_range(DType type, std::int64_t value) {
  if (value == unknown) return false;
  if (type == DType::boolean) return value == 0 || value == 1;
  const int width = bits(type);
  if (is_unsigned(type)) return value >= 0 && (width >= 64 || value < std::int64_t{1} << width);
  if (width >= 64) return true;
  const std::int64_t half = std::int64_t{1} << (width - 1);
  return value >= -half && value < half;
}

// Each operation of float32 rounds to float32. Computing it in double first is exact for
// + − × ÷ √: a double has more than twice the bits.
double rounded(DType type, double value) {
  if (type != DType::float32 || std::isnan(value)) return value;
  constexpr double largest = std::numeric_limits<float>::max();
  if (value > largest) return std::numeric_limits<double>::infinity();
  if (value < -largest) return -std::numeric_limits<double>::infinity();
  return static_cast<double>(static_cast<float>(value));
}

// Towards zero; unknown where an int64_t cannot hold it.
std::int64_t truncated(double value) {
  constexpr double limit = 9223372036854775808.0;  // 2^63
  if (!(value > -limit && value < limit)) return unknown;
  return static_cast<std::int64_t>(value);
}

bool inside(std::size_t size, std::int64_t i) {
  return i >= 0 && static_cast<std::uint64_t>(i) < size;
}

// Bounds the operands of an element-wise operation: their shapes broadcast, the result fits.
std::optional<Shape> result_shape(DType type, const Constant& a, const Constant& b) {
  const auto shape = broadcast(a.shape, b.shape);
  return shape && fits(type, *shape) ? shape : std::nullopt;
}

}  // namespace

bool has_elements(DType type) {
  if (type == DType::complex64 || type == DType::complex128) return false;
  return is_integer(type) || is_float(type);
}

bool fits(DType type, const Shape& shape) {
  if (!has_elements(type) || !shape.is_static()) return false;
  for (const Dim d : shape.dims())
    if (d == 0) return true;
  const Checked n = shape.elements();
  return n.ok() && n.value() <= Constant::max_elements;
}

bool foldable(const Constant* c) {
  if (c == nullptr || !fits(c->dtype, c->shape)) return false;
  const std::size_t n = is_float(c->dtype) ? c->floats.size() : c->ints.size();
  return c->shape.elements() == Checked(static_cast<std::int64_t>(n));
}

bool foldable(const OpContext& ctx, int input) {
  return foldable(ctx.in(input).value);
}

std::int64_t n_elements(const Constant& c) {
  return static_cast<std::int64_t>(is_float(c.dtype) ? c.floats.size() : c.ints.size());
}

Constant like(DType type, const Shape& shape) {
  Constant c;
  if (!fits(type, shape)) return c;
  c.dtype = type;
  c.shape = shape;
  const auto n = static_cast<std::size_t>(shape.elements().value_or(0));
  if (is_float(type))
    c.floats.assign(n, unknown_float);
  else
    c.ints.assign(n, unknown);
  return c;
}

std::int64_t int_at(const Constant& c, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (is_float(c.dtype)) return inside(c.floats.size(), i) ? truncated(c.floats[at]) : unknown;
  return inside(c.ints.size(), i) ? c.ints[at] : unknown;
}

double float_at(const Constant& c, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (is_float(c.dtype)) return inside(c.floats.size(), i) ? c.floats[at] : unknown_float;
  if (!inside(c.ints.size(), i) || c.ints[at] == unknown) return unknown_float;
  return static_cast<double>(c.ints[at]);
}

void set_int(Constant& c, std::int64_t i, std::int64_t value) {
  if (is_float(c.dtype)) {
    set_float(c, i, value == unknown ? unknown_float : static_cast<double>(value));
  } else if (inside(c.ints.size(), i)) {
    c.ints[static_cast<std::size_t>(i)] = in_range(c.dtype, value) ? value : unknown;
  }
}

void set_float(Constant& c, std::int64_t i, double value) {
  if (!is_float(c.dtype)) {
    set_int(c, i, truncated(value));
  } else if (inside(c.floats.size(), i)) {
    c.floats[static_cast<std::size_t>(i)] =
        std::isnan(value) ? unknown_float : rounded(c.dtype, value);
  }
}

void copy_element(const Constant& from, std::int64_t i, Constant& to, std::int64_t j) {
  if (from.dtype == to.dtype) {
    // What it holds is rounded, and within the range of its type.
    if (is_float(from.dtype) && inside(to.floats.size(), j))
      to.floats[static_cast<std::size_t>(j)] = float_at(from, i);
    else if (!is_float(from.dtype) && inside(to.ints.size(), j))
      to.ints[static_cast<std::size_t>(j)] = int_at(from, i);
  } else if (is_float(from.dtype)) {
    const double value = float_at(from, i);
    if (to.dtype == DType::boolean)
      set_int(to, j, std::isnan(value) ? unknown : value != 0.0 ? 1 : 0);
    else
      set_float(to, j, value);
  } else {
    const std::int64_t value = int_at(from, i);
    set_int(to, j, to.dtype == DType::boolean && value != unknown ? (value != 0 ? 1 : 0) : value);
  }
}

Constant cast(const Constant& from, DType type) {
  Constant out = like(type, from.shape);
  const std::int64_t n = n_elements(out);
  for (std::int64_t i = 0; i < n; ++i) copy_element(from, i, out, i);
  return out;
}

Constant reshaped(const Constant& from, const Shape& shape) {
  Constant out = from;
  out.shape = shape;
  return out;
}

std::int64_t broadcast_index(const Shape& from, const Shape& to, std::int64_t i) {
  if (from == to) return i;
  std::int64_t index = 0, stride = 1;
  for (int t = to.rank() - 1, f = from.rank() - 1; f >= 0; --t, --f) {
    if (from[f] != 1) index += i % to[t] * stride;
    stride *= from[f];
    i /= to[t];
  }
  return index;
}

// Calls one of the two for each element of `shape` that both operands, of one kind of number, know.
template <class Floats, class Ints>
void for_known_pairs(const Constant& a, const Constant& b, const Shape& shape, Floats floats,
                     Ints ints) {
  const std::int64_t n = shape.elements().value_or(0);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t ia = broadcast_index(a.shape, shape, i);
    const std::int64_t ib = broadcast_index(b.shape, shape, i);
    if (is_float(a.dtype)) {
      const double x = float_at(a, ia), y = float_at(b, ib);
      if (!std::isnan(x) && !std::isnan(y)) floats(i, x, y);
    } else {
      const std::int64_t x = int_at(a, ia), y = int_at(b, ib);
      if (x != unknown && y != unknown) ints(i, x, y);
    }
  }
}

std::optional<Constant> combine(const Constant& a, const Constant& b, const BinaryOp& op) {
  if (a.dtype != b.dtype) return std::nullopt;
  const auto shape = result_shape(a.dtype, a, b);
  if (!shape || (is_float(a.dtype) ? op.floats == nullptr : op.ints == nullptr))
    return std::nullopt;
  Constant out = like(a.dtype, *shape);
  for_known_pairs(
      a, b, *shape, [&](std::int64_t i, double x, double y) { set_float(out, i, op.floats(x, y)); },
      [&](std::int64_t i, std::int64_t x, std::int64_t y) { set_int(out, i, op.ints(x, y)); });
  return out;
}

void fold_unary(ShapeContext& ctx, UnaryOp op) {
  const Constant* x = ctx.in(0).value;
  if (!foldable(x) || (is_float(x->dtype) ? op.floats == nullptr : op.ints == nullptr)) return;
  Constant out = like(x->dtype, x->shape);
  const std::int64_t n = n_elements(out);
  for (std::int64_t i = 0; i < n; ++i) {
    if (is_float(x->dtype)) {
      if (const double v = float_at(*x, i); !std::isnan(v)) set_float(out, i, op.floats(v));
    } else if (const std::int64_t v = int_at(*x, i); v != unknown) {
      set_int(out, i, op.ints(v));
    }
  }
  ctx.set_value(0, std::move(out));
}

void fold_binary(ShapeContext& ctx, BinaryOp op) {
  if (!foldable(ctx, 0) || !foldable(ctx, 1)) return;
  if (auto out = combine(*ctx.in(0).value, *ctx.in(1).value, op)) ctx.set_value(0, *std::move(out));
}

void fold_variadic(ShapeContext& ctx, BinaryOp op) {
  // A list of inputs as long as a hostile file likes, each as large as a constant may be.
  constexpr int max_inputs = 64;
  if (ctx.n_inputs() == 0 || ctx.n_inputs() > max_inputs) return;
  for (int i = 0; i < ctx.n_inputs(); ++i)
    if (!foldable(ctx, i)) return;
  std::optional<Constant> out = *ctx.in(0).value;
  for (int i = 1; i < ctx.n_inputs() && out; ++i) out = combine(*out, *ctx.in(i).value, op);
  if (out) ctx.set_value(0, *std::move(out));
}

void fold_compare(ShapeContext& ctx, CompareOp op) {
  if (!foldable(ctx, 0) || !foldable(ctx, 1)) return;
  const Constant &a = *ctx.in(0).value, &b = *ctx.in(1).value;
  const auto shape = result_shape(DType::boolean, a, b);
  if (!shape || is_float(a.dtype) != is_float(b.dtype)) return;
  if (is_float(a.dtype) ? op.floats == nullptr : op.ints == nullptr) return;
  Constant out = like(DType::boolean, *shape);
  for_known_pairs(
      a, b, *shape, [&](std::int64_t i, double x, double y) { set_int(out, i, op.floats(x, y)); },
      [&](std::int64_t i, std::int64_t x, std::int64_t y) { set_int(out, i, op.ints(x, y)); });
  ctx.set_value(0, std::move(out));
}

}  // namespace reckon
