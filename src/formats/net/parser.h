// Recursive descent over the tokens of a network, one class in three files: expressions and
// arguments (parse_arguments.cpp), the forms of a statement (parse_statements.cpp), the rest.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "formats/net/layer_table.h"
#include "formats/net/lexer.h"
#include "formats/net/program.h"

namespace reckon::net {

class Parser {
 public:
  Parser(Program& program, std::vector<Token> tokens)
      : program_(program), tokens_(std::move(tokens)) {}

  Status run();

 private:
  // Tokens.
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& next() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool accept(std::string_view symbol);
  Status expect(std::string_view symbol, std::string_view why);
  Result<std::string_view> expect_name(std::string_view what);
  Status end_of_statement();
  void skip_newlines();
  std::unexpected<Error> error(Place place, std::string message,
                               ErrorCode code = ErrorCode::syntax) const;
  std::unexpected<Error> expected(std::string_view what) const;

  // Expressions, by rising precedence.
  Result<std::int32_t> expression(int level = 0);
  Result<std::int32_t> binary(int level, int nesting);
  Result<std::int32_t> unary(int nesting);
  Result<std::int32_t> primary(int nesting);
  Result<std::int32_t> function(const Token& name, int nesting);
  Result<std::int32_t> make(Expr expr);
  bool starts_argument() const;

  // Arguments of a layer, up to the end of the statement or a brace.
  Result<std::vector<Argument>> arguments();
  Result<std::vector<std::int32_t>> dims();
  Status check_layer(const Statement& layer) const;

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
  bool follows(std::string_view keyword);  // past newlines; moves there only if it does

  Program& program_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace reckon::net
