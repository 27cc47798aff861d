// Recursive descent over the tokens of a network, one class in three files: the arguments of layers
// (parse_arguments.cpp), the forms of a statement (parse_statements.cpp), the rest. Expressions are
// those that the labs have too (language/expression_parser.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/net/layer_table.h"
#include "formats/net/program.h"
#include "language/expression_parser.h"

namespace reckon::net {

using language::described;
using language::Token;
using language::TokenKind;

class Parser : language::ExpressionParser {
 public:
  explicit Parser(Program& program);

  Status run();

 private:
  // Tokens.
  Result<std::string_view> expect_name(std::string_view what);
  Status end_of_statement();
  void skip_newlines();
  std::unexpected<Error> error(Place place, std::string message,
                               ErrorCode code = ErrorCode::syntax) const;
  bool follows(std::string_view keyword);  // past newlines; moves there only if it does

  // Keeps an expression of the program: its index.
  Result<std::int32_t> kept_expression();
  bool starts_argument();

  // Arguments of a layer, up to the end of the statement or a brace.
  Result<std::vector<Argument>> arguments();
  Result<std::vector<std::int32_t>> dims();
  Status check_layer(const Statement& layer);

  // Statements.
  Result<Body> body(int depth, bool braces);
  Result<Body> braces(int depth, std::string_view owner);
  Status parameter();
  Status block();
  Result<Statement> statement(int depth);
  Result<Statement> input(int depth);
  Result<Statement> let();
  Result<Statement> labelled(int depth);
  Result<Statement> call();
  Result<Statement> residual(int depth);
  Result<Statement> parallel(int depth);
  Result<Statement> repeat(int depth);
  Result<Statement> condition(int depth);
  Result<Statement> names_of(Statement::Kind kind);
  Status resolve_calls(Body& body);
  std::unexpected<Error> unknown_layer(const Token& word) const;

  Program& program_;
};

}  // namespace reckon::net
