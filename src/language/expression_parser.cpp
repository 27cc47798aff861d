#include "language/expression_parser.h"

#include <algorithm>

#include "base/text.h"

namespace reckon::language {
namespace {

constexpr int comparison_level = 2, unary_level = 5, other_level = 6;

struct Operator {
  std::string_view sign;
  int level;  // of those that stand between two operands
  Op op;
};

constexpr Operator operators[] = {
    {"or", 0, Op::either},
    {"and", 1, Op::both},
    {"==", 2, Op::equal},
    {"!=", 2, Op::differ},
    {"<=", 2, Op::at_most},
    {">=", 2, Op::at_least},
    {"<", 2, Op::less},
    {">", 2, Op::more},
    {"+", 3, Op::add},
    {"-", 3, Op::subtract},
    {"*", 4, Op::multiply},
    {"/", 4, Op::divide},
    {"%", 4, Op::modulo},
    {"-", other_level, Op::negate},
    {"not", other_level, Op::invert},
    {"^", other_level, Op::power},
};

}  // namespace

// --- Tokens ---------------------------------------------------------------------------------

std::unexpected<Error> ExpressionParser::wrong(std::string message, ErrorCode code) {
  if (peek().kind == TokenKind::wrong) return std::unexpected<Error>(tokens_.error());
  return fail(code, std::move(message), peek().place.text());
}

std::unexpected<Error> ExpressionParser::unexpected() {
  if (peek().kind == TokenKind::end) return wrong("the expression ends too early");
  return wrong("did not expect " + described(peek()) + " here");
}

std::unexpected<Error> ExpressionParser::expected(std::string_view what) {
  if (dialect_.has_data) return wrong("expected " + std::string(what) + " here");
  return wrong("expected " + std::string(what) + ", found " + described(peek()));
}

bool ExpressionParser::accept(std::string_view sign) {
  if (!peek().is(sign)) return false;
  next();
  return true;
}

Status ExpressionParser::expect(std::string_view sign, std::string_view why) {
  if (accept(sign)) return {};
  const std::string what = "'" + std::string(sign) + "'";
  return expected(dialect_.has_data ? what : what + " " + std::string(why));
}

Result<const Token*> ExpressionParser::token() {
  if (peek().kind == TokenKind::wrong) return wrong({});
  return &peek();
}

// --- Expressions, by rising precedence --------------------------------------------------------

Expr ExpressionParser::here(ExprKind kind) {
  Expr e;
  e.kind = kind;
  e.place = peek().place;
  return e;
}

// Takes the operator.
Result<Expr> ExpressionParser::operation(ExprKind kind, Op op) {
  if (++n_operators_ > max_operators)
    return wrong("an expression of more than " + std::to_string(max_operators) + " operators",
                 ErrorCode::limit);
  Expr e = here(kind);
  e.op = op;
  next();
  return e;
}

Status ExpressionParser::enter() {
  if (++depth_ <= max_nesting + 1) return {};
  return wrong("nested deeper than " + std::to_string(max_nesting) + " levels", ErrorCode::limit);
}

Result<Expr> ExpressionParser::expression() {
  if (depth_ == 0) n_operators_ = 0;
  RECKON_TRY(enter());
  auto read = conditional();
  --depth_;
  return read;
}

Result<Expr> ExpressionParser::conditional() {
  RECKON_ASSIGN(Expr first, binary(0));
  const bool by_words = peek().is("if");
  if (!dialect_.has_data || (!by_words && !peek().is("?"))) return first;
  Expr e = here(ExprKind::conditional);
  next();
  e.args.resize(3);
  e.args[by_words ? 1 : 0] = std::move(first);
  if (by_words) {
    RECKON_ASSIGN(e.args[0], binary(0));
    RECKON_TRY(expect("else", "and what holds otherwise"));
  } else {
    RECKON_ASSIGN(e.args[1], expression());
    RECKON_TRY(expect(":", "and what holds otherwise"));
  }
  RECKON_ASSIGN(e.args[2], expression());
  return e;
}

std::optional<Op> ExpressionParser::operator_of(int level) {
  const Token& token = peek();
  const auto* const found =
      std::find_if(std::begin(operators), std::end(operators),
                   [&](const Operator& o) { return o.level == level && token.is(o.sign); });
  if (found == std::end(operators)) return std::nullopt;
  // Written unevenly, a sign begins the next argument.
  const bool may_be_sign = found->op == Op::add || found->op == Op::subtract;
  if (dialect_.has_statements && may_be_sign && token.space_before && !peek(1).space_before)
    return std::nullopt;
  return found->op;
}

Result<Expr> ExpressionParser::binary(int level) {
  if (level == unary_level) return unary();
  if (level == comparison_level && peek().is("not")) {
    RECKON_ASSIGN(Expr e, operation(ExprKind::unary, Op::invert));
    RECKON_TRY(enter());
    RECKON_ASSIGN(e.args.emplace_back(), binary(level));
    --depth_;
    return e;
  }
  RECKON_ASSIGN(Expr left, binary(level + 1));
  for (auto op = operator_of(level); op; op = operator_of(level)) {
    RECKON_ASSIGN(Expr e, operation(ExprKind::binary, *op));
    e.args.push_back(std::move(left));
    RECKON_ASSIGN(e.args.emplace_back(), binary(level + 1));
    left = std::move(e);
    if (level == comparison_level) break;
  }
  return left;
}

Result<Expr> ExpressionParser::unary() {
  if (!peek().is("-")) return power();
  RECKON_ASSIGN(Expr e, operation(ExprKind::unary, Op::negate));
  RECKON_TRY(enter());
  RECKON_ASSIGN(e.args.emplace_back(), unary());
  --depth_;
  return e;
}

Result<Expr> ExpressionParser::power() {
  RECKON_ASSIGN(Expr base, postfix());
  if (!dialect_.has_data || !peek().is("^")) return base;
  RECKON_ASSIGN(Expr e, operation(ExprKind::binary, Op::power));
  RECKON_TRY(enter());
  e.args.push_back(std::move(base));
  RECKON_ASSIGN(e.args.emplace_back(), unary());
  --depth_;
  return e;
}

Result<Expr> ExpressionParser::postfix() {
  RECKON_ASSIGN(Expr value, primary());
  for (int n = 0; dialect_.has_data && (peek().is(".") || peek().is("[")); ++n) {
    if (n > 2 * max_nesting) return wrong("too many members", ErrorCode::limit);
    const bool is_member = peek().is(".");
    Expr e = here(is_member ? ExprKind::member : ExprKind::index);
    next();
    e.args.push_back(std::move(value));
    if (is_member) {
      if (peek().kind != TokenKind::name) return wrong("expected a name behind the point");
      e.text = next().text;
    } else {
      RECKON_ASSIGN(e.args.emplace_back(), expression());
      RECKON_TRY(expect("]", "to close the index"));
    }
    value = std::move(e);
  }
  return value;
}

Result<Expr> ExpressionParser::primary() {
  const Token& token = peek();
  if (token.kind == TokenKind::number || token.kind == TokenKind::text) {
    Expr e = here(token.kind == TokenKind::number ? ExprKind::number : ExprKind::text);
    e.number = token.number;
    e.whole = token.whole;
    if (e.kind == ExprKind::text) e.text = token.text;
    next();
    return e;
  }
  if (token.kind == TokenKind::name) return named();
  if (accept("(")) {
    RECKON_ASSIGN(Expr inner, expression());
    RECKON_TRY(expect(")", "to close the parenthesis"));
    return inner;
  }
  if (!dialect_.has_data) return expected("a number, a name or a parenthesis");
  if (token.is("[")) return list();
  if (token.is("{")) return object();
  return unexpected();
}

Result<Expr> ExpressionParser::named() {
  constexpr std::string_view of_both[] = {"and", "or", "not"};
  constexpr std::string_view of_data[] = {"if", "else", "for", "in"};
  if (is_one_of(peek().text, of_both) || (dialect_.has_data && is_one_of(peek().text, of_data)))
    return dialect_.has_data ? unexpected() : expected("a number, a name or a parenthesis");
  Expr e = here(ExprKind::name);
  e.text = next().text;
  if (e.text == "true" || e.text == "false") {
    e.kind = ExprKind::boolean;
    e.number = e.text == "true" ? 1 : 0;
  } else if (dialect_.has_data && e.text == "null") {
    e.kind = ExprKind::constant_null;
  } else if (peek().is("(") && (dialect_.has_data || !peek().space_before)) {
    e.kind = ExprKind::call;
    RECKON_TRY(dialect_.functions.empty() ? arguments(e) : two_arguments(e));
  }
  return e;
}

Status ExpressionParser::arguments(Expr& call) {
  next();
  while (!peek().is(")")) {
    std::string& name = call.arg_names.emplace_back();
    if (peek().kind == TokenKind::name && peek(1).is("=")) {
      name = next().text;
      next();
    }
    RECKON_ASSIGN(call.args.emplace_back(), expression());
    if (!peek().is(")")) RECKON_TRY(expect(",", "between arguments"));
  }
  next();
  return {};
}

Status ExpressionParser::two_arguments(Expr& call) {
  if (!is_one_of(call.text, dialect_.functions)) {
    std::string all;
    for (const std::string_view name : dialect_.functions)
      all.append(all.empty()                         ? ""
                 : name == dialect_.functions.back() ? " and "
                                                     : ", ")
          .append(name);
    return fail(ErrorCode::syntax,
                "there is no function " + quoted(call.text) +
                    did_you_mean(call.text, dialect_.functions) + " There are " + all,
                call.place.text());
  }
  next();
  RECKON_ASSIGN(call.args.emplace_back(), expression());
  RECKON_TRY(expect(",", "between the two arguments of " + call.text));
  RECKON_ASSIGN(call.args.emplace_back(), expression());
  return expect(")", "after the two arguments of " + call.text);
}

Result<Expr> ExpressionParser::list() {
  Expr e = here(ExprKind::list);
  next();
  while (!peek().is("]")) {
    RECKON_ASSIGN(e.args.emplace_back(), expression());
    if (e.args.size() == 1 && accept("for")) {
      e.kind = ExprKind::for_each;
      if (peek().kind != TokenKind::name) return wrong("expected a name behind 'for'");
      e.text = next().text;
      RECKON_TRY(expect("in", "behind the name"));
      RECKON_ASSIGN(e.args.emplace_back(), expression());
      if (accept("..")) {
        RECKON_ASSIGN(e.args.emplace_back(), expression());
      }
      break;
    }
    if (!peek().is("]")) RECKON_TRY(expect(",", "between items"));
  }
  RECKON_TRY(expect("]", "to close the list"));
  return e;
}

Result<Expr> ExpressionParser::object() {
  Expr e = here(ExprKind::object);
  next();
  while (!peek().is("}")) {
    if (peek().kind != TokenKind::text && peek().kind != TokenKind::name) return expected("a key");
    e.arg_names.emplace_back(next().text);
    RECKON_TRY(expect(":", "behind the key"));
    RECKON_ASSIGN(e.args.emplace_back(), expression());
    if (!peek().is("}")) RECKON_TRY(expect(",", "between members"));
  }
  next();
  return e;
}

std::string_view sign_of(Op op) {
  for (const Operator& o : operators)
    if (o.op == op) return o.sign;
  return {};
}

}  // namespace reckon::language
