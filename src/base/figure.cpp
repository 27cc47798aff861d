#include "base/figure.h"

namespace reckon {

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::exact:
      return "exact";
    case Standing::measured:
      return "measured";
    case Standing::modelled:
      return "modelled";
    case Standing::reference:
      return "reference";
    case Standing::assumed:
      return "assumed";
  }
  return "assumed";
}

namespace {

// The name of a last factor that holds the product of several. INT64_MAX there is an overflow.
constexpr std::string_view absorbed = "…";

bool is_overflow(const Factor& factor) {
  return factor.value == INT64_MAX && factor.name == absorbed;
}

}  // namespace

Term& Term::times(std::string_view name, std::int64_t value) {
  if (value < 0) known_ = false;
  if (n_factors_ < max_factors) {
    factors_[n_factors_++] = Factor{name, value};
    return *this;
  }
  Factor& last = factors_[max_factors - 1];
  const Checked product = Checked(last.value) * Checked(value);
  last = Factor{absorbed, last.value < 0 || value < 0 ? -1 : product.value_or(INT64_MAX)};
  return *this;
}

Checked Term::value() const {
  Checked product = 1;
  for (const Factor& factor : factors()) product *= factor.value;
  // Zero times anything is zero, also where an earlier partial product was too large.
  for (const Factor& factor : factors())
    if (factor.value == 0) return 0;
  if (n_factors_ == max_factors && is_overflow(factors_[max_factors - 1])) return INT64_MIN;
  return product;
}

void Term::clear() {
  n_factors_ = 0;
  known_ = true;
  label = {};
  operand_a = operand_b = constant;
}

Term& Figure::add(std::string_view label) {
  Term& term = terms_[n_terms_ < max_terms ? n_terms_++ : max_terms - 1];
  term.clear();
  term.label = label;
  return term;
}

Term& Figure::add(std::string_view label, std::initializer_list<Factor> factors) {
  Term& term = add(label);
  for (const Factor& factor : factors) term.times(factor.name, factor.value);
  return term;
}

bool Figure::known() const {
  for (const Term& term : terms())
    if (!term.known()) return false;
  return true;
}

Checked Figure::value() const {
  Checked sum = 0;
  for (const Term& term : terms())
    if (term.known()) sum += term.value();
  return sum;
}

void Figure::clear() {
  n_terms_ = 0;
}

}  // namespace reckon
