#include "formats/net/evaluate.h"

#include <algorithm>

#include "base/checked.h"
#include "base/text.h"

namespace reckon::net {
namespace {

using language::Op;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// Channels rounded as the MobileNet papers' code rounds them: to the nearest multiple, but never by
// more than a tenth downwards.
Checked make_divisible(std::int64_t value, std::int64_t divisor) {
  const Checked half = Checked(value) + divisor / 2;
  if (!half.ok()) return half;
  const std::int64_t rounded = std::max(divisor, half.value() / divisor * divisor);
  const Checked nine_tenths = Checked(value) * 9, ten = Checked(rounded) * 10;
  if (!nine_tenths.ok()) return nine_tenths;
  if (!ten.ok()) return ten;
  return ten.value() < nine_tenths.value() ? Checked(rounded) + divisor : Checked(rounded);
}

std::unexpected<Error> error(const Expr& expr, ErrorCode code, std::string message) {
  return fail(code, std::move(message), expr.place.text());
}

Result<std::int64_t> checked(const Expr& expr, Checked result) {
  if (result.ok()) return result.value();
  return error(expr, ErrorCode::overflow, "the result is beyond 64 bits");
}

Result<std::int64_t> variable(const Variables& variables, const Expr& expr) {
  if (const std::int64_t* found = variables.find(expr.text)) return *found;
  const auto known = variables.bindings.names(variables.frame, variables.n_globals);
  return error(
      expr, ErrorCode::not_found,
      "there is no parameter or variable " + quoted(expr.text) + did_you_mean(expr.text, known));
}

// Operators and functions that divide, of which none divides by zero.
Result<std::int64_t> divided(const Expr& expr, std::int64_t a, std::int64_t b) {
  if (b == 0) return error(expr, ErrorCode::bad_argument, "division by zero");
  if (b == -1 && a == INT64_MIN) return checked(expr, Checked(0) - a);
  if (expr.op == Op::modulo && expr.kind == ExprKind::binary)
    return checked(expr, Checked(a) - Checked(floor_div(a, b)) * b);
  if (expr.kind == ExprKind::binary) return floor_div(a, b);
  if (expr.text == "ceil_div")
    return checked(expr, Checked(floor_div(a, b)) + (a % b != 0 ? 1 : 0));
  if (b < 0) return error(expr, ErrorCode::bad_argument, "the divisor is negative");
  return checked(expr, make_divisible(a, b));
}

Result<std::int64_t> apply(const Expr& expr, std::int64_t a, std::int64_t b) {
  switch (expr.op) {
    case Op::add:
      return checked(expr, Checked(a) + b);
    case Op::subtract:
      return checked(expr, Checked(a) - b);
    case Op::multiply:
      return checked(expr, Checked(a) * b);
    case Op::divide:
    case Op::modulo:
      return divided(expr, a, b);
    case Op::equal:
      return a == b;
    case Op::differ:
      return a != b;
    case Op::less:
      return a < b;
    case Op::at_most:
      return a <= b;
    case Op::more:
      return a > b;
    case Op::at_least:
      return a >= b;
    case Op::both:
    case Op::either:
      return b != 0;
    case Op::invert:
    case Op::negate:
    case Op::power:
      break;
  }
  return error(expr, ErrorCode::internal, "an operator without a meaning");
}

}  // namespace

Result<std::int64_t> evaluate(const Variables& variables, const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::number:
      if (expr.whole) return *expr.whole;
      return error(expr, ErrorCode::bad_argument, "expected a whole number, not one with a point");
    case ExprKind::boolean:
      return expr.number != 0;
    case ExprKind::name:
      return variable(variables, expr);
    case ExprKind::unary: {
      RECKON_ASSIGN(const std::int64_t a, evaluate(variables, expr.args[0]));
      if (expr.op == Op::invert) return a == 0;
      return checked(expr, Checked(0) - a);
    }
    case ExprKind::binary: {
      RECKON_ASSIGN(const std::int64_t a, evaluate(variables, expr.args[0]));
      if (expr.op == Op::both && a == 0) return 0;
      if (expr.op == Op::either && a != 0) return 1;
      RECKON_ASSIGN(const std::int64_t b, evaluate(variables, expr.args[1]));
      return apply(expr, a, b);
    }
    case ExprKind::call: {
      RECKON_ASSIGN(const std::int64_t a, evaluate(variables, expr.args[0]));
      RECKON_ASSIGN(const std::int64_t b, evaluate(variables, expr.args[1]));
      if (expr.text == "min") return std::min(a, b);
      if (expr.text == "max") return std::max(a, b);
      return divided(expr, a, b);
    }
    default:
      return error(expr, ErrorCode::internal, "an expression without a meaning");
  }
}

Result<double> evaluate_real(const Variables& variables, const Expr& expr) {
  const bool is_negated = expr.kind == ExprKind::unary && expr.op == Op::negate;
  const Expr& number = is_negated ? expr.args[0] : expr;
  if (number.kind == ExprKind::number) return is_negated ? -number.number : number.number;
  RECKON_ASSIGN(const std::int64_t value, evaluate(variables, expr));
  return static_cast<double>(value);
}

}  // namespace reckon::net
