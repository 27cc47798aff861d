// The input elements that one element of a value sees along one spatial dimension, exactly.
//
// Element q·P + r sees the input elements [ low_r + q·J , high_r + q·J ]: P phases, which repeat J
// input elements further on. Without transposed convolutions and interpolation P is 1, and this is
// Araujo, Norris and Sim's region [ low + i·jump , high + i·jump ] (Distill 2019). With them,
// phases see different parts: every second output of a 4-wide transpose of stride 2 meets other
// taps, and rounding the ends of one rational interval over all of them makes it wider than any
// output's.
//
// An operator's output element i looks at taps: elements first, first + spacing, … of the value
// below. What it sees is the union of what they see, from its lowest to its highest element.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "graph/shape.h"

namespace reckon {

// Nothing where low > high (an output that no tap of a transposed convolution reaches).
struct Ends {
  Dim low = 0, high = 0;
  bool is_empty() const { return low > high; }
  bool operator==(const Ends&) const = default;
};

struct SeenAlong {
  static constexpr std::int8_t gone = -1;  // an axis of one element that is there no more
  static constexpr Dim max_phases = 1024;  // U-Nets have 1, vocoders up to 512

  bool all = false;         // of the input
  bool merged = false;      // the dimension shares its axis with others
  std::int8_t axis = gone;  // of the tensor, counted from the last; meaningless with `all`
  Dim input = unknown_dim;  // size of the input that is seen
  Dim step = 1;             // J
  Ends first;               // of phase 0
  std::vector<Ends> more;   // of the phases 1 … P − 1
  bool operator==(const SeenAlong&) const = default;

  Dim n_phases() const { return static_cast<Dim>(more.size()) + 1; }
  const Ends& phase(Dim r) const { return r == 0 ? first : more[static_cast<std::size_t>(r - 1)]; }
  // Of the element that sees most; nullopt where none sees anything, or beyond 64 bits.
  std::optional<Dim> widest() const;
};

// `n` elements of the value below, from `first` on, `spacing` > 0 apart.
struct Taps {
  Dim first = 0, n = 1, spacing = 1;
};
// `taps` of the first output elements; those of element i + taps.size() lie `shift` > 0 further on.
// False where it has more than max_phases, or leaves 64 bits.
bool look_through(SeenAlong& along, std::span<const Taps> taps, Dim shift);

// The union of what both see. False where they do not line up.
bool unite(SeenAlong& to, const SeenAlong& from);

}  // namespace reckon
