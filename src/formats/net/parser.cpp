#include "formats/net/parser.h"

#include <algorithm>

#include "base/text.h"
#include "formats/net/evaluate.h"

namespace reckon::net {
namespace {

constexpr std::string_view keywords[] = {"param",  "input",  "let",      "block",    "from",
                                         "output", "repeat", "residual", "parallel", "if"};
constexpr std::string_view reserved[] = {
    "param", "input", "let",      "block", "from", "output", "repeat", "residual", "parallel",
    "if",    "else",  "shortcut", "and",   "or",   "not",    "true",   "false",    "x"};

constexpr language::Dialect dialect = {
    .has_statements = true, .functions = function_names, .max_word_bytes = max_word_bytes};

}  // namespace

// --- Tokens ---------------------------------------------------------------------------------

Parser::Parser(Program& program)
    : ExpressionParser({program.text, {1, 1, &program.name}}, dialect), program_(program) {}

std::unexpected<Error> Parser::error(Place place, std::string message, ErrorCode code) const {
  return fail(code, std::move(message), place.text());
}

Result<std::string_view> Parser::expect_name(std::string_view what) {
  if (peek().kind != TokenKind::name) return expected(what);
  if (is_one_of(peek().text, reserved))
    return error(peek().place, quoted(peek().text) + " is a word of the language; " +
                                   std::string(what) + " needs another name");
  return next().text;
}

Status Parser::end_of_statement() {
  if (peek().kind == TokenKind::newline || peek().kind == TokenKind::end || peek().is("}"))
    return {};
  return expected("the end of the line");
}

void Parser::skip_newlines() {
  while (peek().kind == TokenKind::newline) next();
}

bool Parser::follows(std::string_view keyword) {
  std::size_t ahead = 0;
  while (peek(ahead).kind == TokenKind::newline) ++ahead;
  if (!peek(ahead).is(keyword)) return false;
  for (std::size_t i = 0; i <= ahead; ++i) next();
  return true;
}

// --- Statements -----------------------------------------------------------------------------

Status Parser::run() {
  RECKON_TRY(tokens_.read_all());
  RECKON_ASSIGN(program_.body, body(0, false));
  RECKON_TRY(resolve_calls(program_.body));
  for (Block& block : program_.blocks) RECKON_TRY(resolve_calls(block.body));
  return {};
}

// Statements up to the closing brace (which is taken) or the end of the text.
Result<Body> Parser::body(int depth, bool in_braces) {
  Body list;
  for (;;) {
    skip_newlines();
    if (peek().kind == TokenKind::end) {
      if (in_braces) return expected("'}'");
      return list;
    }
    if (peek().is("}")) {
      if (!in_braces) return error(peek().place, "a '}' that closes nothing");
      next();
      return list;
    }
    if (peek().is("param") || peek().is("block")) {
      if (depth > 0)
        return error(peek().place,
                     quoted(peek().text) + " stands at the top level, not inside braces");
      RECKON_TRY(peek().is("param") ? parameter() : block());
    } else {
      RECKON_ASSIGN(Statement one, statement(depth));
      list.push_back(std::move(one));
    }
    RECKON_TRY(end_of_statement());
  }
}

Result<Body> Parser::braces(int depth, std::string_view owner) {
  if (depth >= max_nesting)
    return error(peek().place, "nested deeper than " + std::to_string(max_nesting) + " levels",
                 ErrorCode::limit);
  RECKON_TRY(expect("{", "after " + std::string(owner)));
  return body(depth + 1, true);
}

// param W = 128 in 1..65536
Status Parser::parameter() {
  next();
  ParameterDef def;
  def.place = peek().place;
  RECKON_ASSIGN(def.name, expect_name("a parameter"));
  for (const ParameterDef& other : program_.parameters)
    if (other.name == def.name)
      return error(def.place, "the parameter " + quoted(def.name) + " is already on line " +
                                  std::to_string(other.place.line));
  const auto number = [&](std::string_view what) -> Result<std::int64_t> {
    const bool negative = accept("-");
    if (!peek().whole) return expected(what);
    const std::int64_t value = *next().whole;
    return negative ? -value : value;
  };
  RECKON_TRY(expect("=", "and a default, as in: param W = 128 in 1..65536"));
  RECKON_ASSIGN(def.otherwise, number("a whole number, as in: param W = 128 in 1..65536"));
  if (!peek().is("in")) return expected("'in' and a range, as in: param W = 128 in 1..65536");
  next();
  RECKON_ASSIGN(def.min, number("the smallest value, as in: 1..65536"));
  RECKON_TRY(expect("..", "between the smallest and the largest value"));
  RECKON_ASSIGN(def.max, number("the largest value, as in: 1..65536"));
  if (def.min > def.max) return error(def.place, "the range of " + quoted(def.name) + " is empty");
  if (def.otherwise < def.min || def.otherwise > def.max)
    return error(def.place, "the default of " + quoted(def.name) + ", " +
                                std::to_string(def.otherwise) + ", is outside its range " +
                                std::to_string(def.min) + ".." + std::to_string(def.max));
  program_.parameters.push_back(def);
  return {};
}

// block Name(channels, stride=1) { … }
Status Parser::block() {
  next();
  Block block;
  block.place = peek().place;
  RECKON_ASSIGN(block.name, expect_name("a block"));
  if (find_layer(block.name) != nullptr)
    return error(block.place, quoted(block.name) + " is a layer; a block needs another name");
  for (const Block& other : program_.blocks)
    if (other.name == block.name)
      return error(block.place, "the block " + quoted(block.name) + " is already on line " +
                                    std::to_string(other.place.line));
  RECKON_TRY(expect("(", "after the name of the block, even when it takes nothing"));
  while (!peek().is(")")) {
    if (!block.arguments.empty()) RECKON_TRY(expect(",", "between arguments"));
    BlockArgument argument;
    argument.place = peek().place;
    RECKON_ASSIGN(argument.name, expect_name("an argument"));
    for (const BlockArgument& other : block.arguments)
      if (other.name == argument.name)
        return error(argument.place, "the argument " + quoted(argument.name) + " is there twice");
    if (accept("=")) {
      RECKON_ASSIGN(argument.otherwise, kept_expression());
    }
    block.arguments.push_back(argument);
  }
  next();
  skip_newlines();
  RECKON_ASSIGN(block.body, braces(0, "block " + std::string(block.name) + "(…)"));
  program_.blocks.push_back(std::move(block));
  return {};
}

Result<Statement> Parser::statement(int depth) {
  const Token& first = peek();
  if (first.is("input")) return input(depth);
  if (first.is("let")) return let();
  if (first.is("from")) return names_of(Statement::Kind::from);
  if (first.is("output")) return names_of(Statement::Kind::output);
  if (first.is("if")) return condition(depth);
  if (first.is("else") || first.is("shortcut"))
    return error(first.place, quoted(first.text) + " without the " +
                                  (first.is("else") ? "'if'" : "'residual'") + " before it");
  if (first.kind == TokenKind::name && peek(1).is("=")) {
    const Place place = first.place;
    RECKON_ASSIGN(const std::string_view label, expect_name("a label"));
    next();
    RECKON_ASSIGN(Statement labelled_statement, labelled(depth));
    labelled_statement.label = label;
    labelled_statement.place = place;
    return labelled_statement;
  }
  return labelled(depth);
}

// A statement that may follow `label =`.
Result<Statement> Parser::labelled(int depth) {
  const Token& first = peek();
  if (first.is("residual")) return residual(depth);
  if (first.is("parallel")) return parallel(depth);
  if (first.is("repeat")) return repeat(depth);
  if (first.kind != TokenKind::name) return expected("a layer");
  if (const LayerDef* def = find_layer(first.text)) {
    Statement statement;
    statement.kind = Statement::Kind::layer;
    statement.place = next().place;
    statement.layer = def;
    RECKON_ASSIGN(statement.arguments, arguments());
    RECKON_TRY(check_layer(statement));
    return statement;
  }
  if (peek(1).is("(")) return call();
  return unknown_layer(first);
}

std::unexpected<Error> Parser::unknown_layer(const Token& word) const {
  std::vector<std::string_view> known = layer_names();
  known.insert(known.end(), std::begin(keywords), std::end(keywords));
  const std::string guess = did_you_mean(word.text, known);
  return error(word.place,
               "there is no layer " + quoted(word.text) +
                   (guess.empty() ? "; the layers are listed in docs/network-language.md" : guess));
}

// Blocks may be called before they are defined, so names are looked up at the end.
Status Parser::resolve_calls(Body& list) {
  for (Statement& statement : list) {
    for (Body& inner : statement.bodies) RECKON_TRY(resolve_calls(inner));
    if (statement.kind != Statement::Kind::call) continue;
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < program_.blocks.size(); ++i) {
      known.push_back(program_.blocks[i].name);
      if (program_.blocks[i].name == statement.name) statement.block = static_cast<std::int32_t>(i);
    }
    if (statement.block < 0)
      return error(statement.place, "there is no block " + quoted(statement.name) +
                                        did_you_mean(statement.name, known));
    const Block& block = program_.blocks[static_cast<std::size_t>(statement.block)];
    std::size_t position = 0;
    for (const Argument& argument : statement.arguments) {
      std::vector<std::string_view> names;
      for (const BlockArgument& taken : block.arguments) names.push_back(taken.name);
      if (argument.name.empty() && ++position > names.size())
        return error(argument.place, "the block " + quoted(block.name) + " takes " +
                                         std::to_string(names.size()) + " arguments");
      if (!argument.name.empty() &&
          std::find(names.begin(), names.end(), argument.name) == names.end())
        return error(argument.place, "the block " + quoted(block.name) + " has no argument " +
                                         quoted(argument.name) +
                                         did_you_mean(argument.name, names));
    }
  }
  return {};
}

}  // namespace reckon::net

namespace reckon {

Result<std::shared_ptr<const Program>> parse_network(std::string text, std::string name) {
  auto program = std::make_shared<Program>();
  program->name = std::move(name);
  program->text = std::move(text);
  if (program->text.size() > net::max_text_bytes)
    return fail(ErrorCode::limit,
                "a network of " + std::to_string(program->text.size()) + " bytes; at most " +
                    std::to_string(net::max_text_bytes) + " are read",
                program->name);
  RECKON_TRY(net::Parser(*program).run());
  return program;
}

}  // namespace reckon
