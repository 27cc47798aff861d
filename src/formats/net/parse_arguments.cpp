// The arguments of layers.
#include "base/text.h"
#include "formats/net/parser.h"

namespace reckon::net {
namespace {

std::string plural(int n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

}  // namespace

Result<std::int32_t> Parser::kept_expression() {
  RECKON_ASSIGN(Expr expr, expression());
  program_.exprs.push_back(std::move(expr));
  return static_cast<std::int32_t>(program_.exprs.size() - 1);
}

bool Parser::starts_argument() {
  const Token& token = peek();
  return token.kind == TokenKind::number || token.kind == TokenKind::name || token.is("(") ||
         token.is("-");
}

Result<std::vector<std::int32_t>> Parser::dims() {
  std::vector<std::int32_t> list;
  do {
    if (!list.empty()) next();
    if (list.size() >= static_cast<std::size_t>(Shape::max_rank))
      return error(peek().place, "more than " + std::to_string(Shape::max_rank) + " dimensions",
                   ErrorCode::limit);
    RECKON_ASSIGN(const std::int32_t dim, kept_expression());
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

Status Parser::check_layer(const Statement& statement) {
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
