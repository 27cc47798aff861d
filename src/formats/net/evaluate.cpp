#include "formats/net/evaluate.h"

#include "base/checked.h"
#include "base/text.h"
#include "formats/net/lexer.h"

namespace reckon::net {
namespace {

const Expr& at(const Program& program, std::int32_t expr) {
  return program.exprs[static_cast<std::size_t>(expr)];
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// As the MobileNet papers' code rounds channels: to the nearest multiple, but never by more than a
// tenth downwards.
Checked make_divisible(std::int64_t value, std::int64_t divisor) {
  const Checked half = Checked(value) + divisor / 2;
  if (!half.ok()) return half;
  const std::int64_t rounded = std::max(divisor, half.value() / divisor * divisor);
  const Checked nine_tenths = Checked(value) * 9, ten = Checked(rounded) * 10;
  if (!nine_tenths.ok()) return nine_tenths;
  if (!ten.ok()) return ten;
  return ten.value() < nine_tenths.value() ? Checked(rounded) + divisor : Checked(rounded);
}

class Evaluation {
 public:
  Evaluation(const Program& program, const Variables& variables)
      : program_(program), variables_(variables) {}

  Result<std::int64_t> value(std::int32_t index) const {
    const Expr& expr = at(program_, index);
    switch (expr.kind) {
      case Expr::Kind::number:
        return expr.number;
      case Expr::Kind::real:
        return error(expr, ErrorCode::bad_argument,
                     "expected a whole number, not one with a point");
      case Expr::Kind::name:
        return variable(expr);
      case Expr::Kind::negate: {
        RECKON_ASSIGN(const std::int64_t a, value(expr.a));
        return checked(expr, Checked(0) - a);
      }
      case Expr::Kind::invert: {
        RECKON_ASSIGN(const std::int64_t a, value(expr.a));
        return a == 0 ? 1 : 0;
      }
      case Expr::Kind::binary:
      case Expr::Kind::call:
        break;
    }
    RECKON_ASSIGN(const std::int64_t a, value(expr.a));
    if (expr.op == Expr::Op::both && a == 0) return 0;
    if (expr.op == Expr::Op::either && a != 0) return 1;
    RECKON_ASSIGN(const std::int64_t b, value(expr.b));
    return apply(expr, a, b);
  }

 private:
  Result<std::int64_t> variable(const Expr& expr) const {
    if (const std::int64_t* found = variables_.find(expr.name)) return *found;
    const auto known = variables_.bindings.names(variables_.frame, variables_.n_globals);
    const std::string guess = did_you_mean(expr.name, known);
    return error(expr, ErrorCode::not_found,
                 "there is no parameter or variable " + quoted(expr.name) + guess);
  }

  Result<std::int64_t> apply(const Expr& expr, std::int64_t a, std::int64_t b) const {
    using enum Expr::Op;
    const bool divides =
        expr.op == divide || expr.op == modulo || expr.op == ceil_div || expr.op == make_divisible;
    if (divides && b == 0) return error(expr, ErrorCode::bad_argument, "division by zero");
    if (divides && b == -1 && a == INT64_MIN) return checked(expr, Checked(0) - a);
    switch (expr.op) {
      case add:
        return checked(expr, Checked(a) + b);
      case subtract:
        return checked(expr, Checked(a) - b);
      case multiply:
        return checked(expr, Checked(a) * b);
      case divide:
        return floor_div(a, b);
      case modulo:
        return checked(expr, Checked(a) - Checked(floor_div(a, b)) * b);
      case ceil_div:
        return checked(expr, Checked(floor_div(a, b)) + (a % b != 0 ? 1 : 0));
      case reckon::net::Expr::Op::make_divisible:
        if (b < 0) return error(expr, ErrorCode::bad_argument, "the divisor is negative");
        return checked(expr, net::make_divisible(a, b));
      case min:
        return std::min(a, b);
      case max:
        return std::max(a, b);
      case equal:
        return a == b;
      case differ:
        return a != b;
      case less:
        return a < b;
      case at_most:
        return a <= b;
      case more:
        return a > b;
      case at_least:
        return a >= b;
      case both:
      case either:
        return b != 0;
    }
    return error(expr, ErrorCode::internal, "an operator without a meaning");
  }

  Result<std::int64_t> checked(const Expr& expr, Checked result) const {
    if (result.ok()) return result.value();
    return error(expr, ErrorCode::overflow, "the result is beyond 64 bits");
  }

  std::unexpected<Error> error(const Expr& expr, ErrorCode code, std::string message) const {
    return fail(code, std::move(message), to_string(program_.name, expr.place));
  }

  const Program& program_;
  const Variables& variables_;
};

}  // namespace

Result<std::int64_t> evaluate(const Program& program, const Variables& variables,
                              std::int32_t expr) {
  return Evaluation(program, variables).value(expr);
}

Result<double> evaluate_real(const Program& program, const Variables& variables,
                             std::int32_t expr) {
  const Expr& e = at(program, expr);
  if (e.kind == Expr::Kind::real) return e.real;
  if (e.kind == Expr::Kind::negate && at(program, e.a).kind == Expr::Kind::real)
    return -at(program, e.a).real;
  RECKON_ASSIGN(const std::int64_t value, evaluate(program, variables, expr));
  return static_cast<double>(value);
}

}  // namespace reckon::net
