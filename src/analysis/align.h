// Which layer of one network is which of another: the two lists side by side, as `diff` sets lines.
//
// The pairs are in the order of both lists, and the sum of what speaks for them (the operator, a
// name that is one, shapes, parameters) is the largest there is: a weighted longest common
// subsequence (Needleman and Wunsch 1970), by dynamic programming. What begins and ends alike, and
// names that each list has once (as patience diff takes unique lines), cut the lists first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reckon {

// What is compared of a layer.
struct AlignedLayer {
  std::string_view op, module;
  std::string name;
  std::uint64_t shapes = 0;  // a hash of its output shapes
  std::int64_t params = -1;  // -1: unknown
};

// Places in the two lists; -1 where the other list has no such layer.
struct LayerPair {
  std::int64_t a = -1, b = -1;
};

struct Alignment {
  std::vector<LayerPair> pairs;  // of all layers, in order; what only `a` has comes first
  // False where the lists are so long that only pairs near the diagonal were looked at.
  bool exact = true;
};

// Of at most `most_cells` cells of the table between two cuts: a byte each.
Alignment align_layers(const std::vector<AlignedLayer>& a, const std::vector<AlignedLayer>& b,
                       std::int64_t most_cells = std::int64_t{1} << 26);

// "layer1.0.conv1" is a name; "Conv-12" and "node_relu_3" only count: a number behind a stem that
// other layers have as well. Its own length where it is a name, else that of the stem.
std::size_t stem_of(std::string_view name);

}  // namespace reckon
