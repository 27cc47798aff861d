#include "graph/dim_expression.h"

#include <algorithm>

#include "base/checked.h"

namespace reckon {
namespace {

using Op = DimRule::Op;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == ':' ||
         c == '[' || c == ']' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::optional<DimExpression> parse() {
    if (!sum(Op::divide) || !ended()) return std::nullopt;
    const bool plain = out_.steps.size() == 1 && out_.steps[0].op == Op::dim;
    if (plain) return std::nullopt;
    return std::move(out_);
  }

 private:
  static constexpr int max_depth = 32;
  static constexpr std::size_t max_steps = 256;

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool ended() {
    skip_spaces();
    return at_ == text_.size();
  }
  bool take(std::string_view word) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool push(Op op, std::int64_t value = 0) {
    if (out_.steps.size() >= max_steps) return false;
    out_.steps.push_back({op, value});
    return true;
  }

  // `quotient` is what "/" means here: rounded down, or up inside of a ceiling.
  bool sum(Op quotient) {
    if (!product(quotient)) return false;
    for (;;) {
      if (take("+")) {
        out_.surely = true;
        if (!product(quotient) || !push(Op::add)) return false;
      } else if (take("-")) {
        if (!product(quotient) || !push(Op::subtract)) return false;
      } else {
        return true;
      }
    }
  }

  bool product(Op quotient) {
    if (!power(quotient)) return false;
    for (;;) {
      skip_spaces();
      Op op;
      if (take("//"))
        op = Op::divide, out_.surely = true;
      else if (take("/"))
        op = quotient;
      else if (take("%"))
        op = Op::remainder;
      else if (take("*"))
        op = Op::multiply, out_.surely = true;
      else
        return true;
      if (!power(quotient) || !push(op)) return false;
    }
  }

  bool power(Op quotient) {
    if (!atom(quotient)) return false;
    if (!take("**")) return true;
    out_.surely = true;
    return atom(quotient) && push(Op::power);
  }

  bool atom(Op quotient) {
    if (++depth_ > max_depth) return false;
    const bool ok = atom_at_depth(quotient);
    --depth_;
    return ok;
  }

  bool atom_at_depth(Op quotient) {
    if (take("-")) return push(Op::number, 0) && atom(quotient) && push(Op::subtract);
    if (take("(")) return sum(quotient) && take(")");
    skip_spaces();
    if (at_ == text_.size()) return false;
    if (is_digit(text_[at_])) return number();
    if (!is_letter(text_[at_])) return false;
    const std::size_t from = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string_view name = text_.substr(from, at_ - from);
    if (at_ < text_.size() && text_[at_] == '(') return function(name);
    const auto found = std::find(out_.names.begin(), out_.names.end(), name);
    const auto index = found - out_.names.begin();
    if (found == out_.names.end()) out_.names.push_back(name);
    return push(Op::dim, index);
  }

  bool number() {
    Checked value = 0;
    while (at_ < text_.size() && is_digit(text_[at_]))
      value = value * 10 + Checked(text_[at_++] - '0');
    if (at_ < text_.size() && is_letter(text_[at_])) return false;  // "3d", "1.5"
    return value.ok() && push(Op::number, value.value());
  }

  bool function(std::string_view name) {
    out_.surely = true;
    if (!take("(")) return false;
    std::string lower;
    for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (lower == "floor" || lower == "int" || lower == "floortoint" || lower == "trunc")
      return sum(Op::divide) && take(")");
    if (lower == "ceil" || lower == "ceiling" || lower == "ceiltoint")
      return sum(Op::divide_up) && take(")");
    Op op;
    if (lower == "max")
      op = Op::larger;
    else if (lower == "min")
      op = Op::smaller;
    else if (lower == "mod" || lower == "pythonmod")
      op = Op::remainder;
    else if (lower == "floordiv" || lower == "cleandiv" || lower == "inttruediv")
      op = Op::divide;
    else
      return false;
    if (!sum(Op::divide)) return false;
    int operands = 1;
    for (; take(","); ++operands)
      if (!sum(Op::divide) || !push(op)) return false;
    return operands > 1 && take(")");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  DimExpression out_;
};

}  // namespace

std::optional<DimExpression> parse_dim_expression(std::string_view name) {
  return Parser(name).parse();
}

namespace {

// By index of Graph::dim_names; absent where the name is a word.
std::vector<std::optional<DimExpression>> expressions_of(const Graph& graph) {
  std::vector<std::optional<DimExpression>> all;
  for (const std::string_view name : graph.dim_names) all.push_back(parse_dim_expression(name));
  const std::size_t n = all.size();
  const auto is_word = [&](std::string_view part) {
    for (std::size_t i = 0; i < n; ++i)
      if (!all[i] && graph.dim_names[i] == part) return true;
    return false;
  };
  for (auto& one : all)
    if (one && !one->surely && !one->names.empty() &&
        std::none_of(one->names.begin(), one->names.end(), is_word))
      one.reset();
  return all;
}

std::size_t index_of(Dim dim) {
  return static_cast<std::size_t>(-2 - dim);
}

}  // namespace

std::optional<Dim> value_of(const DimRule& rule, std::span<const Dim> values) {
  // Dimensions that follow from an unknown one are unknown.
  for (const DimRule::Step& step : rule.steps)
    if (step.op == Op::dim && values[index_of(step.value)] < 0) return unknown_dim;
  std::vector<Checked> stack;
  for (const DimRule::Step& step : rule.steps) {
    if (step.op == Op::number || step.op == Op::dim) {
      stack.emplace_back(step.op == Op::number ? step.value : values[index_of(step.value)]);
      continue;
    }
    if (stack.size() < 2) return std::nullopt;
    const Checked b = stack.back();
    stack.pop_back();
    Checked& a = stack.back();
    if (!a.ok() || !b.ok()) return std::nullopt;
    const std::int64_t x = a.value(), y = b.value();
    const auto rounded_down = [&] { return x / y - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0); };
    switch (step.op) {
      case Op::add:
        a += b;
        break;
      case Op::subtract:
        a = a - b;
        break;
      case Op::multiply:
        a *= b;
        break;
      case Op::divide:
      case Op::divide_up:
      case Op::remainder:
        if (y == 0) return std::nullopt;
        if (step.op == Op::divide) a = rounded_down();
        if (step.op == Op::divide_up) a = rounded_down() + (x % y != 0 ? 1 : 0);
        if (step.op == Op::remainder) a = x - rounded_down() * y;
        break;
      case Op::power: {
        if (y < 0 || y > 62) return std::nullopt;
        Checked product = 1;
        for (std::int64_t i = 0; i < y; ++i) product *= x;
        a = product;
        break;
      }
      case Op::larger:
        a = std::max(x, y);
        break;
      default:
        a = std::min(x, y);
    }
  }
  if (stack.size() != 1 || !stack[0].ok() || stack[0].value() < 0) return std::nullopt;
  return stack[0].value();
}

std::vector<DimRule> dim_rules(const Graph& graph) {
  std::vector<DimRule> rules;
  const auto all = expressions_of(graph);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i]) continue;
    DimRule rule{-2 - static_cast<Dim>(i), all[i]->steps};
    bool known = true;
    for (DimRule::Step& step : rule.steps) {
      if (step.op != DimRule::Op::dim) continue;
      const auto at = std::find(graph.dim_names.begin(), graph.dim_names.end(),
                                all[i]->names[static_cast<std::size_t>(step.value)]);
      known = known && at != graph.dim_names.end();
      step.value = -2 - static_cast<Dim>(at - graph.dim_names.begin());
    }
    if (known) rules.push_back(std::move(rule));
  }
  return rules;
}

void add_parts_of_dims(Graph& graph) {
  for (const auto& one : expressions_of(graph))
    if (one)
      for (const std::string_view part : one->names) graph.named_dim(part);
}

}  // namespace reckon
