#include "lab/expression.h"

#include "language/expression_parser.h"

namespace reckon::lab {
namespace {

constexpr language::Dialect dialect = {.has_data = true};

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \n\t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Result<Expression> parse_expression_at(const Source& source, std::size_t* offset) {
  language::ExpressionParser parser(source, dialect, *offset);
  const std::size_t begin = *offset;
  RECKON_ASSIGN(Expr root, parser.expression());
  RECKON_ASSIGN(const language::Token* const behind, parser.token());
  *offset = behind->begin;
  return Expression{std::string(trimmed(source.text.substr(begin, *offset - begin))),
                    std::move(root), source.at(begin)};
}

Result<Expression> parse_expression(const Source& source) {
  language::ExpressionParser parser(source, dialect);
  RECKON_ASSIGN(Expr root, parser.expression());
  RECKON_ASSIGN(const language::Token* const behind, parser.token());
  if (behind->kind != language::TokenKind::end) return parser.unexpected();
  return Expression{std::string(trimmed(source.text)), std::move(root), source.place};
}

std::string answer_path(const Expr& expr) {
  if (expr.kind == ExprKind::name) return expr.text == "answers" ? "answers" : std::string();
  if (expr.kind != ExprKind::member) return {};
  const std::string before = answer_path(expr.args[0]);
  return before.empty() ? before : before + "." + expr.text;
}

}  // namespace reckon::lab
