// What one element sees of the input: by PyTorch's gradient (tests/golden/seen_by_element.txt, made
// by tools/torch_seen.py), and by hand where PyTorch has no such element.
#include "analysis/seen_by_element.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "analysis/receptive_net.h"
#include "source_path.h"

namespace reckon {
namespace {

using std::string_view_literals::operator""sv;

// A step as tools/torch_seen.py draws it.
class Steps {
 public:
  explicit Steps(Net& net) : net_(net), y_(net.x) {}

  ValueId follow(const std::string& text) {
    std::istringstream steps(text);
    for (std::string step; std::getline(steps, step, ';');) take(step);
    return y_;
  }

 private:
  void take(const std::string& step) {
    std::istringstream words(step);
    std::string op, mode;
    words >> op;
    if (op == "resize" || op == "pad") words >> mode;
    Ints n;
    for (std::int64_t number = 0; words >> number;) n.push_back(number);
    if (op == "conv" || op.starts_with("same")) {
      std::vector<Attr> attrs = {{"strides", Ints{n[2], n[3]}}, {"dilations", Ints{n[4], n[5]}}};
      if (op == "conv")
        attrs.push_back({"pads", Ints(n.begin() + 6, n.end())});
      else
        attrs.push_back({"auto_pad", op == "same_upper" ? "SAME_UPPER"sv : "SAME_LOWER"sv});
      y_ = net_.node("Conv", {y_, net_.stored({1, 1, n[0], n[1]})}, std::move(attrs));
    } else if (op == "pool") {
      y_ = net_.node("MaxPool", {y_},
                     {{"kernel_shape", Ints{n[0], n[0]}},
                      {"strides", Ints{n[1], n[1]}},
                      {"pads", Ints(4, n[2])},
                      {"ceil_mode", n[3]}});
    } else if (op == "transposed") {
      y_ = net_.node("ConvTranspose", {y_, net_.stored({1, 1, n[0], n[0]})},
                     {{"strides", Ints{n[1], n[1]}},
                      {"dilations", Ints{n[2], n[2]}},
                      {"pads", Ints(4, n[3])},
                      {"output_padding", Ints{n[4], n[4]}}});
    } else if (op == "resize") {
      const std::string_view place = mode == "nearest"   ? "asymmetric"sv
                                     : mode == "corners" ? "align_corners"sv
                                                         : "half_pixel"sv;
      y_ = net_.node("Resize", {y_, none, none, net_.ints({1, 1, n[0], n[1]})},
                     {{"mode", mode == "cubic"     ? "cubic"sv
                               : mode == "nearest" ? "nearest"sv
                                                   : "linear"sv},
                      {"coordinate_transformation_mode", place},
                      {"nearest_mode", "floor"sv}});
    } else if (op == "pad") {
      y_ = net_.node("Pad", {y_, net_.ints({0, 0, n[0], n[1], 0, 0, n[2], n[3]})},
                     {{"mode", mode == "edge"      ? "edge"sv
                               : mode == "reflect" ? "reflect"sv
                                                   : "constant"sv}});
    } else if (op == "softmax") {
      y_ = net_.node("Softmax", {y_}, {{"axis", std::int64_t{3}}});
    } else if (op == "swap_axes") {
      y_ = net_.node("Transpose", {y_}, {{"perm", Ints{0, 1, 3, 2}}});
    } else if (op == "channels_last") {
      y_ = net_.node("Transpose", {y_}, {{"perm", Ints{0, 2, 3, 1}}});
    } else if (op == "save") {
      saved_ = y_;
    } else if (op == "swap") {
      std::swap(saved_, y_);
    } else {
      EXPECT_EQ(op, "add");
      y_ = net_.node("Add", {y_, saved_});
    }
  }

  Net& net_;
  ValueId y_, saved_ = none;
};

struct Asked {
  Net& net;
  ValueId value;
  std::vector<Dim> element = {};
};
Result<std::vector<SeenBy>> seen(const Asked& of) {
  of.net.graph.outputs = {of.value};
  resolve_ops(of.net.graph);
  const auto analysis = analyze(of.net.graph);
  if (!analysis) return std::unexpected(analysis.error());
  const NodeId node = of.net.graph.values[static_cast<std::size_t>(of.value)].producer;
  for (const Layer& layer : analysis->layers)
    if (layer.node == node) return seen_by_element(*analysis, layer, of.element);
  return fail(ErrorCode::not_found, "no layer");
}
// "2 6..15 3 10..13", as in the file; or why there is none.
std::string words(const Asked& of) {
  const auto found = seen(of);
  if (!found) return found.error().message;
  std::string out;
  for (const SeenBy& by : *found) {
    out += (out.empty() ? "" : " ") + (by.axis < 0 ? "-" : std::to_string(by.axis)) + " ";
    out += by.seen ? std::to_string(by.seen->low) + ".." + std::to_string(by.seen->high) : "none";
  }
  return out;
}

TEST(SeenByElement, AsTheGradientOfPyTorchSays) {
  std::ifstream lines(source_path("tests/golden/seen_by_element.txt"));
  int n = 0, n_unknown = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream in(line);
    Dim height = 0, width = 0;
    std::string bar, steps, place, expected;
    in >> height >> width >> bar;
    std::getline(in, steps, '|');
    std::getline(in, place, '>');
    std::getline(in >> std::ws, expected);
    std::istringstream places(place.substr(0, place.size() - 1));
    Net net(height, width, 1);
    Asked of{net, Steps(net).follow(steps)};
    for (Dim d = 0; places >> d;) of.element.push_back(d);
    const std::string told = words(of);
    // Branches that do not line up have no known field; no other may be unknown.
    if (told.find("unknown") != std::string::npos)
      ++n_unknown;
    else if (told != expected)
      ADD_FAILURE() << told << " not " << expected << "  " << line;
    ++n;
  }
  EXPECT_EQ(n, 400);
  EXPECT_LT(n_unknown, 40);
}

// 3 elements of 7 − 3·2 = 1 fewer each … a kernel of 1 and stride 2 on 10 elements looks at 0, 2,
// 4, 6 and 8: element 9 is seen by nobody, whatever comes behind.
TEST(SeenByElement, WhatNobodyLooksAtIsNotSeen) {
  Net net(10);
  const ValueId y = net.conv(net.conv(net.x, 3, 8, 1, 2), 8, 8, 3, 1, 1);
  EXPECT_EQ(words({net, y, {4, 0}}), "2 6..8 3 0..2");
  const auto found = seen({net, y, {4, 0}});
  ASSERT_TRUE(found);
  EXPECT_EQ((*found)[0].without_borders, (Ends{6, 10}));
  EXPECT_EQ((*found)[1].without_borders, (Ends{-2, 2}));
  EXPECT_EQ((*found)[1].input, 10);
  EXPECT_EQ((*found)[1].size, 5);
}

// SAME_UPPER, kernel 3, stride 2 on 8: 4 outputs need (4 − 1)·2 + 3 − 8 = 1 element of padding, at
// the end, so that element 0 sees 0 to 2; SAME_LOWER puts it at the beginning, and it sees 0 to 1.
TEST(SeenByElement, OddPaddingHasItsSide) {
  Net net(8);
  const auto same = [&](std::string_view side) {
    return net.node("Conv", {net.x, net.stored({8, 3, 3, 3})},
                    {{"auto_pad", side}, {"strides", Ints{2, 2}}});
  };
  EXPECT_EQ(words({net, same("SAME_UPPER"), {0, 3}}), "2 0..2 3 6..7");
  EXPECT_EQ(words({net, same("SAME_LOWER"), {0, 3}}), "2 0..1 3 5..7");
}

TEST(SeenByElement, WithoutOneTheMiddleIsTaken) {
  Net net(11);
  const ValueId y = net.conv(net.x, 3, 8, 3);
  EXPECT_EQ(words({net, y}), "2 4..6 3 4..6");  // of 9 elements number 4
}

// Two layers back from a mean all is seen but what the stride leaves out.
TEST(SeenByElement, OfTheWholeInputThereIsNothingToChoose) {
  Net net(10);
  const ValueId y = net.node("GlobalAveragePool", {net.conv(net.x, 3, 8, 1, 2)});
  EXPECT_EQ(words({net, y}), "- 0..8 - 0..8");
  EXPECT_EQ(words({net, y, {1}}), "an element of GlobalAveragePool1 has 0 places, not 1");
}

TEST(SeenByElement, SaysWhyThereIsNone) {
  Net net(16);
  const ValueId y = net.conv(net.x, 3, 8, 3, 1, 1);
  EXPECT_EQ(words({net, y, {16, 0}}), "axis 2 of Conv0 has elements 0 to 15, not 16");
  EXPECT_EQ(words({net, y, {0, -1}}), "axis 3 of Conv0 has elements 0 to 15, not -1");
  EXPECT_EQ(words({net, y, {0}}), "an element of Conv0 has 2 places, not 1");
  EXPECT_TRUE(
      words({net, net.node("Flatten", {y})}).starts_with("an element of Flatten1 has no place"));
  EXPECT_TRUE(words({net, net.node("NobodyKnowsIt", {y})})
                  .starts_with("what NobodyKnowsIt2 sees is unknown"));
  EXPECT_EQ(words({net, net.node("Relu", {net.stored({1, 3, 4, 4})})}),
            "Relu3 does not depend on the input");
}

}  // namespace
}  // namespace reckon
