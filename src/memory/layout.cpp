#include "memory/layout.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace reckon {
namespace {

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

// Strides saturate: beside a dimension of 0 the others may be of any size, and an empty tensor's
// strides reach no element.
std::int64_t times(std::int64_t a, std::int64_t b) {
  return (Checked(a) * Checked(b)).value_or(INT64_MAX);
}

// Dimensions from the slowest to the fastest; size-1 dimensions keep their place.
std::vector<int> by_stride(const Layout& layout) {
  std::vector<int> order(at(std::max(layout.sizes.rank(), 0)));
  std::iota(order.begin(), order.end(), 0);
  // Insertion, as TensorIterator does it: stable, and a size-1 dimension never moves another.
  const auto slower = [&](int a, int b) {
    if (layout.sizes[a] == 1 || layout.sizes[b] == 1) return false;
    return layout.strides[at(a)] > layout.strides[at(b)];
  };
  for (std::size_t i = 1; i < order.size(); ++i)
    for (std::size_t k = i; k > 0 && slower(order[k], order[k - 1]); --k)
      std::swap(order[k], order[k - 1]);
  return order;
}

Layout dense_in(const Shape& sizes, std::span<const int> order) {
  Layout layout;
  layout.sizes = sizes;
  std::int64_t stride = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    layout.strides[at(order[i])] = stride;
    stride = times(stride, std::max<Dim>(sizes[order[i]], 1));
  }
  return layout;
}

bool dense_along(const Layout& layout, std::span<const int> order) {
  std::int64_t expected = 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    const int d = order[i];
    if (layout.sizes[d] == 1) continue;
    if (layout.strides[at(d)] != expected) return false;
    expected = times(expected, layout.sizes[d]);
  }
  return true;
}

constexpr int channels_last_order[] = {0, 2, 3, 1};

}  // namespace

Layout Layout::contiguous(const Shape& sizes) {
  std::vector<int> order(at(std::max(sizes.rank(), 0)));
  std::iota(order.begin(), order.end(), 0);
  return dense_in(sizes, order);
}

Layout Layout::channels_last(const Shape& sizes) {
  return dense_in(sizes, channels_last_order);
}

bool Layout::is_contiguous() const {
  std::vector<int> order(at(std::max(sizes.rank(), 0)));
  std::iota(order.begin(), order.end(), 0);
  return dense_along(*this, order);
}

bool Layout::is_channels_last() const {
  return sizes.rank() == 4 && !is_contiguous() && dense_along(*this, channels_last_order);
}

bool Layout::is_dense() const {
  return dense_along(*this, by_stride(*this));
}

Layout Layout::permuted(std::span<const std::int64_t> perm) const {
  Layout out;
  out.sizes = Shape::of_rank(sizes.rank());
  for (int i = 0; i < sizes.rank(); ++i) {
    const int from = static_cast<int>(perm[at(i)]);
    out.sizes[i] = sizes[from];
    out.strides[at(i)] = strides[at(from)];
  }
  return out;
}

std::optional<Layout> Layout::viewed(const Shape& new_sizes) const {
  Layout out;
  out.sizes = new_sizes;
  if (sizes.elements() == Checked(0)) return contiguous(new_sizes);
  if (sizes.rank() == 0) {
    for (int i = 0; i < new_sizes.rank(); ++i) out.strides[at(i)] = 1;
    return out;
  }
  // Walk both from the fastest dimension; a run of old dimensions that follow each other in memory
  // can be cut into new ones.
  int view_d = new_sizes.rank() - 1;
  std::int64_t base_stride = strides[at(sizes.rank() - 1)], run = 1, view_run = 1;
  for (int d = sizes.rank() - 1; d >= 0; --d) {
    run = times(run, sizes[d]);
    const bool ends =
        d == 0 || (sizes[d - 1] != 1 && strides[at(d - 1)] != times(run, base_stride));
    if (!ends) continue;
    while (view_d >= 0 && (view_run < run || new_sizes[view_d] == 1)) {
      out.strides[at(view_d)] = times(view_run, base_stride);
      view_run = times(view_run, new_sizes[view_d]);
      --view_d;
    }
    if (view_run != run) return std::nullopt;
    if (d > 0) {
      base_stride = strides[at(d - 1)];
      run = view_run = 1;
    }
  }
  if (view_d != -1) return std::nullopt;
  return out;
}

Layout Layout::like_for(const Shape& out) const {
  if (out.rank() != sizes.rank()) return contiguous(out);
  // Broadcast dimensions (stride 0) say nothing about order.
  for (int i = 0; i < sizes.rank(); ++i)
    if (sizes[i] > 1 && strides[at(i)] == 0) return contiguous(out);
  return dense_in(out, by_stride(*this));
}

}  // namespace reckon
