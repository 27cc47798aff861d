// Views and strides against what PyTorch 1.13 answers to torch.empty(sizes).permute(order).view(to)
// and to .is_contiguous(): facts printed by it, not by this code.
#include "memory/layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace reckon {
namespace {

using Dims = std::vector<std::int64_t>;

std::vector<std::int64_t> strides(const Layout& layout) {
  const auto rank = static_cast<std::size_t>(layout.sizes.rank());
  return {layout.strides.begin(), layout.strides.begin() + static_cast<std::ptrdiff_t>(rank)};
}

struct View {
  Dims sizes, order, to, strides;  // no strides: view() refuses, a copy is needed
};
const View views[] = {
    {{2, 3, 4}, {}, {6, 4}, {4, 1}},
    {{2, 3, 4}, {}, {2, 12}, {12, 1}},
    {{2, 3, 4}, {}, {24}, {1}},
    {{2, 3, 4}, {1, 0, 2}, {3, 8}, {}},
    {{2, 3, 4}, {1, 0, 2}, {6, 4}, {}},
    {{2, 3, 4}, {0, 2, 1}, {8, 3}, {}},
    {{2, 3, 4}, {0, 2, 1}, {2, 4, 3, 1}, {12, 1, 4, 4}},
    {{2, 50, 12, 64}, {0, 2, 1, 3}, {24, 50, 64}, {}},
    {{1, 50, 12, 64}, {0, 2, 1, 3}, {12, 50, 64}, {64, 768, 1}},
    {{2, 12, 50, 64}, {0, 2, 3, 1}, {2, 50, 768}, {}},
    {{2, 1, 4}, {1, 0, 2}, {8}, {1}},
    {{2, 3, 1}, {2, 0, 1}, {6}, {1}},
    {{4, 6}, {1, 0}, {2, 3, 4}, {3, 1, 6}},
    {{4, 6}, {1, 0}, {3, 8}, {}},
    {{4, 6}, {}, {2, 2, 3, 2}, {12, 6, 2, 1}},
    {{2, 8, 7, 7}, {0, 2, 3, 1}, {2, 49, 8}, {392, 1, 49}},
    {{2, 8, 7, 7}, {0, 2, 3, 1}, {98, 8}, {}},
    {{2, 8, 7, 7}, {0, 2, 3, 1}, {2, 7, 56}, {}},
    {{1, 1, 5}, {2, 0, 1}, {5}, {1}},
    {{2, 3, 4}, {2, 1, 0}, {12, 2}, {}},
    {{2, 3, 4}, {2, 1, 0}, {4, 3, 2, 1}, {1, 4, 12, 12}},
    {{6}, {}, {1, 6, 1}, {6, 1, 1}},
    {{2, 3, 4}, {1, 2, 0}, {12, 2}, {1, 12}},
};

TEST(Layout, ViewsAreWhatPyTorchSays) {
  for (const View& view : views) {
    SCOPED_TRACE(to_string(Shape(view.sizes)) + " to " + to_string(Shape(view.to)));
    Layout layout = Layout::contiguous(Shape(view.sizes));
    if (!view.order.empty()) layout = layout.permuted(view.order);
    const auto viewed = layout.viewed(Shape(view.to));
    ASSERT_EQ(viewed.has_value(), !view.strides.empty());
    if (viewed) {
      EXPECT_EQ(strides(*viewed), view.strides);
    }
  }
}

TEST(Layout, ChannelsLast) {
  // torch.empty(2, 3, 4, 5).to(memory_format=torch.channels_last).stride()
  const Layout last = Layout::channels_last(Shape{2, 3, 4, 5});
  EXPECT_EQ(strides(last), (Dims{60, 1, 15, 3}));
  EXPECT_TRUE(last.is_channels_last());
  EXPECT_FALSE(last.is_contiguous());
  EXPECT_TRUE(last.is_dense());
  // One channel: both at once, and PyTorch calls it contiguous.
  EXPECT_TRUE(Layout::channels_last(Shape{2, 1, 4, 5}).is_contiguous());
  EXPECT_FALSE(Layout::channels_last(Shape{2, 1, 4, 5}).is_channels_last());
}

TEST(Layout, ElementwiseResultsKeepTheOrderOfStrides) {
  // (torch.empty(2, 3, 4).permute(1, 0, 2) + 1).stride() == (4, 12, 1)
  constexpr std::int64_t order[] = {1, 0, 2};
  const Layout turned = Layout::contiguous(Shape{2, 3, 4}).permuted(order);
  EXPECT_EQ(strides(turned.like_for(turned.sizes)), (Dims{4, 12, 1}));
  EXPECT_TRUE(turned.is_dense());
  EXPECT_FALSE(turned.is_contiguous());
  // Every second row is not dense; the sum of it with one is.
  Layout rows = Layout::contiguous(Shape{4, 6});
  rows.strides[0] = 12;
  EXPECT_FALSE(rows.is_dense());
  EXPECT_EQ(strides(rows.like_for(rows.sizes)), (Dims{6, 1}));
}

TEST(Layout, DimensionsBesideZeroMayBeOfAnySize) {
  // 2^40 · 2^40 is beyond 64 bits; with a dimension of 0 the tensor is empty all the same.
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  const Layout empty = Layout::contiguous(Shape{0, huge, huge, huge});
  EXPECT_EQ(strides(empty), (Dims{INT64_MAX, INT64_MAX, huge, 1}));
  EXPECT_TRUE(empty.viewed(Shape{huge, huge, 0}).has_value());
  EXPECT_TRUE(empty.is_contiguous());
}

}  // namespace
}  // namespace reckon
