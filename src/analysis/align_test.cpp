// Alignments told by hand, and what holds for every one: each layer once, in the order of its list.
#include "analysis/align.h"

#include <gtest/gtest.h>

#include <random>

namespace reckon {
namespace {

using Layers = std::vector<AlignedLayer>;

AlignedLayer layer(std::string_view op, std::string name, std::int64_t params = 0,
                   std::uint64_t shapes = 0, std::string_view module = "") {
  return {op, module, std::move(name), shapes, params};
}

// "0-0 1-2 +1": pairs, and what stands alone.
std::string told(const Alignment& alignment) {
  std::string out;
  for (const auto& [a, b] : alignment.pairs) {
    out += out.empty() ? "" : " ";
    if (a < 0)
      out += "+" + std::to_string(b);
    else if (b < 0)
      out += "-" + std::to_string(a);
    else
      out += std::to_string(a) + "=" + std::to_string(b);
  }
  return out;
}

TEST(Align, NamesThatOnlyCountAreNone) {
  EXPECT_EQ(stem_of("Conv-12"), 4u);
  EXPECT_EQ(stem_of("node_relu_3"), 9u);
  EXPECT_EQ(stem_of("layer1.0.conv1"), 14u);
  EXPECT_EQ(stem_of("fc"), 2u);
  EXPECT_EQ(stem_of("12"), 2u);
  EXPECT_EQ(stem_of(""), 0u);
}

// A network in two settings: its third layer is its third layer, whatever it costs.
TEST(Align, OneNetworkInTwoSettingsIsPairedByPlace) {
  const Layers a = {layer("Gemm", "Gemm-1", 10), layer("Relu", "Relu-2"),
                    layer("Gemm", "Gemm-3", 20)};
  const Layers b = {layer("Gemm", "Gemm-1", 20), layer("Relu", "Relu-2"),
                    layer("Gemm", "Gemm-3", 10)};
  EXPECT_EQ(told(align_layers(a, b)), "0=0 1=1 2=2");
}

// Counted names shift behind what was put in; parameters tell which layer it was.
TEST(Align, FindsWhatWasPutIn) {
  const Layers a = {layer("Gemm", "Gemm-1", 10), layer("Relu", "Relu-2"),
                    layer("Gemm", "Gemm-3", 30), layer("Relu", "Relu-4")};
  const Layers b = {layer("Gemm", "Gemm-1", 10), layer("Relu", "Relu-2"),
                    layer("Gemm", "Gemm-3", 20), layer("Relu", "Relu-4"),
                    layer("Gemm", "Gemm-5", 30), layer("Relu", "Relu-6")};
  EXPECT_EQ(told(align_layers(a, b)), "0=0 1=1 +2 +3 2=4 3=5");
  EXPECT_EQ(told(align_layers(b, a)), "0=0 1=1 -2 -3 4=2 5=3");
}

TEST(Align, ANamedLayerWhoseOperatorWasReplacedIsStillFound) {
  const Layers a = {layer("Gemm", "fc1", 10), layer("Relu", "act"), layer("Gemm", "fc2", 10)};
  const Layers b = {layer("Gemm", "fc1", 20), layer("Gelu", "act"), layer("Gemm", "fc2", 40)};
  EXPECT_EQ(told(align_layers(a, b)), "0=0 1=1 2=2");
  const Layers c = {layer("Gemm", "fc1", 20), layer("Gemm", "extra", 20), layer("Gelu", "act"),
                    layer("Dropout", "drop"), layer("Gemm", "fc2", 40)};
  EXPECT_EQ(told(align_layers(a, c)), "0=0 +1 1=2 +3 2=4");
}

// Without names an operator is no other one.
TEST(Align, NothingInCommon) {
  EXPECT_EQ(told(align_layers({layer("Relu", "Relu-1"), layer("Relu", "Relu-2")},
                              {layer("Gelu", "Gelu-1"), layer("Gelu", "Gelu-2")})),
            "-0 -1 +0 +1");
  EXPECT_EQ(told(align_layers({}, {layer("Gelu", "x")})), "+0");
  EXPECT_EQ(told(align_layers({layer("Gelu", "x")}, {})), "-0");
  EXPECT_EQ(told(align_layers({}, {})), "");
}

// Two that changed places: one of them pairs, the other went and came.
TEST(Align, OrderIsKept) {
  const Layers a = {layer("Gemm", "p", 1), layer("Conv", "q", 2)};
  const Layers b = {layer("Conv", "q", 2), layer("Gemm", "p", 1)};
  const std::string text = told(align_layers(a, b));
  EXPECT_TRUE(text == "-0 1=0 +1" || text == "+0 0=1 -1") << text;
}

// Blocks of one kind: a stage with one more of them, unnamed, shapes tell the stages apart.
TEST(Align, AStageThatHasOneMoreBlock) {
  Layers a, b;
  int n = 0;
  const auto block = [&](Layers& to, std::uint64_t stage) {
    to.push_back(
        layer("Conv", "Conv-" + std::to_string(++n), 100 * static_cast<int>(stage), stage));
    to.push_back(layer("Relu", "Relu-" + std::to_string(++n), 0, stage));
  };
  for (const int stage : {1, 1, 2, 2}) block(a, static_cast<std::uint64_t>(stage));
  n = 0;
  for (const int stage : {1, 1, 1, 2, 2, 2}) block(b, static_cast<std::uint64_t>(stage));
  const Alignment alignment = align_layers(a, b);
  std::string pairs;
  int n_pairs = 0;
  for (const auto& [i, j] : alignment.pairs) {
    if (i < 0 || j < 0) continue;
    ++n_pairs;
    EXPECT_EQ(a[static_cast<std::size_t>(i)].shapes, b[static_cast<std::size_t>(j)].shapes);
  }
  EXPECT_EQ(n_pairs, 8);
}

TEST(Align, EveryLayerOnceAndInOrderWithAndWithoutABand) {
  std::mt19937 engine(7);
  const auto random = [&](int below) {
    return static_cast<int>(engine() % static_cast<std::mt19937::result_type>(below));
  };
  const std::string_view ops[] = {"Conv", "Relu", "Add"};
  for (int round = 0; round < 200; ++round) {
    Layers lists[2];
    for (Layers& list : lists)
      for (int i = 0, n = random(40); i < n; ++i)
        list.push_back(
            layer(ops[random(3)],
                  random(4) == 0 ? "n" + std::to_string(random(9)) : "x_" + std::to_string(i),
                  random(3), static_cast<std::uint64_t>(random(3))));
    for (const std::int64_t most : {1, 60, 1 << 20}) {
      const Alignment found = align_layers(lists[0], lists[1], most);
      std::int64_t a = 0, b = 0;
      for (const LayerPair& pair : found.pairs) {
        EXPECT_TRUE(pair.a == -1 || pair.a == a);
        EXPECT_TRUE(pair.b == -1 || pair.b == b);
        a += pair.a >= 0 ? 1 : 0;
        b += pair.b >= 0 ? 1 : 0;
      }
      EXPECT_EQ(a, static_cast<std::int64_t>(lists[0].size()));
      EXPECT_EQ(b, static_cast<std::int64_t>(lists[1].size()));
      EXPECT_TRUE(found.exact || most < 1 << 20);
    }
  }
}

// 5,000 unnamed layers with one put in: the band is wide enough, and far smaller than the table.
TEST(Align, LongListsAreSearchedNearTheDiagonal) {
  Layers a, b;
  for (int i = 0; i < 5000; ++i)
    a.push_back(layer(i % 2 == 0 ? "Conv" : "Relu", "", i % 2 == 0 ? i : 0, 1));
  b = a;
  for (AlignedLayer& one : b) one.shapes = 2;  // another batch: no ends to trim
  b.insert(b.begin() + 2500, layer("Add", "", 0, 2));
  const Alignment found = align_layers(a, b, 200'000);
  EXPECT_FALSE(found.exact);
  std::int64_t n_pairs = 0;
  for (const LayerPair& pair : found.pairs) n_pairs += pair.a >= 0 && pair.b >= 0;
  EXPECT_EQ(n_pairs, 5000);
}

}  // namespace
}  // namespace reckon
