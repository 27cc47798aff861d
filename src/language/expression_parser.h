// Recursive descent over the expressions of both languages.
//
//   expression = or [ "if" or "else" expression ] | or "?" expression ":" expression
//   or         = and { "or" and }            and = not { "and" not }
//   not        = "not" not | comparison
//   comparison = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum ]
//   sum        = product { ("+" | "-") product }
//   product    = unary { ("*" | "/" | "%") unary }
//   unary      = "-" unary | power           power = postfix [ "^" unary ]
//   postfix    = primary { "." NAME | "[" expression "]" }
//   primary    = NUMBER | TEXT | "true" | "false" | "null" | NAME | NAME "(" arguments ")"
//              | "(" expression ")" | list | "{" [ TEXT ":" expression { "," … } ] "}"
//   list       = "[" [ expression { "," expression } ] "]"
//              | "[" expression "for" NAME "in" expression [ ".." expression ] "]"
//   arguments  = [ [ NAME "=" ] expression { "," … } ]
//
// Conditions, powers, postfixes, texts, null, lists, objects and names of arguments are of the
// dialect with data alone (language/lexer.h).
#pragma once

#include "language/expression.h"
#include "language/lexer.h"

namespace reckon::language {

inline constexpr int max_nesting = 64;     // parentheses and signs
inline constexpr int max_operators = 256;  // of one expression

class ExpressionParser {
 public:
  ExpressionParser(const Source& source, const Dialect& dialect, std::size_t offset = 0)
      : tokens_(source, dialect, offset), dialect_(dialect) {}

  Result<Expr> expression();
  // The token behind what was read. Fails where that is none.
  Result<const Token*> token();
  // "did not expect '*' here"
  std::unexpected<Error> unexpected();

 protected:
  const Token& peek(std::size_t ahead = 0) { return tokens_.peek(ahead); }
  const Token& next() { return tokens_.next(); }
  bool accept(std::string_view sign);
  Status expect(std::string_view sign, std::string_view why);
  std::unexpected<Error> expected(std::string_view what);
  // At the token, or the reason why that is none.
  std::unexpected<Error> wrong(std::string message, ErrorCode code = ErrorCode::syntax);

  Tokens tokens_;

 private:
  std::optional<Op> operator_of(int level);
  Expr here(ExprKind kind);
  Result<Expr> operation(ExprKind kind, Op op);
  Status enter();

  Result<Expr> conditional();
  Result<Expr> binary(int level);
  Result<Expr> unary();
  Result<Expr> power();
  Result<Expr> postfix();
  Result<Expr> primary();
  Result<Expr> named();
  Result<Expr> list();
  Result<Expr> object();
  Status arguments(Expr& call);
  Status two_arguments(Expr& call);

  const Dialect& dialect_;
  int depth_ = 0, n_operators_ = 0;
};

}  // namespace reckon::language
