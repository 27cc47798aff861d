// PyTorch's CUDA caching allocator, on paper: which segments a sequence of requests and releases
// takes from the driver, which is what `torch.cuda.memory_reserved()` tells.
//
// c10/cuda/CUDACachingAllocator.cpp of PyTorch 1.10 to 2.x, with its default settings and one
// stream:
//
//   request   rounded up to 512 bytes. At most 1 MiB: the small pool, else the large one.
//   find      the smallest free block of the pool that holds it; of equal ones the lowest address.
//   else      a new segment: 2 MiB for the small pool; 20 MiB below 10 MiB; else the request
//             rounded up to 2 MiB. Segments follow each other in rising addresses (assumed: the
//             driver chooses, and it only decides between equal blocks).
//   split     the rest of a block becomes one of its own: in the small pool from 512 bytes, in the
//             large one above 1 MiB. A block that is not split is given whole, and counts so.
//   release   a block joins its free neighbours of the same segment. Segments stay, until the
//             driver has no memory left: then those that are wholly free go, and it tries again.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "base/checked.h"

namespace reckon {

class CachingAllocator {
 public:
  using BlockId = std::int32_t;
  static constexpr BlockId no_block = -1;

  // `capacity_bytes`: what the driver can give; without one it gives everything.
  explicit CachingAllocator(std::optional<std::int64_t> capacity_bytes = {})
      : capacity_bytes_(capacity_bytes) {}

  // no_block for nothing (0 bytes), and where memory is out: failed() then.
  BlockId allocate(std::int64_t bytes);
  // Nothing happens for no_block.
  void release(BlockId id);

  // In blocks that are given out, as torch.cuda.memory_allocated() counts; and their highest sum.
  std::int64_t allocated_bytes() const { return allocated_.value_or(INT64_MAX); }
  std::int64_t peak_allocated_bytes() const { return peak_allocated_bytes_; }
  // In segments.
  std::int64_t reserved_bytes() const { return reserved_.value_or(INT64_MAX); }
  std::int64_t peak_reserved_bytes() const { return peak_reserved_bytes_; }
  // Times that cached segments were given back because the driver had nothing left.
  std::int64_t n_flushes() const { return n_flushes_; }
  bool failed() const { return failed_; }

 private:
  struct Block {
    std::int64_t address = 0, bytes = 0;
    BlockId before = no_block, after = no_block;  // of the same segment
    bool small = false, given = false;
  };
  struct Key {  // of a free block
    std::int64_t bytes = 0, address = 0;
    BlockId id = no_block;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Pool = std::set<Key>;  // of a long network a hundred thousand are free at once
  Block& block(BlockId id) { return blocks_[static_cast<std::size_t>(id)]; }
  Pool& pool(bool small) { return small ? small_free_ : large_free_; }
  Key key(BlockId id) { return {block(id).bytes, block(id).address, id}; }
  BlockId new_block(const Block& made);
  BlockId new_segment(std::int64_t bytes, bool small);
  void flush();
  void join(BlockId first, BlockId second);
  void insert(BlockId id);
  void erase(BlockId id);

  std::optional<std::int64_t> capacity_bytes_;
  std::vector<Block> blocks_;
  std::vector<BlockId> unused_;  // places in blocks_
  Pool small_free_, large_free_;
  Checked next_address_ = 0, allocated_ = 0, reserved_ = 0;
  std::int64_t peak_allocated_bytes_ = 0, peak_reserved_bytes_ = 0, n_flushes_ = 0;
  bool failed_ = false;
};

}  // namespace reckon
