// Quantities that cannot be mixed up. A MAC is not a FLOP: flops_of() is the only bridge.
#pragma once

#include "base/checked.h"

namespace reckon {

template <class Unit>
struct Quantity {
  Checked count;

  constexpr Quantity() = default;
  constexpr explicit Quantity(Checked n) : count(n) {}
  constexpr bool ok() const { return count.ok(); }
  constexpr std::int64_t value() const { return count.value(); }
  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity(a.count + b.count);
  }
  constexpr Quantity& operator+=(Quantity b) {
    count += b.count;
    return *this;
  }
  friend constexpr Quantity operator*(Quantity a, Checked times) {
    return Quantity(a.count * times);
  }
  friend constexpr bool operator==(Quantity a, Quantity b) { return a.count == b.count; }
};

using Macs = Quantity<struct MacUnit>;          // multiply-accumulates
using Flops = Quantity<struct FlopUnit>;        // floating-point operations
using IntOps = Quantity<struct IntOpUnit>;      // integer operations
using Bytes = Quantity<struct ByteUnit>;        // bytes
using Elements = Quantity<struct ElementUnit>;  // tensor elements, parameters among them

// One multiply and one add.
constexpr Flops flops_of(Macs macs) {
  return Flops(macs.count * 2);
}

}  // namespace reckon
