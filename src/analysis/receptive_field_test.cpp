// Receptive fields against figures by hand: r' = r + (k − 1)·d·j and j' = j·s through a window
// (Araujo, Norris, Sim, Distill 2019, equation 2); against products followed back one by one; and
// unknown wherever no rule holds.
#include "analysis/receptive_field.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "analysis/receptive_net.h"

namespace reckon {
namespace {

// conv 11/4, pool 3/2, conv 5, pool 3/2, conv 3, conv 3, conv 3, pool 3/2:
// 11; 11 + 2·4 = 19; 19 + 4·8 = 51; 51 + 2·8 = 67; + 2·16 = 99, 131, 163; + 2·16 = 195.
TEST(ReceptiveField, AlexNet) {
  Net net(224);
  const ValueId conv1 = net.conv(net.x, 3, 64, 11, 4, 2), relu1 = net.node("Relu", {conv1});
  const ValueId pool1 = net.pool(relu1, 3, 2), conv2 = net.conv(pool1, 64, 192, 5, 1, 2);
  const ValueId pool2 = net.pool(conv2, 3, 2), conv3 = net.conv(pool2, 192, 384, 3, 1, 1);
  const ValueId conv4 = net.conv(conv3, 384, 256, 3, 1, 1);
  const ValueId conv5 = net.conv(conv4, 256, 256, 3, 1, 1), pool5 = net.pool(conv5, 3, 2);
  const ValueId flat = net.node("Flatten", {pool5});
  const ValueId fc6 = net.node("Gemm", {flat, net.stored({9216, 4096})});
  const std::vector<std::pair<ValueId, std::string>> expected = {
      {conv1, "11"},  {relu1, "11"},  {pool1, "19"},  {conv2, "51"}, {pool2, "67"}, {conv3, "99"},
      {conv4, "131"}, {conv5, "163"}, {pool5, "195"}, {flat, "195"}, {fc6, "all"}};
  for (const auto& [value, size] : expected) EXPECT_EQ(net.sees(value), size) << value;
}

// Kernel 3: 3; dilation 2: 3 + 2·2 = 7; dilation 4: 7 + 2·4 = 15 (Yu and Koltun 2016, table 1:
// 3, 7, 15).
TEST(ReceptiveField, Dilated) {
  Net net(64);
  const ValueId a = net.conv(net.x, 3, 8, 3, 1, 1), b = net.conv(a, 8, 8, 3, 1, 2, 2);
  EXPECT_EQ(net.sees(net.conv(b, 8, 8, 3, 1, 4, 4)), "15");
  EXPECT_EQ(net.sees(b), "7");
}

// 3×3 of stride 2 and padding 1: element x sees 2x − 1 … 2x + 1. Its transpose 4×4 of stride 2 and
// padding 1: element 2q has x = q − 1 and q, element 2q + 1 has q and q + 1; each sees five. Then
// 3×3: 2q − 1 … 2q + 1 have x = q − 1 … q + 1, which see 2q − 3 … 2q + 3.
TEST(ReceptiveField, Transposed) {
  Net net(32);
  const ValueId down = net.conv(net.x, 3, 8, 3, 2, 1);
  const ValueId up = net.node("ConvTranspose", {down, net.stored({8, 8, 4, 4})},
                              {{"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}});
  EXPECT_EQ(net.sees(up), "5");
  EXPECT_EQ(net.sees(net.conv(up, 8, 8, 3, 1, 1)), "7");
}

// Which elements of the input an element of a stack sees, by following every product of every layer
// back (ONNX operator specification: Conv, MaxPool, ConvTranspose, Resize), on an input without
// end.
struct StackLayer {
  enum Kind { window, transposed, nearest, linear } kind;
  Dim kernel, stride, dilation, pad;

  std::set<Dim> looks_at(Dim i) const {
    std::set<Dim> places;
    if (kind == nearest || kind == linear) {
      const double factor = static_cast<double>(stride);
      const double c = (static_cast<double>(i) + 0.5) / factor - 0.5;
      if (kind == nearest) return {static_cast<Dim>(std::ceil(c - 0.5))};
      return {static_cast<Dim>(std::floor(c)), static_cast<Dim>(std::ceil(c))};
    }
    for (Dim t = 0; t < kernel; ++t) {
      if (kind == window) places.insert(i * stride - pad + t * dilation);
      const Dim reach = std::abs(i) + pad + kernel * dilation;
      for (Dim x = -reach; x <= reach && kind == transposed; ++x)
        if (x * stride - pad + t * dilation == i) places.insert(x);
    }
    return places;
  }
};

Dim widest_by_following(const std::vector<StackLayer>& stack, Dim n_elements) {
  Dim widest = 0;
  for (Dim i = 0; i < n_elements; ++i) {
    std::set<Dim> places = {i};
    for (auto layer = stack.rbegin(); layer != stack.rend(); ++layer) {
      std::set<Dim> below;
      for (const Dim x : places) below.merge(layer->looks_at(x));
      places = std::move(below);
    }
    if (!places.empty()) widest = std::max(widest, *places.rbegin() - *places.begin() + 1);
  }
  return widest;
}

TEST(ReceptiveField, AsEveryProductFollowedBack) {
  std::uint32_t state = 1;
  const auto draw = [&](Dim from, Dim to) {
    state = state * 1664525u + 1013904223u;
    return from + static_cast<Dim>(state >> 16) % (to - from + 1);
  };
  for (int round = 0; round < 300; ++round) {
    Net net(48, 1);
    ValueId y = net.x;
    std::vector<StackLayer> stack;
    std::string text;
    Dim phases = 1;  // outputs repeat after these
    const auto n_layers = static_cast<std::size_t>(draw(1, 4));
    while (stack.size() < n_layers) {
      const auto kind = static_cast<StackLayer::Kind>(draw(0, 3));
      StackLayer layer{kind, draw(1, 4), draw(1, 3), draw(1, 3), 0};
      const Dim k = layer.kernel, s = layer.stride, d = layer.dilation;
      layer.pad = draw(0, std::min<Dim>(2, (k - 1) * d));
      const Ints pads(4, layer.pad);
      std::vector<Attr> attrs = {{"strides", Ints{s, s}},
                                 {"dilations", Ints{d, d}},
                                 {"pads", pads},
                                 {"kernel_shape", Ints{k, k}}};
      if (kind == StackLayer::window) {
        y = draw(0, 1) == 0 ? net.node("Conv", {y, net.stored({1, 1, k, k})}, attrs)
                            : net.node("MaxPool", {y}, attrs);
      } else if (kind == StackLayer::transposed) {
        const Dim more = draw(0, std::max(s, d) - 1);
        attrs.push_back({"output_padding", Ints{more, more}});
        y = net.node("ConvTranspose", {y, net.stored({1, 1, k, k})}, attrs);
        phases *= s;
      } else {
        Constant scales;
        scales.dtype = DType::float32;
        scales.shape = Shape{4};
        scales.floats = {1, 1, static_cast<double>(s), static_cast<double>(s)};
        const ValueId id = net.graph.add_value("s" + std::to_string(stack.size()),
                                               ValueKind::initializer, DType::float32, Shape{4});
        net.graph.values.back().constant = net.graph.add_constant(std::move(scales));
        const std::string_view mode = kind == StackLayer::nearest ? "nearest" : "linear";
        y = net.node("Resize", {y, none, id}, {{"mode", mode}});
        phases *= s;
      }
      stack.push_back(layer);
      text += " kind " + std::to_string(kind) + " k" + std::to_string(k) + " s" +
              std::to_string(s) + " d" + std::to_string(d) + " p" + std::to_string(layer.pad);
    }
    const std::string seen = net.sees(y);
    if (seen.find("does not fit") != std::string::npos) continue;  // dilated beyond what is left
    const Dim widest = widest_by_following(stack, phases);
    EXPECT_EQ(seen, widest == 0 ? "?" : std::to_string(widest)) << text;
  }
}

// A 5×5 beside two 3×3 and a shortcut: the union, 5; a 1×1 of stride 2 beside a 3×3 of stride 2: 3.
TEST(ReceptiveField, Branches) {
  Net net(32);
  const ValueId stem = net.conv(net.x, 3, 8, 1);
  const ValueId wide = net.conv(stem, 8, 8, 5, 1, 2);
  const ValueId narrow = net.conv(net.conv(stem, 8, 8, 3, 1, 1), 8, 8, 3, 1, 1);
  const ValueId sum = net.node("Add", {net.node("Add", {wide, narrow}), stem});
  EXPECT_EQ(net.sees(sum), "5");
  const ValueId joined = net.node("Concat", {wide, stem}, {{"axis", std::int64_t{1}}});
  EXPECT_EQ(net.sees(joined), "5");
  const ValueId shortcut = net.conv(sum, 8, 8, 1, 2), main = net.conv(sum, 8, 8, 3, 2, 1);
  EXPECT_EQ(net.sees(net.node("Add", {shortcut, main})), "7");
  // A gate that averages over all of a channel shows all of it everywhere.
  const ValueId gate = net.node("Sigmoid", {net.node("GlobalAveragePool", {sum})});
  EXPECT_EQ(net.sees(net.node("Mul", {sum, gate})), "all");
}

// Operators that mix places: not what one element saw before.
TEST(ReceptiveField, AlongSpatialAxes) {
  Net net(16);
  const ValueId y = net.conv(net.x, 3, 8, 3, 1, 1);
  const auto softmax = [&](std::int64_t axis) {
    return net.node("Softmax", {y}, {{"axis", axis}});
  };
  EXPECT_EQ(net.sees(softmax(1)), "3");  // over channels
  EXPECT_EQ(net.sees(softmax(3)), "3x16");
  const ValueId mean = net.node("ReduceMean", {y, net.ints({2, 3})});
  EXPECT_EQ(net.sees(mean), "all");
  EXPECT_EQ(net.sees(net.node("ReduceMean", {y, net.ints({1})})), "3");
  EXPECT_EQ(net.sees(net.node("CumSum", {y, net.ints({1})})), "3");
  EXPECT_EQ(net.sees(net.node("CumSum", {y, net.ints({3})})), "?");
}

// Unknown, and unknown behind it: of an operator that samples where its data says, of one that
// nobody has written a rule for, of a slice along a spatial axis.
TEST(ReceptiveField, UnknownBehindUnknown) {
  Net net(16);
  const ValueId y = net.conv(net.x, 3, 8, 3, 1, 1);
  const ValueId offset = net.conv(net.x, 3, 18, 3, 1, 1);
  const ValueId deformed = net.node("DeformConv", {y, net.stored({8, 8, 3, 3}), offset},
                                    {{"pads", Ints{1, 1, 1, 1}}, {"kernel_shape", Ints{3, 3}}});
  EXPECT_EQ(net.sees(deformed), "?");
  EXPECT_EQ(net.sees(net.node("Relu", {deformed})), "?");
  EXPECT_EQ(net.sees(net.node("GlobalAveragePool", {deformed})), "?");
  EXPECT_EQ(net.sees(net.node("Add", {y, deformed})), "?");
  EXPECT_EQ(net.sees(net.node("NobodyKnowsIt", {y})), "?");
  const ValueId right = net.node("Slice", {y, net.ints({8}), net.ints({16}), net.ints({3})});
  EXPECT_EQ(net.sees(right), "?");
  EXPECT_EQ(net.sees(net.node("Slice", {y, net.ints({4}), net.ints({8}), net.ints({1})})), "3");
}

// A channel shuffle moves channels alone: [1,8,16,16] → [1,2,4,16,16] → transposed → [1,8,16,16].
// Places that become rows of a matrix (patches) are still seen as far as before; a product over
// them sees all.
TEST(ReceptiveField, AxesAreFollowed) {
  Net net(16);
  const ValueId y = net.conv(net.x, 3, 8, 3, 1, 1);
  const ValueId split = net.node("Reshape", {y, net.ints({1, 2, 4, 16, 16})});
  const ValueId swapped = net.node("Transpose", {split}, {{"perm", Ints{0, 2, 1, 3, 4}}});
  const ValueId shuffled = net.node("Reshape", {swapped, net.ints({1, 8, 16, 16})});
  EXPECT_EQ(net.sees(net.conv(shuffled, 8, 8, 3, 1, 1)), "5");
  const ValueId rows = net.node("Reshape", {y, net.ints({1, 8, 256})});
  const ValueId tokens = net.node("Transpose", {rows}, {{"perm", Ints{0, 2, 1}}});
  EXPECT_EQ(net.sees(net.node("MatMul", {tokens, net.stored({8, 4})})), "3");
  EXPECT_EQ(net.sees(net.node("MatMul", {rows, net.stored({256, 4})})), "all");
  // Queries times keys: rows meet rows.
  EXPECT_EQ(net.sees(net.node("MatMul", {tokens, rows})), "?");
}

}  // namespace
}  // namespace reckon
