// Fractions of 64-bit numbers, exact: nullopt once a term leaves 64 bits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

#include "base/checked.h"

namespace reckon {

struct Rational {
  std::int64_t num = 0, den = 1;  // den > 0, lowest terms
  bool operator==(const Rational&) const = default;
};

inline std::optional<Rational> reduced(Checked num, Checked den) {
  if (!num.ok() || !den.ok() || den.value() == 0) return std::nullopt;
  const std::int64_t divisor = std::max<std::int64_t>(1, std::gcd(num.value(), den.value()));
  return Rational{num.value() / divisor, den.value() / divisor};
}

inline std::optional<Rational> add(Rational a, Rational b) {
  return reduced(Checked(a.num) * Checked(b.den) + Checked(b.num) * Checked(a.den),
                 Checked(a.den) * Checked(b.den));
}

inline std::optional<Rational> multiply(Rational a, Rational b) {
  return reduced(Checked(a.num) * Checked(b.num), Checked(a.den) * Checked(b.den));
}

inline bool less(Rational a, Rational b) {
  return static_cast<long double>(a.num) * static_cast<long double>(b.den) <
         static_cast<long double>(b.num) * static_cast<long double>(a.den);
}

}  // namespace reckon
