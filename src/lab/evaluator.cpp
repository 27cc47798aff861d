// Walks an expression.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "lab/functions.h"
#include "lab/world.h"

namespace reckon::lab {
namespace {

std::unexpected<Error> wrong(const Expr& at, std::string message) {
  return fail(ErrorCode::bad_argument, std::move(message), at.place.text());
}

constexpr std::int64_t most_steps = 2'000'000;

}  // namespace

Result<Value> Evaluator::run(const Expr& e) {
  if (++session_.steps_ > most_steps)
    return fail(ErrorCode::limit, "the lab computes more than it may", e.place.text());
  switch (e.kind) {
    case ExprKind::constant_null:
      return Value();
    case ExprKind::boolean:
      return Value(e.number != 0);
    case ExprKind::number:
      return Value(e.number);
    case ExprKind::text:
      return Value(e.text);
    case ExprKind::name:
      return name(e);
    case ExprKind::member:
      return member(e);
    case ExprKind::index:
      return index(e);
    case ExprKind::call:
      return call(e);
    case ExprKind::list: {
      List list;
      for (const Expr& item : e.args) {
        RECKON_ASSIGN(Value one, run(item));
        list.push_back(std::move(one));
      }
      return Value(std::move(list));
    }
    case ExprKind::for_each:
      return for_each(e);
    case ExprKind::object: {
      Object object;
      for (std::size_t i = 0; i < e.args.size(); ++i) {
        RECKON_ASSIGN(Value one, run(e.args[i]));
        if (one.number() != nullptr && !std::isfinite(*one.number())) one = Value();
        object.emplace_back(e.arg_names[i], std::move(one));
      }
      return Value(std::move(object));
    }
    case ExprKind::unary: {
      RECKON_ASSIGN(const Value a, run(e.args[0]));
      if (e.op == Op::invert) {
        RECKON_ASSIGN(const bool b, truth(a, e.args[0]));
        return Value(!b);
      }
      if (a.is_null()) return a;
      if (a.number() == nullptr)
        return wrong(e, "'-' takes a number, not " + std::string(a.kind()));
      return Value(-*a.number());
    }
    case ExprKind::binary:
      return binary(e);
    case ExprKind::conditional: {
      RECKON_ASSIGN(const Value condition, run(e.args[0]));
      RECKON_ASSIGN(const bool yes, truth(condition, e.args[0]));
      return run(e.args[yes ? 1 : 2]);
    }
  }
  return Value();
}

Result<bool> Evaluator::truth(const Value& value, const Expr& at) {
  if (value.boolean() != nullptr) return *value.boolean();
  if (value.is_null()) return false;
  return wrong(at, "expected true or false, not " + std::string(value.kind()));
}

Result<Value> Evaluator::binary(const Expr& e) {
  if (e.op == Op::both || e.op == Op::either) {
    RECKON_ASSIGN(const Value left, run(e.args[0]));
    RECKON_ASSIGN(const bool a, truth(left, e.args[0]));
    if (a == (e.op == Op::either)) return Value(a);
    RECKON_ASSIGN(const Value right, run(e.args[1]));
    RECKON_ASSIGN(const bool b, truth(right, e.args[1]));
    return Value(b);
  }
  RECKON_ASSIGN(const Value a, run(e.args[0]));
  RECKON_ASSIGN(const Value b, run(e.args[1]));
  auto result = apply(e.op, a, b);
  if (!result) return wrong(e, std::move(result).error().message);
  return result;
}

Result<Value> Evaluator::name(const Expr& e) {
  for (auto local = locals_.rbegin(); local != locals_.rend(); ++local)
    if (local->first == e.text) return local->second;
  if (const auto control = world_.controls.find(e.text); control != world_.controls.end()) {
    const Control& about = *session_.lab_.control(e.text);
    if (about.type == ControlType::constant) {
      weaken(about.standing);
      given_ |= !(control->second == about.default_value);
    }
    return control->second;
  }
  const auto at = session_.lab_.figure(e.text);
  if (!at) return wrong(e, "there is nothing called " + quoted(std::string_view(e.text)));
  auto& memo = world_.figures[*at];
  if (memo.state == World::State::busy)
    return wrong(e, "the figure " + quoted(std::string_view(e.text)) + " refers to itself");
  if (memo.state == World::State::fresh) {
    memo.state = World::State::busy;
    const NamedFigure& figure = session_.lab_.figures[*at];
    auto result = Evaluator(session_, world_).evaluated(figure.value);
    memo.state = World::State::fresh;
    if (!result) return std::unexpected<Error>(std::move(result).error());
    memo.is = *std::move(result);
    if (figure.standing) memo.is.standing = *figure.standing;
    memo.state = World::State::known;
  }
  weaken(memo.is.standing);
  given_ |= memo.is.given;
  return memo.is.value;
}

// answers.QUESTION.FIELD: nothing while it is not answered. Ids of questions have points.
std::optional<Value> Evaluator::answer(const Expr& e) {
  std::vector<std::string_view> path;
  const Expr* at = &e;
  for (; at->kind == ExprKind::member; at = &at->args[0]) path.push_back(at->text);
  if (at->kind != ExprKind::name || at->text != "answers" || path.size() < 2) return std::nullopt;
  given_ = true;
  std::string question;
  for (std::size_t i = path.size(); i-- > 1;)
    question.append(question.empty() ? "" : ".").append(path[i]);
  const auto found = session_.answers_.find(question);
  if (found == session_.answers_.end()) return Value();
  const auto field = found->second.find(path[0]);
  return field == found->second.end() ? Value() : field->second;
}

Result<Value> Evaluator::member(const Expr& e) {
  if (auto found = answer(e)) return *std::move(found);
  RECKON_ASSIGN(const Value of, run(e.args[0]));
  if (of.is_null()) return of;
  if (of.object() == nullptr)
    return wrong(e, std::string(of.kind()) + " has no member " + quoted(std::string_view(e.text)));
  const Value* const found = of.member(e.text);
  if (found == nullptr) {
    std::vector<std::string_view> known;
    for (const auto& [key, value] : *of.object())
      known.insert(std::ranges::upper_bound(known, key), key);
    return wrong(
        e, "the answer has no " + quoted(std::string_view(e.text)) + did_you_mean(e.text, known));
  }
  // A figure of the engine says how far it may be trusted.
  if (const Value* const word = of.member("standing"); word != nullptr && word->text() != nullptr)
    for (int i = 0; i <= static_cast<int>(Standing::assumed); ++i)
      if (reckon::to_string(static_cast<Standing>(i)) == *word->text())
        weaken(static_cast<Standing>(i));
  return *found;
}

Result<Value> Evaluator::index(const Expr& e) {
  RECKON_ASSIGN(const Value of, run(e.args[0]));
  RECKON_ASSIGN(const Value at, run(e.args[1]));
  if (of.is_null() || at.is_null()) return Value();
  if (at.text() != nullptr && of.object() != nullptr) {
    const Value* const found = of.member(*at.text());
    return found == nullptr ? Value() : *found;
  }
  const List* const list = of.list();
  if (at.number() == nullptr || list == nullptr)
    return wrong(e, std::string(of.kind()) + " has no item " + std::string(at.kind()));
  const double i = *at.number();
  if (i < 0 || i != std::floor(i) || i >= static_cast<double>(list->size()))
    return wrong(e, "the list has " + std::to_string(list->size()) + " items, from 0");
  return (*list)[static_cast<std::size_t>(i)];
}

Result<Value> Evaluator::for_each(const Expr& e) {
  constexpr double most_items = 100'000;
  RECKON_ASSIGN(const Value from, run(e.args[1]));
  const bool range = e.args.size() > 2;
  Value to;
  if (range) {
    RECKON_ASSIGN(to, run(e.args[2]));
    if (from.number() == nullptr || to.number() == nullptr)
      return wrong(e, "a range is between two numbers");
    if (*to.number() - *from.number() > most_items) return wrong(e, "the range is too long");
  } else if (from.list() == nullptr) {
    return wrong(e, "'for' goes through a list, not " + std::string(from.kind()));
  }
  List list;
  locals_.emplace_back(e.text, Value());
  const auto one = [&](Value value) -> Status {
    locals_.back().second = std::move(value);
    RECKON_ASSIGN(Value item, run(e.args[0]));
    list.push_back(std::move(item));
    return {};
  };
  Status status;
  if (range)
    for (double x = *from.number(); x <= *to.number() && status; ++x) status = one(x);
  else
    for (std::size_t i = 0; i < from.list()->size() && status; ++i) status = one((*from.list())[i]);
  locals_.pop_back();
  if (!status) return std::unexpected<Error>(std::move(status).error());
  return Value(std::move(list));
}

Result<Value> Evaluator::call(const Expr& e) {
  if (is_special(e.text)) return special(e);
  if (!is_function(e.text)) return ask(e);
  std::vector<Value> arguments;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    if (!e.arg_names[i].empty()) return wrong(e, e.text + " has no named arguments");
    RECKON_ASSIGN(Value one, run(e.args[i]));
    arguments.push_back(std::move(one));
  }
  auto result = call_function(e.text, arguments);
  if (!result) return wrong(e, std::move(result).error().message);
  return result;
}

Result<Value> Evaluator::special(const Expr& e) {
  if (e.text == "first") return first(e);
  if (e.text == "text") {
    if (e.args.size() != 2 || e.args[1].kind != ExprKind::text)
      return wrong(e, "text takes a value and a format: text(total, 'kib:1')");
    RECKON_ASSIGN(const Value value, run(e.args[0]));
    RECKON_ASSIGN(std::string shown, session_.show(value, e.args[1].text, e.place));
    return Value(std::move(shown));
  }
  if (e.args.empty() || !e.arg_names[0].empty())
    return wrong(e, e.text + " takes an expression first");
  RECKON_ASSIGN(World* const there, elsewhere(e));
  if (there == nullptr) return Value();
  return within(*there, e.args[0]);
}

Result<World*> Evaluator::elsewhere(const Expr& e) {
  if (e.text == "before") return session_.before_;
  Settings controls = e.text == "at" ? world_.controls : Settings();
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    const std::string& name = e.arg_names[i];
    if (session_.lab_.control(name) == nullptr)
      return wrong(e.args[i], "there is no control " + quoted(std::string_view(name)));
    RECKON_ASSIGN(controls[name], run(e.args[i]));
  }
  return &session_.world(std::move(controls));
}

Result<Value> Evaluator::within(World& world, const Expr& e) {
  constexpr std::size_t most_worlds = 4096;
  if (session_.worlds_.size() > most_worlds)
    return fail(ErrorCode::limit, "the lab looks at more than 4,096 states at once",
                e.place.text());
  Evaluator there(session_, world, locals_);
  auto result = there.run(e);
  weaken(there.standing_);
  given_ |= there.given_;
  return result;
}

// first(W, lo, hi, condition): the smallest whole W of lo..hi at which the condition holds, by
// bisection; nothing where it does not hold at the end. With a step behind, only every so many from
// lo on. `lab check` proves that the condition changes once.
Result<Value> Evaluator::first(const Expr& e) {
  if (e.args.size() < 4 || e.args.size() > 5 || e.args[0].kind != ExprKind::name)
    return wrong(e, "first takes a control, two limits, a condition, and perhaps a step");
  const std::string& name = e.args[0].text;
  if (session_.lab_.control(name) == nullptr)
    return wrong(e.args[0], "there is no control " + quoted(std::string_view(name)));
  RECKON_ASSIGN(const Value low, run(e.args[1]));
  RECKON_ASSIGN(const Value high, run(e.args[2]));
  Value step(1.0);
  if (e.args.size() == 5) {
    RECKON_ASSIGN(step, run(e.args[4]));
  }
  if (low.number() == nullptr || high.number() == nullptr || step.number() == nullptr ||
      !(*step.number() >= 1))
    return wrong(e, "the limits of first are numbers, its step one of at least 1");
  const double by = std::floor(*step.number()), from = std::ceil(*low.number());
  if (from > *high.number()) return Value();
  const auto holds_at = [&](double n) -> Result<bool> {
    Settings controls = world_.controls;
    controls[name] = from + n * by;
    RECKON_ASSIGN(const Value value, within(session_.world(std::move(controls)), e.args[3]));
    return truth(value, e.args[3]);
  };
  double lo = 0, hi = std::floor((*high.number() - from) / by);
  const double end = from + hi * by;
  RECKON_ASSIGN(const bool at_end, holds_at(hi));
  if (!at_end) return Value();
  while (lo < hi) {
    const double middle = std::floor((lo + hi) / 2);
    RECKON_ASSIGN(const bool there, holds_at(middle));
    (there ? hi : lo) = there ? middle : middle + 1;
  }
  const double at = from + lo * by;
  session_.found_firsts_.push_back({&e, from, end, by, at});
  return Value(at);
}

// A question to the engine: memory(mlp, W=64, batch=32, train=true).
Result<Value> Evaluator::ask(const Expr& e) {
  Json question = Json::object();
  question["question"] = e.text;
  const Network* network = nullptr;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const std::string& name = e.arg_names[i];
    if (name.empty()) {
      if (i == 0 && e.args[i].kind == ExprKind::name)
        network = session_.lab_.network(e.args[i].text);
      if (network == nullptr || i > 0) {
        std::vector<std::string_view> known;
        for (const Network& one : session_.lab_.networks) known.push_back(one.name);
        const std::string& word = e.args[i].text;
        return wrong(e.args[i], "a question takes a network of the lab, then NAME=VALUE" +
                                    (i == 0 ? did_you_mean(word, known) : std::string()));
      }
      continue;
    }
    RECKON_ASSIGN(const Value value, run(e.args[i]));
    if (value.is_null()) continue;
    const bool sets = network != nullptr &&
                      std::find(network->parameters.begin(), network->parameters.end(), name) !=
                          network->parameters.end();
    (sets ? question["set"][name] : question[name]) = value.to_json();
  }
  auto answer = session_.faculties_.ask(network == nullptr ? "" : network->name, question);
  if (!answer)
    return wrong(e, answer.error().message +
                        (answer.error().where.empty() ? "" : " (" + answer.error().where + ")"));
  return answer;
}

Result<Evaluated> Evaluator::evaluated(const Expression& expression) {
  RECKON_ASSIGN(Value value, run(expression.root));
  return Evaluated{std::move(value), standing_, given_};
}

}  // namespace reckon::lab
