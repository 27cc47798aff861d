// Where a figure comes from, for people: its formula in words, and the same with the numbers put
// in. Both are the engine's own where it explains what it computed: the formula beside a value, the
// `explain` of an answer. Between them stand the operators of the lab's expression.
//
//   (need.weights_bytes + need.gradients_bytes) / budget
//   (params · B each + params · B each) ÷ mem bytes
//   (109,386 · 4 + 109,386 · 4) ÷ 8,589,934,592
#include <algorithm>

#include "lab/functions.h"
#include "lab/world.h"

namespace reckon::lab {
namespace {

// Longer words say less than the name of the figure that they derive.
constexpr std::size_t longest_part = 100, longest = 400;
constexpr int deepest = 12;

std::string in_words(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string_view written(Op op) {
  switch (op) {
    case Op::multiply:
      return "·";
    case Op::divide:
      return "÷";
    case Op::subtract:
      return "−";
    default:
      return language::sign_of(op);
  }
}

bool is_sum(std::string_view text) {
  return text.find(" + ") != std::string_view::npos || text.find(" − ") != std::string_view::npos ||
         text.find(" - ") != std::string_view::npos;
}

const std::string* text_of(const Value& object, std::string_view member) {
  const Value* const found = object.member(member);
  return found == nullptr ? nullptr : found->text();
}

}  // namespace

std::string Evaluator::shown(const Expr& e) {
  const auto value = run(e);
  if (!value || value->is_null()) return "—";
  const auto text = session_.show(*value, "", e.place);
  return text ? *text : "…";
}

// What the engine says of the member that `e` is, if it says something.
std::optional<Derivation> Evaluator::explained(const Expr& e) {
  const auto of = run(e.args[0]);
  if (!of) return std::nullopt;
  const auto told = [](const Value& by) -> std::optional<Derivation> {
    const std::string* const formula = text_of(by, "formula");
    const std::string* const substitution = text_of(by, "substitution");
    if (formula == nullptr || substitution == nullptr || *formula == *substitution)
      return std::nullopt;
    return Derivation{in_words(*formula), *substitution};
  };
  if (e.text == "value")
    if (auto found = told(*of)) return found;
  // The answer that it is a member of.
  const Expr* root = &e;
  while (root->kind == ExprKind::member || root->kind == ExprKind::index ||
         root->kind == ExprKind::name) {
    if (root->kind != ExprKind::name) {
      root = &root->args[0];
    } else if (const auto at = session_.lab_.figure(root->text)) {
      root = &session_.lab_.figures[*at].value.root;
    } else {
      return std::nullopt;
    }
  }
  if (root->kind != ExprKind::call || is_special(root->text) || is_function(root->text))
    return std::nullopt;
  const auto asked = run(*root);
  const Value* const list = asked ? asked->member("explain") : nullptr;
  const auto value = run(e);
  if (list == nullptr || list->list() == nullptr || !value) return std::nullopt;
  for (const Value& one : *list->list()) {
    const std::string* const name = text_of(one, "name");
    const Value* const same = one.member("value");
    if (name != nullptr && *name == e.text && same != nullptr && *same == *value) return told(one);
  }
  return std::nullopt;
}

// "transistors of sigmoid": the members on the way, and what was found by name.
std::string Evaluator::path_words(const Expr& e) {
  std::string what, whose;
  for (const Expr* at = &e;;) {
    if (at->kind == ExprKind::member) {
      const bool plain = at->text == "value" || at->text == "low" || at->text == "high";
      if (what.empty() && !plain) what = in_words(at->text);
      at = &at->args[0];
    } else if (at->kind == ExprKind::index) {
      at = &at->args[0];
    } else if (at->kind == ExprKind::call && at->text == "find" && at->args.size() == 3) {
      const std::string name = shown(at->args[2]);
      whose = name;
      if (what.empty()) what = name;
      at = &at->args[0];
    } else if (at->kind == ExprKind::name) {
      const auto figure = session_.lab_.figure(at->text);
      if (!figure) break;
      if (what.empty()) what = in_words(at->text);
      at = &session_.lab_.figures[*figure].value.root;
    } else {
      break;
    }
  }
  return whose.empty() || whose == what ? what : what + " of " + whose;
}

Derivation Evaluator::derived(const Expr& e, int depth) {
  if (depth > deepest) return {"…", shown(e)};
  const auto plain = [&](std::string words) { return Derivation{std::move(words), shown(e)}; };
  switch (e.kind) {
    case ExprKind::name: {
      if (const Control* const control = session_.lab_.control(e.text)) {
        const auto label = session_.label(control->label);
        return plain(label ? *label : e.text);
      }
      const auto at = session_.lab_.figure(e.text);
      if (!at) return plain(in_words(e.text));
      Derivation of = derived(session_.lab_.figures[*at].value.root, depth + 1);
      if (of.words.empty() || of.words.size() > longest_part || of.words == of.numbers)
        return plain(in_words(e.text));
      return of;
    }
    case ExprKind::member:
      if (answer(e)) return plain("your answer");
      if (auto found = explained(e)) return *std::move(found);
      return plain(path_words(e));
    case ExprKind::unary: {
      Derivation of = derived(e.args[0], depth + 1);
      return {"−" + of.words, "−" + of.numbers};
    }
    case ExprKind::binary: {
      Derivation left = derived(e.args[0], depth + 1), right = derived(e.args[1], depth + 1);
      const std::string sign = " " + std::string(written(e.op)) + " ";
      const bool product = e.op >= Op::multiply;
      const auto part = [](std::string& text, bool brackets) {
        if (brackets) text = "(" + text + ")";
      };
      for (std::string* text : {&left.words, &left.numbers}) part(*text, product && is_sum(*text));
      const bool divisor = e.op == Op::divide || e.op == Op::power || e.op == Op::modulo;
      for (std::string* text : {&right.words, &right.numbers})
        part(*text, ((product || e.op == Op::subtract) && is_sum(*text)) ||
                        (divisor && text->find("·") != std::string::npos));
      return {left.words + sign + right.words, left.numbers + sign + right.numbers};
    }
    case ExprKind::conditional: {
      const auto condition = run(e.args[0]);
      const bool yes = condition && condition->boolean() != nullptr && *condition->boolean();
      return derived(e.args[yes ? 1 : 2], depth + 1);
    }
    case ExprKind::call: {
      if (e.text == "text") return derived(e.args[0], depth + 1);
      if (e.text == "find" || e.text == "first" || !(is_special(e.text) || is_function(e.text)))
        return plain(e.text == "find" ? path_words(e) : in_words(e.text));
      if (is_special(e.text)) {
        auto there = elsewhere(e);
        if (!there || *there == nullptr) return plain(in_words(e.text));
        return Evaluator(session_, **there, locals_).derived(e.args[0], depth + 1);
      }
      Derivation out{e.text + "(", e.text + "("};
      for (std::size_t i = 0; i < e.args.size(); ++i) {
        const Derivation of = derived(e.args[i], depth + 1);
        out.words += (i == 0 ? "" : ", ") + of.words;
        out.numbers += (i == 0 ? "" : ", ") + of.numbers;
      }
      return {out.words + ")", out.numbers + ")"};
    }
    default:
      return plain(e.kind == ExprKind::number || e.kind == ExprKind::text ? shown(e) : "");
  }
}

Derivation Evaluator::derivation(const Expression& expression) {
  Derivation of = derived(expression.root, 0);
  if (of.words == of.numbers || of.words.size() > longest || of.numbers.size() > longest) return {};
  return of;
}

}  // namespace reckon::lab
