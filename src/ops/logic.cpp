// Comparison, boolean and bitwise logic, and Where. Comparing floating-point numbers is a
// floating-point operation; the rest is integer work.
#include "ops/count.h"
#include "ops/families.h"
#include "ops/fold.h"

namespace reckon {
namespace {

using Int = std::int64_t;
constexpr Int unknown = Constant::unknown_element;

Result<Shape> common_shape(const ShapeContext& ctx, const Shape& a, const Shape& b) {
  if (const auto both = broadcast(a, b)) return *both;
  return ctx.mismatch(to_string(a) + " and " + to_string(b) + " cannot be broadcast to one shape");
}

Status compare_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, common_shape(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, DType::boolean, y);
  return {};
}

Status bitwise_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape y, common_shape(ctx, ctx.in(0).shape, ctx.in(1).shape));
  ctx.set_out(0, ctx.in(0).dtype, y);
  return {};
}

Status not_shape(ShapeContext& ctx) {
  ctx.set_out(0, ctx.in(0).dtype, ctx.in(0).shape);
  return {};
}

// c[*C] a[*A] b[*B] -> y[broadcast of all three]
Status where_shape(ShapeContext& ctx) {
  RECKON_ASSIGN(const Shape branches, common_shape(ctx, ctx.in(1).shape, ctx.in(2).shape));
  RECKON_ASSIGN(const Shape y, common_shape(ctx, ctx.in(0).shape, branches));
  const DType type = ctx.in(1).dtype;
  ctx.set_out(0, type == DType::unknown ? ctx.in(2).dtype : type, y);
  return {};
}

// The gradient goes where the condition says.
void where_saved(const OpContext& ctx, Saved& saved) {
  if (!is_integer(ctx.out(0).dtype)) saved.inputs = 0b001;
}

constexpr CompareOp equal{[](Int a, Int b) { return a == b; },
                          [](double a, double b) { return !(a < b) && !(a > b); }};
constexpr CompareOp less{[](Int a, Int b) { return a < b; },
                         [](double a, double b) { return a < b; }};
constexpr CompareOp greater{[](Int a, Int b) { return a > b; },
                            [](double a, double b) { return a > b; }};
constexpr CompareOp less_or_equal{[](Int a, Int b) { return a <= b; },
                                  [](double a, double b) { return a <= b; }};
constexpr CompareOp greater_or_equal{[](Int a, Int b) { return a >= b; },
                                     [](double a, double b) { return a >= b; }};
// On booleans, which are 0 and 1, the bitwise operations are the logical ones.
constexpr BinaryOp both{[](Int a, Int b) { return a & b; }, nullptr};
constexpr BinaryOp either{[](Int a, Int b) { return a | b; }, nullptr};
constexpr BinaryOp one_of{[](Int a, Int b) { return a ^ b; }, nullptr};
constexpr UnaryOp inverted{[](Int v) { return ~v; }, nullptr};
constexpr UnaryOp logical_not{[](Int v) { return Int{v == 0}; }, nullptr};

template <const CompareOp& op>
void fold_comparison(ShapeContext& ctx) {
  fold_compare(ctx, op);
}
template <const BinaryOp& op>
void fold(ShapeContext& ctx) {
  fold_binary(ctx, op);
}
void fold_not(ShapeContext& ctx) {
  fold_unary(ctx, logical_not);
}
void fold_bitwise_not(ShapeContext& ctx) {
  fold_unary(ctx, inverted);
}

// An unknown condition leaves an element unknown even where both branches agree: that is rare,
// and nothing that is exported needs it.
void fold_where(ShapeContext& ctx) {
  for (int i = 0; i < 3; ++i)
    if (!foldable(ctx, i)) return;
  const Constant &c = *ctx.in(0).value, &a = *ctx.in(1).value, &b = *ctx.in(2).value;
  const auto branches = broadcast(a.shape, b.shape);
  const auto shape = branches ? broadcast(c.shape, *branches) : std::nullopt;
  if (!shape || !fits(a.dtype, *shape)) return;
  Constant y = like(a.dtype, *shape);
  const Int n = n_elements(y);
  for (Int i = 0; i < n; ++i) {
    const Int condition = int_at(c, broadcast_index(c.shape, *shape, i));
    if (condition == unknown) continue;
    const Constant& from = condition != 0 ? a : b;
    copy_element(from, broadcast_index(from.shape, *shape, i), y, i);
  }
  ctx.set_value(0, std::move(y));
}

constexpr OpDef row(std::string_view name, std::string_view signature, ShapeFn shape,
                    FoldFn fold_fn) {
  return {.name = name,
          .signature = signature,
          .nature = {OpKind::comparison, Space::pointwise, Functions::simple},
          .shape = shape,
          .cost = one_per_output,
          .fold = fold_fn};
}
constexpr OpDef compare(std::string_view name, FoldFn fold_fn) {
  return row(name, "a:mask[*A] b:mask[*B] -> y[*Y]", compare_shape, fold_fn);
}
constexpr OpDef bitwise(std::string_view name, FoldFn fold_fn) {
  return row(name, "a:mask[*A] b:mask[*B] -> y[*Y]", bitwise_shape, fold_fn);
}
constexpr OpDef inversion(std::string_view name, FoldFn fold_fn) {
  return row(name, "x:mask[*X] -> y[*X]", not_shape, fold_fn);
}

constexpr OpDef rows[] = {
    compare("Equal", fold_comparison<equal>),
    compare("Less", fold_comparison<less>),
    compare("Greater", fold_comparison<greater>),
    compare("LessOrEqual", fold_comparison<less_or_equal>),
    compare("GreaterOrEqual", fold_comparison<greater_or_equal>),
    compare("And", fold<both>),
    compare("Or", fold<either>),
    compare("Xor", fold<one_of>),
    inversion("Not", fold_not),
    bitwise("BitwiseAnd", fold<both>),
    bitwise("BitwiseOr", fold<either>),
    bitwise("BitwiseXor", fold<one_of>),
    inversion("BitwiseNot", fold_bitwise_not),
    {.name = "Where",
     .signature = "condition:mask[*C] a[*A] b[*B] -> y[*Y]",
     .nature = {OpKind::comparison, Space::pointwise},
     .shape = where_shape,
     .saved = where_saved,
     .fold = fold_where},
};

}  // namespace

constinit const std::span<const OpDef> logic_ops(rows);

}  // namespace reckon
