// Expressions and the arguments of layers.
//
// Arguments stand apart by spaces, so an operator belongs to an expression only where it is
// written evenly: "W - 1" and "W-1" are one argument, "W -1" is two.
#include "base/text.h"
#include "formats/net/parser.h"

namespace reckon::net {
namespace {

struct Operator {
  std::string_view symbol;
  int level;
  Expr::Op op;
};

constexpr Operator operators[] = {
    {"or", 0, Expr::Op::either},  {"and", 1, Expr::Op::both},    {"==", 2, Expr::Op::equal},
    {"!=", 2, Expr::Op::differ},  {"<", 2, Expr::Op::less},      {"<=", 2, Expr::Op::at_most},
    {">", 2, Expr::Op::more},     {">=", 2, Expr::Op::at_least}, {"+", 3, Expr::Op::add},
    {"-", 3, Expr::Op::subtract}, {"*", 4, Expr::Op::multiply},  {"/", 4, Expr::Op::divide},
    {"%", 4, Expr::Op::modulo},
};
constexpr int unary_level = 5;

constexpr std::pair<std::string_view, Expr::Op> functions[] = {
    {"min", Expr::Op::min},
    {"max", Expr::Op::max},
    {"ceil_div", Expr::Op::ceil_div},
    {"make_divisible", Expr::Op::make_divisible},
};

const Operator* operator_at(const Token& token, const Token& after) {
  if (token.kind != TokenKind::symbol && token.kind != TokenKind::name) return nullptr;
  for (const Operator& o : operators)
    if (o.symbol == token.text) {
      const bool sign = o.symbol == "-" || o.symbol == "+";
      if (sign && token.space_before && !after.space_before) return nullptr;
      return &o;
    }
  return nullptr;
}

std::string plural(int n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace

Result<std::int32_t> Parser::make(Expr expr) {
  int depth = 0;
  for (const std::int32_t operand : {expr.a, expr.b})
    if (operand >= 0)
      depth = std::max<int>(depth, program_.exprs[static_cast<std::size_t>(operand)].depth);
  if (depth >= max_expression)
    return error(expr.place,
                 "an expression of more than " + std::to_string(max_expression) + " operators",
                 ErrorCode::limit);
  expr.depth = static_cast<std::uint16_t>(depth + 1);
  program_.exprs.push_back(expr);
  return static_cast<std::int32_t>(program_.exprs.size() - 1);
}

Result<std::int32_t> Parser::expression(int nesting) {
  return binary(0, nesting);
}

Result<std::int32_t> Parser::binary(int level, int nesting) {
  if (level == unary_level) return unary(nesting);
  RECKON_ASSIGN(std::int32_t left, binary(level + 1, nesting));
  while (const Operator* o = operator_at(peek(), peek(1))) {
    if (o->level != level) break;
    Expr expr;
    expr.kind = Expr::Kind::binary;
    expr.op = o->op;
    expr.place = next().place;
    expr.a = left;
    RECKON_ASSIGN(expr.b, binary(level + 1, nesting));
    RECKON_ASSIGN(left, make(expr));
  }
  return left;
}

Result<std::int32_t> Parser::unary(int nesting) {
  if (nesting > max_nesting)
    return error(peek().place, "nested deeper than " + std::to_string(max_nesting) + " levels",
                 ErrorCode::limit);
  if (!peek().is("-") && !peek().is("not")) return primary(nesting);
  Expr expr;
  expr.kind = peek().is("-") ? Expr::Kind::negate : Expr::Kind::invert;
  expr.place = next().place;
  RECKON_ASSIGN(expr.a, unary(nesting + 1));
  return make(expr);
}

Result<std::int32_t> Parser::primary(int nesting) {
  const Token& token = peek();
  Expr expr;
  expr.place = token.place;
  switch (token.kind) {
    case TokenKind::number:
      expr.number = next().number;
      return make(expr);
    case TokenKind::real:
      expr.kind = Expr::Kind::real;
      expr.real = next().real;
      return make(expr);
    case TokenKind::name:
      next();
      if (token.text == "true" || token.text == "false") {
        expr.number = token.text == "true" ? 1 : 0;
        return make(expr);
      }
      if (peek().is("(") && !peek().space_before) return function(token, nesting);
      expr.kind = Expr::Kind::name;
      expr.name = token.text;
      return make(expr);
    default:
      break;
  }
  if (!token.is("(")) return expected("a number, a name or a parenthesis");
  next();
  RECKON_ASSIGN(const std::int32_t inner, expression(nesting + 1));
  RECKON_TRY(expect(")", "to close the parenthesis"));
  return inner;
}

Result<std::int32_t> Parser::function(const Token& name, int nesting) {
  Expr expr;
  expr.kind = Expr::Kind::call;
  expr.place = name.place;
  expr.name = name.text;
  std::vector<std::string_view> known;
  for (const auto& [function_name, op] : functions) {
    known.push_back(function_name);
    if (function_name == name.text) expr.op = op;
  }
  if (std::find(known.begin(), known.end(), name.text) == known.end())
    return error(name.place, "there is no function " + quoted(name.text) +
                                 did_you_mean(name.text, known) +
                                 " There are min, max, ceil_div and make_divisible");
  next();
  RECKON_ASSIGN(expr.a, expression(nesting + 1));
  RECKON_TRY(expect(",", "between the two arguments of " + std::string(name.text)));
  RECKON_ASSIGN(expr.b, expression(nesting + 1));
  RECKON_TRY(expect(")", "after the two arguments of " + std::string(name.text)));
  return make(expr);
}

bool Parser::starts_argument() const {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::number:
    case TokenKind::real:
      return true;
    case TokenKind::name:
      return true;
    case TokenKind::symbol:
      return token.text == "(" || token.text == "-";
    default:
      return false;
  }
}

Result<std::vector<std::int32_t>> Parser::dims() {
  std::vector<std::int32_t> list;
  do {
    if (!list.empty()) next();
    if (list.size() >= static_cast<std::size_t>(Shape::max_rank))
      return error(peek().place, "more than " + std::to_string(Shape::max_rank) + " dimensions",
                   ErrorCode::limit);
    RECKON_ASSIGN(const std::int32_t dim, expression());
    list.push_back(dim);
  } while (peek().kind == TokenKind::cross);
  return list;
}

Result<std::vector<Argument>> Parser::arguments() {
  std::vector<Argument> list;
  while (starts_argument()) {
    Argument& argument = list.emplace_back();
    argument.place = peek().place;
    if (peek().kind == TokenKind::name && peek(1).is("=")) {
      argument.name = next().text;
      next();
    } else if (list.size() > 1 && !list[list.size() - 2].name.empty()) {
      return error(argument.place,
                   "what has no name stands before the options: " + described(peek()) +
                       " follows " + quoted(list[list.size() - 2].name));
    }
    RECKON_ASSIGN(argument.dims, dims());
  }
  return list;
}

Status Parser::check_layer(const Statement& statement) const {
  const LayerDef& def = *statement.layer;
  int given = 0;
  for (const Argument& argument : statement.arguments) {
    if (argument.name.empty()) {
      ++given;
      if (given > static_cast<int>(def.positional.size()) && !def.variadic)
        return error(
            argument.place,
            std::string(def.name()) + " takes " +
                (def.positional.empty()
                     ? std::string("nothing without a name")
                     : "at most " + plural(static_cast<int>(def.positional.size()), "value")) +
                "; expected: " + std::string(def.usage));
      continue;
    }
    std::vector<std::string_view> known;
    for (const OptionDef& option : def.options) known.push_back(option.name);
    if (std::find(known.begin(), known.end(), argument.name) == known.end())
      return error(argument.place, std::string(def.name()) + " has no option " +
                                       quoted(argument.name) + did_you_mean(argument.name, known) +
                                       (did_you_mean(argument.name, known).empty() ? ";" : "") +
                                       " Expected: " + std::string(def.usage));
    for (const Argument& other : statement.arguments)
      if (&other != &argument && other.name == argument.name && &other < &argument)
        return error(argument.place, "the option " + quoted(argument.name) + " is given twice");
  }
  if (given < def.min_positional)
    return error(peek().place, std::string(def.name()) + " needs " +
                                   plural(def.min_positional, "value") +
                                   "; expected: " + std::string(def.usage));
  return {};
}

}  // namespace reckon::net
