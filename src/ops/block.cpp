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

namespace {

// A row of a box, from one list of elements to another: Transpose and Slice of equal types copy
// thousands of them. False where the row leaves either list.
template <class Element>
bool copy_row(const std::vector<Element>& from, Dim at, Dim from_stride, std::vector<Element>& to,
              Dim into, Dim to_stride, Dim n) {
  const auto holds = [n](std::size_t size, Dim first, Dim stride) {
    const Checked last = Checked(first) + Checked(stride) * Checked(n - 1);
    const auto limit = static_cast<Dim>(size);
    return first >= 0 && first < limit && last.ok() && last.value() >= 0 && last.value() < limit;
  };
  if (!holds(from.size(), at, from_stride) || !holds(to.size(), into, to_stride)) return false;
  for (Dim i = 0; i < n; ++i)
    to[static_cast<std::size_t>(into + i * to_stride)] =
        from[static_cast<std::size_t>(at + i * from_stride)];
  return true;
}

}  // namespace

void copy_block(const Constant& from, const Walk& from_walk, Constant& to, const Walk& to_walk,
                const Shape& box) {
  if (!(box.elements().value_or(0) > 0)) return;
  const int last = box.rank() - 1;
  const Dim n = last < 0 ? 1 : box[last];
  const Dim from_stride = last < 0 ? 0 : from_walk.stride[static_cast<std::size_t>(last)];
  const Dim to_stride = last < 0 ? 0 : to_walk.stride[static_cast<std::size_t>(last)];
  const bool same_type = from.dtype == to.dtype;
  std::array<Dim, Shape::max_rank> index{};
  std::int64_t at = from_walk.offset, into = to_walk.offset;
  for (;;) {
    const bool copied =
        same_type && (is_float(from.dtype)
                          ? copy_row(from.floats, at, from_stride, to.floats, into, to_stride, n)
                          : copy_row(from.ints, at, from_stride, to.ints, into, to_stride, n));
    for (Dim i = 0; i < n && !copied; ++i)
      copy_element(from, at + i * from_stride, to, into + i * to_stride);
    // Counts rows up like an odometer: the last dimension but one turns fastest.
    int k = last - 1;
    for (; k >= 0; --k) {
      const auto dim = static_cast<std::size_t>(k);
      at += from_walk.stride[dim];
      into += to_walk.stride[dim];
      if (++index[dim] < box[k]) break;
      at -= from_walk.stride[dim] * box[k];
      into -= to_walk.stride[dim] * box[k];
      index[dim] = 0;
    }
    if (k < 0) return;
  }
}

}  // namespace reckon
