// Expressions of a lab: the only way in which a number comes into it.
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
// A call of a name that is no function is a question to the engine; docs/labs.md has the rest.
#pragma once

#include <string>
#include <vector>

#include "lab/lexer.h"

namespace reckon::lab {

enum class ExprKind : std::uint8_t {
  constant_null,
  boolean,
  number,
  text,
  name,
  member,       // args[0] . text
  index,        // args[0] [ args[1] ]
  call,         // text(args…), with arg_names
  list,         // [args…]
  for_each,     // [args[0] for text in args[1] .. args[2]?]
  object,       // {arg_names: args}
  unary,        // text args[0]
  binary,       // args[0] text args[1]
  conditional,  // args[1] if args[0] else args[2]
};

struct Expr {
  ExprKind kind = ExprKind::constant_null;
  std::string text;
  double number = 0;
  Place place;
  std::vector<Expr> args;
  std::vector<std::string> arg_names;  // as many as args, for calls and objects; may be empty
};

// An expression as its author wrote it.
struct Expression {
  std::string text;
  Expr root;
  Place place;
};

// The whole of `source`.
Result<Expression> parse_expression(const Source& source);
// The expression that begins at *offset, which moves to what follows it.
Result<Expression> parse_expression_at(const Source& source, std::size_t* offset);

}  // namespace reckon::lab
