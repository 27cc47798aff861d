// glibc's malloc on one thread, on paper: how much of what a program writes lies on pages that the
// system gives out anew, and so has to clear first.
//
// malloc/malloc.c of glibc 2.26 to 2.40, with its default settings:
//
//   request   what is left of a block joins the free ones. Tensors lie at multiples of 64 bytes.
//   find      the smallest free block that holds it; of equal ones the lowest address; else the
//             top of the heap, which grows by the request and 128 KiB (top_pad).
//   map       what the heap cannot hold from the mapping threshold on has pages of its own, which
//             go back when it is released. The threshold begins at 128 KiB and becomes the size of
//             the largest such block up to 32 MiB that was released.
//   release   a block joins its free neighbours. Where that makes 64 KiB or more and the top has
//             reached twice the threshold, all of the top but 128 KiB goes back to the system.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace reckon {

class SystemHeap {
 public:
  using BlockId = std::int32_t;
  static constexpr BlockId no_block = -1;

  // no_block for nothing (0 bytes) and for more than 2^48 bytes.
  BlockId allocate(std::int64_t bytes);
  // Nothing happens for no_block.
  void release(BlockId id);

  // Written for the first time since the system gave it out, of all that was ever allocated.
  std::int64_t new_page_bytes() const { return new_page_bytes_; }

 private:
  struct Block {
    std::int64_t address = 0, bytes = 0;
    bool mapped = false;
  };
  using Free = std::map<std::int64_t, std::int64_t>;  // bytes by address

  void write(std::int64_t address, std::int64_t bytes);
  void insert_free(std::int64_t address, std::int64_t bytes);
  void erase_free(Free::iterator it);

  std::vector<Block> blocks_;
  Free free_;
  std::set<std::pair<std::int64_t, std::int64_t>> by_size_;  // bytes and address of each free one
  // Blocks and free ones lie below top_, the heap ends at end_, pages below met_ were written.
  std::int64_t top_ = 0, end_ = 0, met_ = 0;
  std::int64_t map_threshold_bytes_ = 128 << 10;
  std::int64_t new_page_bytes_ = 0;
};

}  // namespace reckon
