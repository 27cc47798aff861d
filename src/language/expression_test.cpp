// Expressions as trees, expected by hand from the grammar (expression_parser.h), in both dialects.
#include <gtest/gtest.h>

#include "language/expression_parser.h"

namespace reckon::language {
namespace {

constexpr std::string_view functions[] = {"min", "max"};
constexpr Dialect network = {.has_statements = true, .functions = functions};
constexpr Dialect lab = {.has_data = true};

// (+ 1 (* 2 y)); what stands behind the expression follows after a bar.
std::string tree(const Expr& e) {
  std::string head = e.text;
  switch (e.kind) {
    case ExprKind::constant_null:
      return "null";
    case ExprKind::boolean:
      return e.number != 0 ? "true" : "false";
    case ExprKind::number:
      return e.whole ? std::to_string(*e.whole) : std::to_string(e.number);
    case ExprKind::text:
      return "'" + e.text + "'";
    case ExprKind::name:
      return e.text;
    case ExprKind::unary:
    case ExprKind::binary:
      head = sign_of(e.op);
      break;
    case ExprKind::member:
      head = "." + e.text;
      break;
    case ExprKind::index:
      head = "[]";
      break;
    case ExprKind::list:
      head = "list";
      break;
    case ExprKind::for_each:
      head = "for " + e.text;
      break;
    case ExprKind::object:
      head = "object";
      break;
    case ExprKind::conditional:
      head = "if";
      break;
    case ExprKind::call:
      break;
  }
  std::string out = "(" + head;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const bool has_name = i < e.arg_names.size() && !e.arg_names[i].empty();
    out += " " + (has_name ? e.arg_names[i] + ":" : "") + tree(e.args[i]);
  }
  return out + ")";
}

std::string read(std::string_view text, const Dialect& dialect) {
  const std::string file = "f";
  ExpressionParser parser({text, {1, 1, &file}}, dialect);
  const auto expr = parser.expression();
  if (!expr) return expr.error().message + " at " + expr.error().where;
  const auto behind = parser.token();
  if (!behind) return behind.error().message + " at " + behind.error().where;
  const bool is_end = (*behind)->kind == TokenKind::end || (*behind)->kind == TokenKind::newline;
  return tree(*expr) + (is_end ? "" : " | " + described(**behind));
}

TEST(Expression, OfBothDialects) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"1 + 2 * y", "(+ 1 (* 2 y))"},
      {"1 - 2 - 3", "(- (- 1 2) 3)"},
      {"(1 - 2) / 65_536", "(/ (- 1 2) 65536)"},
      {"-a * b", "(* (- a) b)"},
      {"not a == b", "(not (== a b))"},
      {"not a and b or c", "(or (and (not a) b) c)"},
      {"a < b < c", "(< a b) | '<'"},
      {"true != false", "(!= true false)"},
      {"max(a, b + 1)", "(max a (+ b 1))"},
      {"2.5e-1", "0.250000"},
      {"1..9", "1 | '..'"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(read(text, network), expected) << text;
    EXPECT_EQ(read(text, lab), expected) << text;
  }
}

TEST(Expression, OfNetworks) {
  EXPECT_EQ(read("W - 1", network), "(- W 1)");
  EXPECT_EQ(read("W-1", network), "(- W 1)");
  EXPECT_EQ(read("W -1", network), "W | '-'");       // the next argument
  EXPECT_EQ(read("max (1)", network), "max | '('");  // the same
  EXPECT_EQ(read("3x4", network), "3 | 'x'");
  EXPECT_EQ(read("(1 +\n2) # three\n4", network), "(+ 1 2)");
  EXPECT_EQ(read("in if", network), "in | 'if'");  // names here
  EXPECT_EQ(read("mix(1, 2)", network),
            "there is no function 'mix', did you mean min? There are min and max at f:1:1");
  EXPECT_EQ(read("1 + $", network), "the character '$' has no meaning here at f:1:5");
  EXPECT_EQ(read("9223372036854775808", network),
            "the number 9223372036854775808 is beyond 64 bits at f:1:1");
}

TEST(Expression, OfLabs) {
  EXPECT_EQ(read("W -1", lab), "(- W 1)");
  EXPECT_EQ(read("-2 ^ 3 ^ 2", lab), "(- (^ 2 (^ 3 2)))");
  EXPECT_EQ(read("a if b else c", lab), "(if b a c)");
  EXPECT_EQ(read("a ? b : c", lab), "(if a b c)");
  EXPECT_EQ(read("f(net, W=3).a['b'].c", lab), "(.c ([] (.a (f net W:3)) 'b'))");
  EXPECT_EQ(read("[n * n for n in 1..4]", lab), "(for n (* n n) 1 4)");
  EXPECT_EQ(read("{a: 1, 'b c': null}", lab), "(object a:1 b c:null)");
  EXPECT_EQ(read("total | kib:1", lab), "total | '|'");
  EXPECT_EQ(read("1 +\n  in", lab), "did not expect 'in' here at f:2:3");
  EXPECT_EQ(read("'a", lab), "the text that begins here does not end at f:1:1");
}

TEST(Expression, IsBounded) {
  const auto repeated = [](std::string_view part, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += part;
    return text;
  };
  for (const Dialect* dialect : {&network, &lab}) {
    EXPECT_EQ(read(repeated("(", 64) + "1" + repeated(")", 64), *dialect), "1");
    EXPECT_EQ(read(repeated("(", 65) + "1", *dialect), "nested deeper than 64 levels at f:1:66");
    EXPECT_EQ(read(repeated("- ", 65) + "1", *dialect), "nested deeper than 64 levels at f:1:131");
    EXPECT_EQ(read("1" + repeated("+1", 256), *dialect).size(), 256 * 6 + 1U);  // "(+ " and " 1)"
    EXPECT_EQ(read("1" + repeated("+1", 257), *dialect),
              "an expression of more than 256 operators at f:1:514");
  }
}

}  // namespace
}  // namespace reckon::language
