// Expressions of a lab: the only way in which a number comes into it.
//
// The grammar is that of language/expression_parser.h, with data. A call of a name that is no
// function is a question to the engine; docs/labs.md has the rest.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "language/expression.h"
#include "language/lexer.h"

namespace reckon::lab {

using language::Expr;
using language::ExprKind;
using language::Op;
using language::Place;
using language::Source;

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

// "answers.act1.prediction.ratio", or empty where the chain of members begins elsewhere.
std::string answer_path(const Expr& expr);

// Without blanks around it.
std::string_view trimmed(std::string_view text);

}  // namespace reckon::lab
