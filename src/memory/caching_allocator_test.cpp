// The allocator against traces worked out by hand from its rules, and against a twin that keeps
// plain lists and searches all of them.
#include "memory/caching_allocator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reckon {
namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib;

TEST(CachingAllocator, SmallRequestsShareASegmentOfTwoMib) {
  CachingAllocator memory;
  memory.allocate(1);
  memory.allocate(513);
  EXPECT_EQ(memory.allocated_bytes(), 512 + 1024);
  EXPECT_EQ(memory.reserved_bytes(), 2 * mib);
  memory.allocate(mib);  // 2 MiB less 1,536 bytes are left, which hold it
  EXPECT_EQ(memory.reserved_bytes(), 2 * mib);
  memory.allocate(mib);  // and now less than 1 MiB
  EXPECT_EQ(memory.reserved_bytes(), 4 * mib);
}

TEST(CachingAllocator, NothingTakesNothing) {
  CachingAllocator memory;
  EXPECT_EQ(memory.allocate(0), CachingAllocator::no_block);
  memory.release(CachingAllocator::no_block);
  EXPECT_EQ(memory.reserved_bytes(), 0);
  EXPECT_FALSE(memory.failed());
}

TEST(CachingAllocator, UpToTenMibTwentyAreTaken) {
  CachingAllocator memory;
  memory.allocate(mib + 1);
  EXPECT_EQ(memory.reserved_bytes(), 20 * mib);
  memory.allocate(10 * mib - 512);  // fits the rest
  EXPECT_EQ(memory.reserved_bytes(), 20 * mib);
  memory.allocate(10 * mib);  // 20 − 1 − 10 are not enough: a segment of its own size
  EXPECT_EQ(memory.reserved_bytes(), 30 * mib);
  memory.allocate(11 * mib);  // rounded up to 12
  EXPECT_EQ(memory.reserved_bytes(), 42 * mib);
}

// 20 − 9.5 − 9.5 MiB leave exactly 1 MiB, which stays with the second block.
TEST(CachingAllocator, ARestOfOneMibIsNotSplitOff) {
  CachingAllocator memory;
  const std::int64_t bytes = 19 * mib / 2;
  memory.allocate(bytes);
  EXPECT_EQ(memory.allocated_bytes(), bytes);
  memory.allocate(bytes);
  EXPECT_EQ(memory.allocated_bytes(), 20 * mib);
}

TEST(CachingAllocator, TheSmallestBlockThatHoldsItIsTaken) {
  CachingAllocator memory;
  const auto a = memory.allocate(30 * mib), b = memory.allocate(20 * mib);
  memory.release(a);
  memory.release(b);
  memory.allocate(18 * mib);
  memory.allocate(30 * mib);  // still there
  EXPECT_EQ(memory.reserved_bytes(), 50 * mib);
}

TEST(CachingAllocator, NeighboursOfOneSegmentJoin) {
  CachingAllocator memory;
  const auto a = memory.allocate(6 * mib), b = memory.allocate(6 * mib),
             c = memory.allocate(6 * mib);
  memory.release(a);
  memory.release(c);
  memory.release(b);
  memory.allocate(20 * mib);
  EXPECT_EQ(memory.reserved_bytes(), 20 * mib);
  EXPECT_EQ(memory.peak_allocated_bytes(), 20 * mib);
}

TEST(CachingAllocator, BlocksOfTwoSegmentsDoNotJoin) {
  CachingAllocator memory;
  memory.release(memory.allocate(12 * mib));
  memory.allocate(14 * mib);
  EXPECT_EQ(memory.reserved_bytes(), 26 * mib);
}

TEST(CachingAllocator, SegmentsThatAreFreeGoBackWhenTheDriverHasNoMore) {
  CachingAllocator memory(40 * mib);
  const auto a = memory.allocate(12 * mib), b = memory.allocate(2 * mib);
  memory.release(a);
  const auto c = memory.allocate(20 * mib);  // 12 + 20 + 20 are too much; the first 12 go
  EXPECT_NE(c, CachingAllocator::no_block);
  EXPECT_EQ(memory.n_flushes(), 1);
  EXPECT_EQ(memory.reserved_bytes(), 40 * mib);
  memory.release(b);
  EXPECT_EQ(memory.allocate(22 * mib), CachingAllocator::no_block);
  EXPECT_TRUE(memory.failed());
}

TEST(CachingAllocator, SizesBeyondAllBoundsFail) {
  CachingAllocator memory;
  EXPECT_NE(memory.allocate(INT64_MAX / 2), CachingAllocator::no_block);
  EXPECT_EQ(memory.allocate(INT64_MAX), CachingAllocator::no_block);
  EXPECT_TRUE(memory.failed());
}

// The same rules over plain lists: a segment is a list of pieces.
class Twin {
 public:
  struct Piece {
    std::int64_t bytes = 0;
    int owner = -1;  // of a request; −1: free
  };
  struct Segment {
    bool small = false;
    std::vector<Piece> pieces;
  };

  void allocate(int owner, std::int64_t bytes) {
    bytes = (bytes + 511) / 512 * 512;
    const bool small = bytes <= mib;
    Segment* in = nullptr;
    std::size_t best = 0;
    for (Segment& segment : segments_) {
      if (segment.small != small) continue;
      for (std::size_t i = 0; i < segment.pieces.size(); ++i) {
        const Piece& piece = segment.pieces[i];
        if (piece.owner != -1 || piece.bytes < bytes) continue;
        if (in == nullptr || piece.bytes < in->pieces[best].bytes) in = &segment, best = i;
      }
    }
    if (in == nullptr) {
      const std::int64_t own = (bytes + 2 * mib - 1) / (2 * mib) * (2 * mib);
      segments_.push_back({small, {{small ? 2 * mib : bytes < 10 * mib ? 20 * mib : own, -1}}});
      in = &segments_.back();
      best = 0;
    }
    const std::int64_t rest = in->pieces[best].bytes - bytes;
    in->pieces[best].owner = owner;
    if (small ? rest >= 512 : rest > mib) {
      in->pieces[best].bytes = bytes;
      in->pieces.insert(in->pieces.begin() + static_cast<std::ptrdiff_t>(best) + 1, {rest, -1});
    }
  }

  void release(int owner) {
    for (Segment& segment : segments_) {
      std::vector<Piece> joined;
      for (Piece piece : segment.pieces) {
        if (piece.owner == owner) piece.owner = -1;
        if (piece.owner == -1 && !joined.empty() && joined.back().owner == -1)
          joined.back().bytes += piece.bytes;
        else
          joined.push_back(piece);
      }
      segment.pieces = joined;
    }
  }

  std::int64_t sum(bool given_only) const {
    std::int64_t bytes = 0;
    for (const Segment& segment : segments_)
      for (const Piece& piece : segment.pieces)
        if (!given_only || piece.owner != -1) bytes += piece.bytes;
    return bytes;
  }

 private:
  std::vector<Segment> segments_;
};

TEST(CachingAllocator, AgreesWithPlainListsOnRandomTraces) {
  std::mt19937 random(17);
  const auto up_to = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int trace = 0; trace < 60; ++trace) {
    CachingAllocator memory;
    Twin twin;
    std::vector<std::pair<int, CachingAllocator::BlockId>> alive;
    for (int step = 0; step < 400; ++step) {
      if (!alive.empty() && up_to(5) < 2) {
        const auto at = alive.begin() + up_to(static_cast<int>(alive.size()));
        memory.release(at->second);
        twin.release(at->first);
        alive.erase(at);
      } else {
        // Sizes of every class, and often the same again.
        const std::int64_t classes[] = {700,     90 * kib, mib,     3 * mib / 2,
                                        5 * mib, 10 * mib, 24 * mib};
        std::int64_t bytes = classes[up_to(7)];
        if (up_to(2) == 0) bytes += up_to(2000) * 1024;
        alive.emplace_back(step, memory.allocate(bytes));
        twin.allocate(step, bytes);
      }
      ASSERT_EQ(memory.reserved_bytes(), twin.sum(false)) << "trace " << trace << " step " << step;
      ASSERT_EQ(memory.allocated_bytes(), twin.sum(true)) << "trace " << trace << " step " << step;
    }
  }
}

}  // namespace
}  // namespace reckon
