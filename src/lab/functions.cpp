#include "lab/functions.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace reckon::lab {
namespace {

using language::Op;

struct Function {
  std::string_view name;
  std::size_t fewest, most;  // arguments
  Result<Value> (*call)(std::span<const Value>);
};

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorCode::bad_argument, std::move(message));
}

Result<double> number(const Value& value) {
  if (const double* const x = value.number()) return *x;
  return wrong("expected a number, not " + std::string(value.kind()));
}

template <double (*F)(double)>
Result<Value> of_one(std::span<const Value> a) {
  RECKON_ASSIGN(const double x, number(a[0]));
  return Value(F(x));
}

double floor_of(double x) {
  return std::floor(x);
}
double ceil_of(double x) {
  return std::ceil(x);
}
double abs_of(double x) {
  return std::abs(x);
}
double log10_of(double x) {
  return std::log10(x);
}
double sqrt_of(double x) {
  return std::sqrt(x);
}

Result<Value> round_to(std::span<const Value> a) {
  RECKON_ASSIGN(const double x, number(a[0]));
  double scale = 1;
  if (a.size() > 1) {
    RECKON_ASSIGN(const double digits, number(a[1]));
    scale = std::pow(10.0, std::clamp(digits, -15.0, 15.0));
  }
  return Value(std::round(x * scale) / scale);
}

// Numbers in the arguments, or in the items of one list.
Result<std::vector<double>> numbers(std::span<const Value> a) {
  std::vector<double> out;
  if (a.size() == 1 && a[0].list() != nullptr) a = *a[0].list();
  for (const Value& value : a) {
    RECKON_ASSIGN(const double x, number(value));
    out.push_back(x);
  }
  return out;
}

Result<Value> smallest(std::span<const Value> a) {
  RECKON_ASSIGN(const std::vector<double> all, numbers(a));
  return all.empty() ? Value() : Value(*std::min_element(all.begin(), all.end()));
}
Result<Value> largest(std::span<const Value> a) {
  RECKON_ASSIGN(const std::vector<double> all, numbers(a));
  return all.empty() ? Value() : Value(*std::max_element(all.begin(), all.end()));
}
Result<Value> sum(std::span<const Value> a) {
  RECKON_ASSIGN(const std::vector<double> all, numbers(a));
  double total = 0;
  for (const double x : all) total += x;
  return Value(total);
}
Result<Value> length(std::span<const Value> a) {
  if (a[0].text() != nullptr) return Value(static_cast<double>(a[0].text()->size()));
  if (a[0].list() == nullptr) return wrong("len takes a list, not " + std::string(a[0].kind()));
  return Value(static_cast<double>(a[0].list()->size()));
}

// find(list, "name", "relu"): the first item whose member has that value; nothing where none has.
Result<Value> find(std::span<const Value> a) {
  if (a[0].list() == nullptr) return wrong("find takes a list, not " + std::string(a[0].kind()));
  if (a[1].text() == nullptr) return wrong("find takes the name of a member, then its value");
  for (const Value& item : *a[0].list())
    if (const Value* const member = item.member(*a[1].text()); member != nullptr && *member == a[2])
      return item;
  return Value();
}

constexpr std::array<Function, 11> functions = {{
    {"min", 1, 64, smallest},
    {"max", 1, 64, largest},
    {"abs", 1, 1, of_one<abs_of>},
    {"round", 1, 2, round_to},
    {"floor", 1, 1, of_one<floor_of>},
    {"ceil", 1, 1, of_one<ceil_of>},
    {"log10", 1, 1, of_one<log10_of>},
    {"sqrt", 1, 1, of_one<sqrt_of>},
    {"sum", 1, 64, sum},
    {"len", 1, 1, length},
    {"find", 3, 3, find},
}};

constexpr std::array<std::string_view, 5> specials = {"first", "at", "before", "defaults", "text"};

constexpr std::array<std::string_view, 16> names = {
    "min", "max", "abs",  "round", "floor", "ceil",   "log10",    "sqrt",
    "sum", "len", "find", "first", "at",    "before", "defaults", "text"};

const Function* find_function(std::string_view name) {
  for (const Function& function : functions)
    if (function.name == name && !name.empty()) return &function;
  return nullptr;
}

Result<Value> compare(Op op, const Value& a, const Value& b) {
  if (op == Op::equal || op == Op::differ) return Value((a == b) == (op == Op::equal));
  if (a.is_null() || b.is_null()) return Value(false);
  int order = 0;
  if (a.number() != nullptr && b.number() != nullptr)
    order = *a.number() < *b.number() ? -1 : *a.number() > *b.number() ? 1 : 0;
  else if (a.text() != nullptr && b.text() != nullptr)
    order = a.text()->compare(*b.text());
  else
    return wrong("cannot compare " + std::string(a.kind()) + " with " + std::string(b.kind()));
  if (op == Op::less) return Value(order < 0);
  if (op == Op::at_most) return Value(order <= 0);
  if (op == Op::more) return Value(order > 0);
  return Value(order >= 0);
}

}  // namespace

bool is_function(std::string_view name) {
  return find_function(name) != nullptr;
}

bool is_special(std::string_view name) {
  return std::find(specials.begin(), specials.end(), name) != specials.end();
}

std::span<const std::string_view> function_names() {
  return names;
}

Result<Value> call_function(std::string_view name, std::span<const Value> arguments) {
  const Function* const function = find_function(name);
  if (function == nullptr)
    return wrong("there is no function " + quoted(name) + did_you_mean(name, names));
  if (arguments.size() < function->fewest || arguments.size() > function->most)
    return wrong(
        std::string(name) + " takes " + std::to_string(function->fewest) +
        (function->most == function->fewest ? "" : " to " + std::to_string(function->most)) +
        " arguments, not " + std::to_string(arguments.size()));
  if (arguments[0].is_null()) return Value();
  return function->call(arguments);
}

Result<Value> apply(Op op, const Value& a, const Value& b) {
  if (op >= Op::equal && op <= Op::at_least) return compare(op, a, b);
  if (a.is_null() || b.is_null()) return Value();
  if (op == Op::add && a.text() != nullptr && b.text() != nullptr)
    return Value(*a.text() + *b.text());
  if (a.number() == nullptr || b.number() == nullptr)
    return wrong("'" + std::string(sign_of(op)) + "' takes two numbers, not " +
                 std::string(a.kind()) + " and " + std::string(b.kind()));
  const double x = *a.number(), y = *b.number();
  if ((op == Op::divide || op == Op::modulo) && y == 0) return wrong("a division by zero");
  switch (op) {
    case Op::add:
      return Value(x + y);
    case Op::subtract:
      return Value(x - y);
    case Op::multiply:
      return Value(x * y);
    case Op::divide:
      return Value(x / y);
    case Op::modulo:
      return Value(x - y * std::floor(x / y));
    default:
      return Value(std::pow(x, y));
  }
}

}  // namespace reckon::lab
