#include "memory/system_heap.h"

#include <algorithm>
#include <iterator>

namespace reckon {
namespace {

constexpr std::int64_t pad_bytes = 128 << 10, joined_bytes = 64 << 10;
constexpr std::int64_t largest_threshold_bytes = 32 << 20;
constexpr std::int64_t line_bytes = 64;  // c10/core/impl/alloc_cpu.h, gAlignment

}  // namespace

SystemHeap::BlockId SystemHeap::allocate(std::int64_t bytes) {
  constexpr std::int64_t most_bytes = std::int64_t{1} << 48;
  if (bytes <= 0 || bytes > most_bytes) return no_block;
  Block block{.bytes = (bytes + line_bytes - 1) / line_bytes * line_bytes};
  const auto fits = by_size_.lower_bound({block.bytes, 0});
  if (fits != by_size_.end()) {
    const auto [free_bytes, address] = *fits;
    erase_free(free_.find(address));
    block.address = address;
    if (free_bytes > block.bytes) insert_free(address + block.bytes, free_bytes - block.bytes);
  } else if (block.bytes > end_ - top_ && block.bytes >= map_threshold_bytes_) {
    block.mapped = true;
    new_page_bytes_ += block.bytes;
  } else {
    block.address = top_;
    top_ += block.bytes;
    if (top_ > end_) end_ = top_ + pad_bytes;
  }
  if (!block.mapped) write(block.address, block.bytes);
  blocks_.push_back(block);
  return static_cast<BlockId>(blocks_.size() - 1);
}

void SystemHeap::release(BlockId id) {
  if (id == no_block) return;
  const Block block = blocks_[static_cast<std::size_t>(id)];
  if (block.mapped) {
    if (block.bytes <= largest_threshold_bytes)
      map_threshold_bytes_ = std::max(map_threshold_bytes_, block.bytes);
    return;
  }
  std::int64_t begin = block.address, end = begin + block.bytes;
  auto after = free_.lower_bound(begin);
  if (after != free_.begin()) {
    const auto before = std::prev(after);
    if (before->first + before->second == begin) {
      begin = before->first;
      erase_free(before);
    }
  }
  after = free_.lower_bound(end);
  if (after != free_.end() && after->first == end) {
    end += after->second;
    erase_free(after);
  }
  const bool is_top = end == top_;
  if (is_top) {
    top_ = begin;
  } else {
    insert_free(begin, end - begin);
  }
  const std::int64_t made_bytes = is_top ? end_ - top_ : end - begin;
  if (made_bytes < joined_bytes || end_ - top_ < 2 * map_threshold_bytes_) return;
  end_ = std::min(end_, top_ + pad_bytes);
  met_ = std::min(met_, end_);
}

void SystemHeap::write(std::int64_t address, std::int64_t bytes) {
  const std::int64_t end = address + bytes;
  new_page_bytes_ += std::max<std::int64_t>(0, end - std::max(address, met_));
  met_ = std::max(met_, end);
}

void SystemHeap::insert_free(std::int64_t address, std::int64_t bytes) {
  free_.emplace(address, bytes);
  by_size_.emplace(bytes, address);
}

void SystemHeap::erase_free(Free::iterator it) {
  by_size_.erase({it->second, it->first});
  free_.erase(it);
}

}  // namespace reckon
