// Constant folding: what the fold rules of all families share.
//
// Exported networks compute shapes with operators (Shape → Gather → Concat → Reshape), so the
// elements of small tensors are carried along. An element may be unknown while its neighbours are
// known: in `ints` that is Constant::unknown_element, in `floats` it is NaN (a real NaN and an
// unknown number lead to the same answer: nobody can build a size from either). Whatever is
// computed from an unknown element is unknown; so are a division by zero and a result that leaves
// the range of its type.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "ops/context.h"

namespace reckon {

inline constexpr double unknown_float = std::numeric_limits<double>::quiet_NaN();

// Real, integer or boolean: what a Constant can hold the elements of.
bool has_elements(DType type);

// A tensor of this type and shape may become a Constant: static, at most max_elements.
bool fits(DType type, const Shape& shape);

// Present, of a type that has elements, and with exactly as many of them as its shape says.
bool foldable(const Constant* c);
bool foldable(const OpContext& ctx, int input);

// Number of elements. REQUIRES: foldable(&c).
std::int64_t n_elements(const Constant& c);

// Allocated for the shape, every element unknown. Where !fits(type, shape) the result is not
// foldable and has no elements.
Constant like(DType type, const Shape& shape);

// Elements by flat row-major index, from integers and floats alike. Beyond the end they read as
// unknown and writes do nothing. int_at() of a float truncates towards zero as Cast does.
std::int64_t int_at(const Constant& c, std::int64_t i);
double float_at(const Constant& c, std::int64_t i);
// The value becomes unknown where it is out of the range of c's type.
void set_int(Constant& c, std::int64_t i, std::int64_t value);
void set_float(Constant& c, std::int64_t i, double value);  // rounded to float32 where c is that
// Casts where the types differ.
void copy_element(const Constant& from, std::int64_t i, Constant& to, std::int64_t j);

// Every element cast to `type`, as ONNX Cast does.
Constant cast(const Constant& from, DType type);
// The same elements in another shape. REQUIRES: as many elements as before.
Constant reshaped(const Constant& from, const Shape& shape);

// Flat index into a tensor of shape `from` for the flat index i of the shape `to` that it is
// broadcast to. REQUIRES: both static, broadcastable, i within `to`.
std::int64_t broadcast_index(const Shape& from, const Shape& to, std::int64_t i);

// Element-wise evaluation. Operations never see an unknown element and may return one.
struct UnaryOp {
  std::int64_t (*ints)(std::int64_t) = nullptr;  // null: not defined for integers, does not fold
  double (*floats)(double) = nullptr;
};
struct BinaryOp {
  std::int64_t (*ints)(std::int64_t, std::int64_t) = nullptr;
  double (*floats)(double, double) = nullptr;
};
struct CompareOp {
  bool (*ints)(std::int64_t, std::int64_t) = nullptr;
  bool (*floats)(double, double) = nullptr;
};

// Evaluates with broadcasting; nullopt when the types differ or the result does not fit.
// REQUIRES: both foldable.
std::optional<Constant> combine(const Constant& a, const Constant& b, const BinaryOp& op);

// Set output 0 when every operand is foldable and the result fits.
void fold_unary(ShapeContext& ctx, UnaryOp op);
void fold_binary(ShapeContext& ctx, BinaryOp op);    // over inputs 0 and 1
void fold_variadic(ShapeContext& ctx, BinaryOp op);  // over all inputs, from the left
void fold_compare(ShapeContext& ctx, CompareOp op);  // boolean result

}  // namespace reckon
