// A long list in blocks that are given back one by one: what is made of one long list and then used
// up for another never has to be there twice.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace reckon {

template <class T>
class Blocks {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t i) const { return blocks_[i / per_block][i % per_block]; }
  T& operator[](std::size_t i) { return blocks_[i / per_block][i % per_block]; }
  T& back() { return (*this)[size_ - 1]; }

  T& emplace_back() {
    if (size_ % per_block == 0) blocks_.emplace_back().reserve(size_ == 0 ? 0 : per_block);
    ++size_;
    return blocks_.back().emplace_back();
  }
  void push_back(T item) { emplace_back() = std::move(item); }

  // Calls f with each, in order, and gives them back on the way.
  template <class F>
  void use_up(F f) {
    for (std::size_t i = 0; i < size_; ++i) {
      f((*this)[i]);
      if ((i + 1) % per_block == 0) std::vector<T>().swap(blocks_[i / per_block]);
    }
    blocks_.clear();
    size_ = 0;
  }

  class Iterator {
   public:
    Iterator(const Blocks* of, std::size_t at) : of_(of), at_(at) {}
    const T& operator*() const { return (*of_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Blocks* of_;
    std::size_t at_;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size_}; }

 private:
  // Large enough for the system to take a block back at once.
  static constexpr std::size_t per_block = std::size_t{1} << 15;

  std::vector<std::vector<T>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace reckon
