#include "base/formula.h"

#include "base/number.h"
#include "base/text.h"

namespace reckon {
namespace {

template <class Write>
std::string product(const Term& term, Write write) {
  std::string out;
  for (const Factor& factor : term.factors()) {
    if (!out.empty()) out += " · ";
    out += write(factor);
  }
  return out.empty() ? "1" : out;
}

template <class Write>
std::string sum(const Figure& figure, Write write) {
  std::string out;
  for (const Term& term : figure.terms()) {
    if (!out.empty()) out += " + ";
    out += write(term);
  }
  return out.empty() ? "0" : out;
}

// A name that is a sum itself needs brackets inside a product.
std::string name_of(const Factor& factor) {
  const std::string name = printable(factor.name);
  const bool is_sum = name.find_first_of("+-") != std::string::npos && name.front() != '(';
  return is_sum ? "(" + name + ")" : name;
}

}  // namespace

std::string formula_of(const Term& term) {
  return product(term, name_of);
}

std::string formula_of(const Figure& figure) {
  return sum(figure, [](const Term& term) { return formula_of(term); });
}

std::string substitution_of(const Term& term) {
  return product(term, [](const Factor& factor) {
    return factor.value < 0 ? std::string("?") : grouped(factor.value);
  });
}

std::string substitution_of(const Figure& figure) {
  return sum(figure, [](const Term& term) { return substitution_of(term); });
}

}  // namespace reckon
