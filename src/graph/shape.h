// The shape of a tensor: a known number of dimensions, or not even that.
//
// A dimension is
//   >= 0   known,
//   == -1  unknown (it depends on data, or nobody said),
//   <= -2  a free dimension with a name ("N", "sequence"): Graph::dim_name(dim). Only declared
//          shapes in a Graph hold these; analysis binds every name before it starts.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "base/checked.h"

namespace reckon {

using Dim = std::int64_t;
inline constexpr Dim unknown_dim = -1;

class Shape {
 public:
  // NumPy allows 64 and PyTorch 64; no published model passes 8. Readers refuse more than this.
  static constexpr int max_rank = 12;

  static const Shape unknown;  // of unknown rank

  // Unknown rank.
  constexpr Shape() = default;
  // REQUIRES: dims.size() <= max_rank.
  constexpr Shape(std::initializer_list<Dim> dims)
      : Shape(std::span<const Dim>(dims.begin(), dims.size())) {}
  constexpr explicit Shape(std::span<const Dim> dims)
      : rank_(static_cast<std::int8_t>(dims.size())) {
    std::copy(dims.begin(), dims.end(), dims_);
  }
  static constexpr Shape scalar() { return Shape(std::span<const Dim>()); }
  // A shape of `rank` unknown dimensions.
  static constexpr Shape of_rank(int rank) {
    Shape s;
    s.rank_ = static_cast<std::int8_t>(rank);
    for (int i = 0; i < rank; ++i) s.dims_[i] = unknown_dim;
    return s;
  }

  constexpr bool has_rank() const { return rank_ >= 0; }
  // -1 when unknown.
  constexpr int rank() const { return rank_; }
  // REQUIRES: 0 <= i < rank().
  constexpr Dim operator[](int i) const { return dims_[i]; }
  constexpr Dim& operator[](int i) { return dims_[i]; }
  constexpr std::span<const Dim> dims() const {
    return {dims_, static_cast<std::size_t>(rank_ < 0 ? 0 : rank_)};
  }
  // REQUIRES: has_rank() and rank() < max_rank.
  constexpr void push_back(Dim d) { dims_[rank_++] = d; }

  // Rank and every dimension are known.
  constexpr bool is_static() const {
    return has_rank() && std::all_of(dims_, dims_ + rank_, [](Dim d) { return d >= 0; });
  }
  // Product of the dimensions; 1 for a scalar. REQUIRES: is_static().
  constexpr Checked elements() const {
    Checked n = 1;
    for (const Dim d : dims()) n *= d;
    return n;
  }

  // Equal for equal shapes.
  constexpr std::size_t hash() const {
    auto h = static_cast<std::size_t>(rank_);
    for (const Dim d : dims()) h = h * 31 + static_cast<std::size_t>(d);
    return h;
  }

  friend constexpr bool operator==(const Shape& a, const Shape& b) {
    return a.rank_ == b.rank_ && std::equal(a.dims_, a.dims_ + std::max<int>(a.rank_, 0), b.dims_);
  }

 private:
  std::int8_t rank_ = -1;
  Dim dims_[max_rank];
};
inline const Shape Shape::unknown = {};

// "1×3×224×224", "scalar", "?" for unknown rank, "1×?×64" for unknown dimensions.
std::string to_string(const Shape& shape);

}  // namespace reckon
