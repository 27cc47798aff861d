#include <array>
#include <optional>

#include "base/text.h"
#include "lab/expression.h"

namespace reckon::lab {
namespace {

constexpr int deepest = 64;

class Parser {
 public:
  Parser(const Source& source, std::size_t offset) : source_(source), end_(offset) {}

  Result<Expr> whole(std::size_t* end) {
    RECKON_TRY(advance());
    RECKON_ASSIGN(Expr root, expression());
    *end = token_.begin;
    return root;
  }
  bool at_end() const { return token_.kind == TokenKind::end; }
  std::unexpected<Error> unexpected() const {
    if (at_end()) return wrong("the expression ends too early");
    return wrong("did not expect " +
                 quoted(source_.text.substr(token_.begin, token_.end - token_.begin)) + " here");
  }

 private:
  std::unexpected<Error> wrong(std::string message) const {
    return fail(ErrorCode::syntax, std::move(message), source_.at(token_.begin).text());
  }
  Status advance() {
    RECKON_ASSIGN(token_, next_token(source_, end_));
    end_ = token_.end;
    return {};
  }
  bool is_sign(std::string_view sign) const {
    return token_.kind == TokenKind::sign && token_.text == sign;
  }
  bool is_word(std::string_view word) const {
    return token_.kind == TokenKind::name && token_.text == word;
  }
  Status expect(std::string_view sign) {
    if (!is_sign(sign)) return wrong("expected '" + std::string(sign) + "' here");
    return advance();
  }
  Expr here(ExprKind kind) const {
    Expr e;
    e.kind = kind;
    e.place = source_.at(token_.begin);
    return e;
  }

  Result<Expr> expression() {
    if (++depth_ > deepest)
      return fail(ErrorCode::limit, "the expression is nested more than 64 levels deep",
                  source_.at(token_.begin).text());
    auto result = conditional();
    --depth_;
    return result;
  }

  Result<Expr> conditional() {
    RECKON_ASSIGN(Expr first, binary(0));
    if (is_word("if")) {
      Expr e = here(ExprKind::conditional);
      RECKON_TRY(advance());
      RECKON_ASSIGN(Expr condition, binary(0));
      if (!is_word("else")) return wrong("expected 'else' here");
      RECKON_TRY(advance());
      RECKON_ASSIGN(Expr otherwise, expression());
      e.args = {std::move(condition), std::move(first), std::move(otherwise)};
      return e;
    }
    if (is_sign("?")) {
      Expr e = here(ExprKind::conditional);
      RECKON_TRY(advance());
      RECKON_ASSIGN(Expr yes, expression());
      RECKON_TRY(expect(":"));
      RECKON_ASSIGN(Expr no, expression());
      e.args = {std::move(first), std::move(yes), std::move(no)};
      return e;
    }
    return first;
  }

  // The operators that bind as loosely as `level`; empty where the token is none of them.
  std::string operator_of(int level) const {
    static constexpr std::array<std::array<std::string_view, 6>, 5> levels = {{
        {"or"},
        {"and"},
        {"==", "!=", "<=", ">=", "<", ">"},
        {"+", "-"},
        {"*", "/", "%"},
    }};
    if (token_.kind != TokenKind::name && token_.kind != TokenKind::sign) return {};
    for (const std::string_view one : levels[static_cast<std::size_t>(level)])
      if (!one.empty() && one == token_.text) return std::string(one);
    return {};
  }

  Result<Expr> binary(int level) {
    constexpr int comparison = 2, last = 4;
    if (level > last) return unary();
    if (level == comparison && is_word("not")) {
      Expr e = here(ExprKind::unary);
      e.text = "not";
      RECKON_TRY(advance());
      if (++depth_ > deepest) return wrong("too many 'not'");
      RECKON_ASSIGN(Expr operand, binary(comparison));
      --depth_;
      e.args.push_back(std::move(operand));
      return e;
    }
    RECKON_ASSIGN(Expr left, binary(level + 1));
    for (std::string op = operator_of(level); !op.empty(); op = operator_of(level)) {
      Expr e = here(ExprKind::binary);
      e.text = op;
      RECKON_TRY(advance());
      RECKON_ASSIGN(Expr right, binary(level + 1));
      e.args.push_back(std::move(left));
      e.args.push_back(std::move(right));
      left = std::move(e);
      if (++operators_ > 1000) return wrong("the expression has more than 1,000 operators");
      if (level == comparison) break;
    }
    return left;
  }

  Result<Expr> unary() {
    if (!is_sign("-")) return power();
    Expr e = here(ExprKind::unary);
    e.text = "-";
    RECKON_TRY(advance());
    if (++depth_ > deepest) return wrong("too many signs");
    RECKON_ASSIGN(Expr operand, unary());
    --depth_;
    e.args.push_back(std::move(operand));
    return e;
  }

  Result<Expr> power() {
    RECKON_ASSIGN(Expr base, postfix());
    if (!is_sign("^")) return base;
    Expr e = here(ExprKind::binary);
    e.text = "^";
    RECKON_TRY(advance());
    if (++depth_ > deepest) return wrong("too many powers");
    RECKON_ASSIGN(Expr exponent, unary());
    --depth_;
    e.args.push_back(std::move(base));
    e.args.push_back(std::move(exponent));
    return e;
  }

  Result<Expr> postfix() {
    RECKON_ASSIGN(Expr value, primary());
    for (int steps = 0; is_sign(".") || is_sign("["); ++steps) {
      if (steps > 2 * deepest) return wrong("too many members");
      const bool member = is_sign(".");
      Expr e = here(member ? ExprKind::member : ExprKind::index);
      RECKON_TRY(advance());
      e.args.push_back(std::move(value));
      if (member) {
        if (token_.kind != TokenKind::name) return wrong("expected a name behind the point");
        e.text = token_.text;
        RECKON_TRY(advance());
      } else {
        RECKON_ASSIGN(Expr index, expression());
        e.args.push_back(std::move(index));
        RECKON_TRY(expect("]"));
      }
      value = std::move(e);
    }
    return value;
  }

  Result<Expr> primary() {
    Expr e = here(ExprKind::number);
    if (token_.kind == TokenKind::number) {
      e.number = token_.number;
      RECKON_TRY(advance());
      return e;
    }
    if (token_.kind == TokenKind::text) {
      e.kind = ExprKind::text;
      e.text = token_.text;
      RECKON_TRY(advance());
      return e;
    }
    if (token_.kind == TokenKind::name) return named();
    if (is_sign("(")) {
      RECKON_TRY(advance());
      RECKON_ASSIGN(Expr inner, expression());
      RECKON_TRY(expect(")"));
      return inner;
    }
    if (is_sign("[")) return list();
    if (is_sign("{")) return object();
    return unexpected();
  }

  Result<Expr> named() {
    Expr e = here(ExprKind::name);
    e.text = token_.text;
    for (const std::string_view word : {"if", "else", "for", "in", "and", "or", "not"})
      if (e.text == word) return unexpected();
    RECKON_TRY(advance());
    if (e.text == "true" || e.text == "false") {
      e.kind = ExprKind::boolean;
      e.number = e.text == "true" ? 1 : 0;
    } else if (e.text == "null") {
      e.kind = ExprKind::constant_null;
    } else if (is_sign("(")) {
      e.kind = ExprKind::call;
      RECKON_TRY(advance());
      while (!is_sign(")")) {
        std::string name;
        if (token_.kind == TokenKind::name) {
          RECKON_ASSIGN(const Token after, next_token(source_, end_));
          if (after.kind == TokenKind::sign && after.text == "=") {
            name = token_.text;
            end_ = after.end;
            RECKON_TRY(advance());
          }
        }
        RECKON_ASSIGN(Expr argument, expression());
        e.args.push_back(std::move(argument));
        e.arg_names.push_back(std::move(name));
        if (!is_sign(")")) RECKON_TRY(expect(","));
      }
      RECKON_TRY(advance());
    }
    return e;
  }

  Result<Expr> list() {
    Expr e = here(ExprKind::list);
    RECKON_TRY(advance());
    while (!is_sign("]")) {
      RECKON_ASSIGN(Expr item, expression());
      e.args.push_back(std::move(item));
      if (e.args.size() == 1 && is_word("for")) {
        e.kind = ExprKind::for_each;
        RECKON_TRY(advance());
        if (token_.kind != TokenKind::name) return wrong("expected a name behind 'for'");
        e.text = token_.text;
        RECKON_TRY(advance());
        if (!is_word("in")) return wrong("expected 'in' here");
        RECKON_TRY(advance());
        RECKON_ASSIGN(Expr from, expression());
        e.args.push_back(std::move(from));
        if (is_sign("..")) {
          RECKON_TRY(advance());
          RECKON_ASSIGN(Expr to, expression());
          e.args.push_back(std::move(to));
        }
        break;
      }
      if (!is_sign("]")) RECKON_TRY(expect(","));
    }
    RECKON_TRY(expect("]"));
    return e;
  }

  Result<Expr> object() {
    Expr e = here(ExprKind::object);
    RECKON_TRY(advance());
    while (!is_sign("}")) {
      if (token_.kind != TokenKind::text && token_.kind != TokenKind::name)
        return wrong("expected a key here");
      e.arg_names.push_back(token_.text);
      RECKON_TRY(advance());
      RECKON_TRY(expect(":"));
      RECKON_ASSIGN(Expr value, expression());
      e.args.push_back(std::move(value));
      if (!is_sign("}")) RECKON_TRY(expect(","));
    }
    RECKON_TRY(advance());
    return e;
  }

  const Source& source_;
  std::size_t end_;  // of the token
  Token token_;
  int depth_ = 0, operators_ = 0;
};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \n\t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \n\t\r") - first + 1));
}

}  // namespace

Result<Expression> parse_expression_at(const Source& source, std::size_t* offset) {
  Parser parser(source, *offset);
  const std::size_t begin = *offset;
  RECKON_ASSIGN(Expr root, parser.whole(offset));
  return Expression{trimmed(source.text.substr(begin, *offset - begin)), std::move(root),
                    source.at(begin)};
}

Result<Expression> parse_expression(const Source& source) {
  std::size_t end = 0;
  Parser parser(source, 0);
  RECKON_ASSIGN(Expr root, parser.whole(&end));
  if (!parser.at_end()) return parser.unexpected();
  return Expression{trimmed(source.text), std::move(root), source.place};
}

}  // namespace reckon::lab
