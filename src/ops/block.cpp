#include "ops/block.h"

namespace reckon {

Walk walk_of(const Shape& shape) {
  Walk walk;
  Checked stride = 1;
  for (int k = shape.rank() - 1; k >= 0; --k) {
    walk.stride[static_cast<std::size_t>(k)] = stride.value_or(0);
    stride *= shape[k];
  }
  return walk;
}

void copy_block(const Constant& from, const Walk& from_walk, Constant& to, const Walk& to_walk,
                const Shape& box) {
  const std::int64_t n = box.elements().value_or(0);
  std::array<Dim, Shape::max_rank> index{};
  std::int64_t at = from_walk.offset, into = to_walk.offset;
  for (std::int64_t i = 0; i < n; ++i) {
    copy_element(from, at, to, into);
    // Counts up like an odometer: the last dimension turns fastest.
    for (int k = box.rank() - 1; k >= 0; --k) {
      const auto dim = static_cast<std::size_t>(k);
      at += from_walk.stride[dim];
      into += to_walk.stride[dim];
      if (++index[dim] < box[k]) break;
      at -= from_walk.stride[dim] * box[k];
      into -= to_walk.stride[dim] * box[k];
      index[dim] = 0;
    }
  }
}

}  // namespace reckon
