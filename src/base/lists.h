// Many short lists, made at once and kept end to end: one for each value of a graph takes four
// bytes and its items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace reckon {

template <class T>
class Lists {
 public:
  Lists() = default;
  // `put_all` is called twice and calls what it is given with (list, item) for each item, in order.
  template <class PutAll>
  Lists(std::size_t n, PutAll put_all) : begins_(n + 2, 0) {
    put_all([&](std::size_t list, const T&) { ++begins_[list + 2]; });
    for (std::size_t i = 2; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
    items_.resize(begins_.back());
    put_all([&](std::size_t list, const T& item) { items_[begins_[list + 1]++] = item; });
  }

  std::span<const T> operator[](std::size_t i) const {
    return std::span(items_).subspan(begins_[i], begins_[i + 1] - begins_[i]);
  }

 private:
  std::vector<std::uint32_t> begins_;
  std::vector<T> items_;
};

}  // namespace reckon
