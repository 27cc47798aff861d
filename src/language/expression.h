// An expression as a tree: what both languages compute with. A room that evaluates one gives its
// own meaning to names, calls and numbers (formats/net/evaluate.cpp: integers of 64 bits, checked;
// lab/evaluator.cpp: values of a lab).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/place.h"

namespace reckon::language {

enum class Op : std::uint8_t {
  either,  // or
  both,    // and
  invert,  // not
  equal,
  differ,
  less,
  at_most,
  more,
  at_least,
  add,
  subtract,
  multiply,
  divide,
  modulo,
  negate,
  power,
};

// As it is written: "and", "<=", "-".
std::string_view sign_of(Op op);

enum class ExprKind : std::uint8_t {
  constant_null,
  boolean,  // number
  number,
  text,
  name,
  member,       // args[0] . text
  index,        // args[0] [ args[1] ]
  call,         // text(args…), with arg_names
  list,         // [args…]
  for_each,     // [args[0] for text in args[1] .. args[2]?]
  object,       // {arg_names: args}
  unary,        // op args[0]
  binary,       // args[0] op args[1]
  conditional,  // args[1] if args[0] else args[2]
};

struct Expr {
  ExprKind kind = ExprKind::constant_null;
  Op op = Op::add;
  Place place;  // of an operation: its operator
  std::string text;
  double number = 0;
  std::optional<std::int64_t> whole;  // of a number without a point
  std::vector<Expr> args;
  std::vector<std::string> arg_names;  // as many as args, for calls and objects; may be empty
};

}  // namespace reckon::language
