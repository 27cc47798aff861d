// A 64-bit integer whose arithmetic remembers that it overflowed.
//
// Sizes come from files that nobody vouches for. A Checked is computed with as if it were an
// int64_t; once a step has left the range of int64_t the result is "overflowed" and stays so
// through every later step, so one test at the end is enough. A wrapped count is never seen.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace reckon {

class Checked {
 public:
  constexpr Checked() = default;
  // NOLINTNEXTLINE: an int64_t is a Checked. INT64_MIN itself counts as overflowed.
  constexpr Checked(std::int64_t value) : value_(value) {}

  constexpr bool ok() const { return value_ != overflowed; }
  // REQUIRES: ok().
  constexpr std::int64_t value() const { return value_; }
  constexpr std::int64_t value_or(std::int64_t other) const { return ok() ? value_ : other; }

  // The value, or an `overflow` error that names the quantity and the place.
  Result<std::int64_t> get(std::string_view quantity, std::string_view where = {}) const {
    if (ok()) return value_;
    return fail(ErrorCode::overflow, std::string(quantity) + " is beyond 64 bits",
                std::string(where));
  }

  friend constexpr Checked operator+(Checked a, Checked b) {
    Checked r;
    if (__builtin_add_overflow(a.value_, b.value_, &r.value_) || !a.ok() || !b.ok())
      r.value_ = overflowed;
    return r;
  }
  friend constexpr Checked operator-(Checked a, Checked b) {
    Checked r;
    if (__builtin_sub_overflow(a.value_, b.value_, &r.value_) || !a.ok() || !b.ok())
      r.value_ = overflowed;
    return r;
  }
  friend constexpr Checked operator*(Checked a, Checked b) {
    Checked r;
    if (__builtin_mul_overflow(a.value_, b.value_, &r.value_) || !a.ok() || !b.ok())
      r.value_ = overflowed;
    return r;
  }
  constexpr Checked& operator+=(Checked b) { return *this = *this + b; }
  constexpr Checked& operator*=(Checked b) { return *this = *this * b; }

  // Overflowed values equal nothing, not even each other.
  friend constexpr bool operator==(Checked a, Checked b) {
    return a.ok() && b.ok() && a.value_ == b.value_;
  }

 private:
  // One word, so that a million layers of a dozen counts stay small.
  static constexpr std::int64_t overflowed = INT64_MIN;
  std::int64_t value_ = 0;
};

}  // namespace reckon
