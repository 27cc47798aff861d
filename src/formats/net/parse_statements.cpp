// The forms of a statement: input, let, from, output, a block's call, and what holds braces.
#include "base/text.h"
#include "formats/net/parser.h"

namespace reckon::net {
namespace {

constexpr std::pair<std::string_view, DType> dtypes[] = {
    {"float32", DType::float32}, {"float16", DType::float16}, {"bfloat16", DType::bfloat16},
    {"float64", DType::float64}, {"int8", DType::int8},       {"uint8", DType::uint8},
    {"int32", DType::int32},     {"int64", DType::int64},
};

const DType* dtype_named(std::string_view word) {
  for (const auto& [name, dtype] : dtypes)
    if (name == word) return &dtype;
  return nullptr;
}

}  // namespace

// input image 3x224x224   |   input tokens 128 int64   |   input 784
Result<Statement> Parser::input(int depth) {
  Statement statement;
  statement.kind = Statement::Kind::input;
  statement.place = next().place;
  statement.name = "input";
  if (depth > 0)
    return error(statement.place, "'input' stands at the top level, not inside braces");
  const Token& first = peek();
  const Token& second = peek(1);
  const bool named = first.kind == TokenKind::name && dtype_named(first.text) == nullptr &&
                     (second.kind == TokenKind::number || second.kind == TokenKind::name ||
                      (second.is("(") && second.space_before)) &&
                     dtype_named(second.text) == nullptr;
  if (named) {
    RECKON_ASSIGN(statement.name, expect_name("an input"));
  }
  if (!starts_argument())
    return expected("the dimensions of the input without the batch, as in: input image 3x224x224");
  Argument& argument = statement.arguments.emplace_back();
  argument.place = peek().place;
  RECKON_ASSIGN(argument.dims, dims());
  if (argument.dims.size() >= static_cast<std::size_t>(Shape::max_rank))
    return error(argument.place, "an input of too many dimensions", ErrorCode::limit);
  if (peek().kind == TokenKind::name) {
    const DType* dtype = dtype_named(peek().text);
    if (dtype == nullptr) {
      std::vector<std::string_view> known;
      for (const auto& [name, type] : dtypes) known.push_back(name);
      return error(peek().place, "there is no element type " + quoted(peek().text) +
                                     did_you_mean(peek().text, known));
    }
    statement.dtype = *dtype;
    next();
  }
  return statement;
}

// let half = W/2
Result<Statement> Parser::let() {
  Statement statement;
  statement.kind = Statement::Kind::let;
  next();
  statement.place = peek().place;
  RECKON_ASSIGN(statement.name, expect_name("a variable"));
  RECKON_TRY(expect("=", "and a value, as in: let half = W/2"));
  RECKON_ASSIGN(statement.expr, kept_expression());
  return statement;
}

// from NAME   |   output NAME…
Result<Statement> Parser::names_of(Statement::Kind kind) {
  Statement statement;
  statement.kind = kind;
  statement.place = next().place;
  do {
    Argument& argument = statement.arguments.emplace_back();
    argument.place = peek().place;
    RECKON_ASSIGN(argument.name, expect_name("the name of a layer or an input"));
  } while (kind == Statement::Kind::output && peek().kind == TokenKind::name);
  return statement;
}

// Name(64, stride=2)
Result<Statement> Parser::call() {
  Statement statement;
  statement.kind = Statement::Kind::call;
  statement.place = peek().place;
  statement.name = next().text;
  next();
  while (!peek().is(")")) {
    if (!statement.arguments.empty()) RECKON_TRY(expect(",", "between arguments"));
    Argument& argument = statement.arguments.emplace_back();
    argument.place = peek().place;
    if (peek().kind == TokenKind::name && peek(1).is("=")) {
      argument.name = next().text;
      next();
    }
    RECKON_ASSIGN(const std::int32_t value, kept_expression());
    argument.dims.push_back(value);
  }
  next();
  return statement;
}

// residual { … } shortcut { … }
Result<Statement> Parser::residual(int depth) {
  Statement statement;
  statement.kind = Statement::Kind::residual;
  statement.place = next().place;
  RECKON_ASSIGN(Body inner, braces(depth, "residual"));
  statement.bodies.push_back(std::move(inner));
  if (follows("shortcut")) {
    RECKON_ASSIGN(Body shortcut, braces(depth, "shortcut"));
    statement.bodies.push_back(std::move(shortcut));
  }
  return statement;
}

// parallel concat { { … } { … } }
Result<Statement> Parser::parallel(int depth) {
  Statement statement;
  statement.kind = Statement::Kind::parallel;
  statement.place = next().place;
  std::string_view join = "concat";
  if (peek().kind == TokenKind::name) {
    if (!peek().is("concat") && !peek().is("add") && !peek().is("multiply"))
      return expected("concat, add or multiply (how the branches are joined)");
    join = next().text;
  }
  statement.layer = find_layer(join);
  RECKON_ASSIGN(statement.arguments, arguments());
  for (const Argument& argument : statement.arguments)
    if (argument.name != "axis" || join != "concat")
      return error(argument.place, "only 'parallel concat' takes an option: axis=…");
  if (depth >= max_nesting)
    return error(peek().place, "nested deeper than " + std::to_string(max_nesting) + " levels",
                 ErrorCode::limit);
  RECKON_TRY(expect("{", "around the branches"));
  for (skip_newlines(); !peek().is("}"); skip_newlines()) {
    if (!peek().is("{")) return expected("a branch in braces, or '}' after the last");
    RECKON_ASSIGN(Body branch, braces(depth + 1, "parallel"));
    statement.bodies.push_back(std::move(branch));
  }
  if (statement.bodies.size() < 2)
    return error(statement.place, "'parallel' needs two branches: parallel { { … } { … } }");
  next();
  return statement;
}

// repeat 12 as i { … }
Result<Statement> Parser::repeat(int depth) {
  Statement statement;
  statement.kind = Statement::Kind::repeat;
  statement.place = next().place;
  RECKON_ASSIGN(statement.expr, kept_expression());
  if (accept("as")) {
    RECKON_ASSIGN(statement.name, expect_name("an index"));
  }
  RECKON_ASSIGN(Body inner, braces(depth, "repeat"));
  statement.bodies.push_back(std::move(inner));
  return statement;
}

// if stride == 1 and in == out { … } else { … }
Result<Statement> Parser::condition(int depth) {
  Statement statement;
  statement.kind = Statement::Kind::condition;
  statement.place = next().place;
  RECKON_ASSIGN(statement.expr, kept_expression());
  RECKON_ASSIGN(Body then, braces(depth, "if"));
  statement.bodies.push_back(std::move(then));
  if (!follows("else")) return statement;
  Body otherwise;
  if (peek().is("if")) {
    if (depth >= max_nesting)
      return error(peek().place, "nested deeper than " + std::to_string(max_nesting) + " levels",
                   ErrorCode::limit);
    RECKON_ASSIGN(Statement again, condition(depth + 1));
    otherwise.push_back(std::move(again));
  } else {
    RECKON_ASSIGN(otherwise, braces(depth, "else"));
  }
  statement.bodies.push_back(std::move(otherwise));
  return statement;
}

}  // namespace reckon::net
