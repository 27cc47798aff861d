#include "memory/caching_allocator.h"

#include <algorithm>

namespace reckon {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;
constexpr std::int64_t granule = 512;            // kMinBlockSize
constexpr std::int64_t largest_small = mib;      // kSmallSize
constexpr std::int64_t small_segment = 2 * mib;  // kSmallBuffer
constexpr std::int64_t large_segment = 20 * mib, smallest_own_segment = 10 * mib;
constexpr std::int64_t segment_granule = 2 * mib;  // kRoundLarge

// INT64_MAX where there is no such multiple.
std::int64_t rounded(std::int64_t bytes, std::int64_t to) {
  return ((Checked(bytes) + (to - 1)).value_or(INT64_MAX) / to * Checked(to)).value_or(INT64_MAX);
}

std::int64_t segment_bytes(std::int64_t bytes) {
  if (bytes <= largest_small) return small_segment;
  return bytes < smallest_own_segment ? large_segment : rounded(bytes, segment_granule);
}

}  // namespace

CachingAllocator::BlockId CachingAllocator::new_block(const Block& made) {
  if (unused_.empty()) {
    blocks_.push_back(made);
    return static_cast<BlockId>(blocks_.size() - 1);
  }
  const BlockId id = unused_.back();
  unused_.pop_back();
  block(id) = made;
  return id;
}

// Segments that are wholly free go back to the driver.
void CachingAllocator::flush() {
  ++n_flushes_;
  for (Pool* free : {&small_free_, &large_free_}) {
    std::erase_if(*free, [&](const Key& one) {
      const Block& b = block(one.id);
      if (b.before != no_block || b.after != no_block) return false;
      reserved_ = reserved_ - b.bytes;
      unused_.push_back(one.id);
      return true;
    });
  }
}

CachingAllocator::BlockId CachingAllocator::new_segment(std::int64_t bytes, bool small) {
  const auto has_room = [&] {
    const Checked then = reserved_ + bytes;
    return then.ok() && (!capacity_bytes_ || then.value() <= *capacity_bytes_);
  };
  if (!has_room()) flush();
  if (!has_room()) return no_block;
  const std::int64_t address = next_address_.value_or(0);
  next_address_ += bytes;
  if (!next_address_.ok()) return no_block;
  reserved_ += bytes;
  peak_reserved_bytes_ = std::max(peak_reserved_bytes_, reserved_bytes());
  return new_block({.address = address, .bytes = bytes, .small = small});
}

CachingAllocator::BlockId CachingAllocator::allocate(std::int64_t asked_bytes) {
  if (asked_bytes <= 0 || failed_) return no_block;
  const std::int64_t bytes = rounded(asked_bytes, granule);
  const bool small = bytes <= largest_small;
  Pool& free = pool(small);
  BlockId id = no_block;
  if (const auto at = free.lower_bound({bytes, 0, no_block}); at != free.end()) {
    id = at->id;
    free.erase(at);
  } else {
    id = new_segment(segment_bytes(bytes), small);
    failed_ = id == no_block;
    if (failed_) return no_block;
  }
  const std::int64_t left = block(id).bytes - bytes;
  if (small ? left >= granule : left > largest_small) {
    const BlockId rest = new_block({.address = block(id).address + bytes,
                                    .bytes = left,
                                    .before = id,
                                    .after = block(id).after,
                                    .small = small});
    if (block(rest).after != no_block) block(block(rest).after).before = rest;
    block(id).after = rest;
    block(id).bytes = bytes;
    insert(rest);
  }
  block(id).given = true;
  allocated_ += block(id).bytes;
  peak_allocated_bytes_ = std::max(peak_allocated_bytes_, allocated_bytes());
  return id;
}

void CachingAllocator::insert(BlockId id) {
  pool(block(id).small).insert(key(id));
}

void CachingAllocator::erase(BlockId id) {
  pool(block(id).small).erase(key(id));
}

// The second block, which follows the first, becomes part of it.
void CachingAllocator::join(BlockId first, BlockId second) {
  block(first).bytes += block(second).bytes;
  block(first).after = block(second).after;
  if (block(first).after != no_block) block(block(first).after).before = first;
  unused_.push_back(second);
}

void CachingAllocator::release(BlockId id) {
  if (id == no_block) return;
  block(id).given = false;
  allocated_ = allocated_ - block(id).bytes;
  const BlockId before = block(id).before, after = block(id).after;
  if (after != no_block && !block(after).given) {
    erase(after);
    join(id, after);
  }
  if (before != no_block && !block(before).given) {
    erase(before);
    join(before, id);
    id = before;
  }
  insert(id);
}

}  // namespace reckon
