// The constructs of the network language that are not layers.
#include "formats/net/net_test.h"

namespace reckon {
namespace {

TEST(Language, ParametersAndArithmetic) {
  const std::string_view text =
      "param W = 7 in 1..100   # a comment\n"
      "let half = W/2\n"
      "input 10\n"
      "linear half\nlinear W - 1\nlinear W-2\nlinear (W+1)*2\nlinear W % 4\n"
      "linear min(W, 5)\nlinear max(W, 9)\nlinear ceil_div(W, 2)\nlinear make_divisible(W*5, 8)\n"
      "linear -W + 9\nlinear 1 + (W == 7)\n";
  const Model model = built(text);
  const char* wanted[] = {"Nx3", "Nx6", "Nx5",  "Nx16", "Nx3", "Nx5",
                          "Nx9", "Nx4", "Nx32", "Nx2",  "Nx2"};
  for (int i = 0; i < 11; ++i)
    EXPECT_EQ(node_text(model, "Linear-" + std::to_string(i + 1)),
              std::string("Gemm ") + wanted[i]);
  EXPECT_EQ(node_text(built(text, {{"W", 5}}), "Linear-1"), "Gemm Nx2");
}

// MobileNet's rounding, from the code that accompanies the papers: 32·1.4 = 44.8 -> 48,
// 16·1.4 = 22.4 -> 24, 24·0.35 = 8.4 -> 8, 16·0.35 = 5.6 -> 8, 12 -> 16 (10 % rule: 8 < 10.8).
TEST(Language, MakeDivisible) {
  const std::pair<int, int> cases[] = {{44, 48}, {22, 24}, {8, 8}, {5, 8}, {11, 16}, {12, 16}};
  for (const auto& [value, wanted] : cases)
    EXPECT_EQ(
        output_text(built("input 1\nlinear make_divisible(" + std::to_string(value) + ", 8)")),
        "Nx" + std::to_string(wanted));
}

TEST(Language, FloorDivision) {
  EXPECT_EQ(output_text(built("input 1\nlinear 10 + (0-7)/2")), "Nx6");   // floor(-3.5) = -4
  EXPECT_EQ(output_text(built("input 1\nlinear 10 + (0-7)%4")), "Nx11");  // -7 + 2·4
}

TEST(Language, Inputs) {
  const Model model = built("input a 3x4\ninput b 3 x 2*2\nadd a\noutput b");
  ASSERT_EQ(model.graph->inputs.size(), 2U);
  EXPECT_EQ(model.graph->values[0].name, "a");
  EXPECT_EQ(output_text(built("param s = 5 in 1..9\ninput s x 2\nrelu")), "Nx5x2");
  EXPECT_EQ(output_text(built("param s = 5 in 1..9\ninput t s\nrelu")), "Nx5");
  EXPECT_EQ(output_text(built("input t (2+3)x(4)x6\nrelu")), "Nx5x4x6");
  EXPECT_EQ(output_text(built("input t 3×4\nrelu")), "Nx3x4");
  EXPECT_EQ(built("input t 3 int32\nembedding 2 2").graph->values[0].dtype, DType::int32);
}

TEST(Language, LabelsFromAndOutput) {
  const Model model =
      built("input 8\na = linear 4\nb = relu\nfrom a\nc = tanh\nconcat b\noutput b\noutput c\n");
  EXPECT_EQ(layer_list(model), "a b c Concat-4");
  EXPECT_EQ(node_text(model, "Concat-4"), "Concat Nx8");
  ASSERT_EQ(model.graph->outputs.size(), 2U);
}

TEST(Language, Residual) {
  const Model model = built(
      "input 8\nr = residual {\n  linear 8\n  relu\n}\n"
      "residual {\n linear 4\n}\nshortcut {\n linear 4\n}\nresidual { linear 4 }\n");
  EXPECT_EQ(layer_list(model), "Linear-1 Relu-2 r Linear-4 Linear-5 Add-6 Linear-7 Add-8");
  EXPECT_EQ(output_text(model), "Nx4");
}

TEST(Language, Parallel) {
  const Model model = built(
      "input 8x4x4\nparallel {\n { conv 3 1x1 }\n { conv 5 1x1; relu }\n {}\n}\n"
      "parallel add { { } { sigmoid } }\nparallel multiply { { tanh } { sigmoid } }\n"
      "parallel concat axis=-1 { { } { } }\n");
  EXPECT_EQ(node_text(model, "Concat-4"), "Concat Nx16x4x4");
  EXPECT_EQ(node_text(model, "Add-6"), "Add Nx16x4x4");
  EXPECT_EQ(node_text(model, "Mul-9"), "Mul Nx16x4x4");
  EXPECT_EQ(output_text(model), "Nx16x4x8");
}

TEST(Language, RepeatWithIndexAndModules) {
  const Model model =
      built("input 8\nlayers = repeat 3 as i {\n fc = linear 8 + i\n relu\n}\nrepeat 0 { relu }\n");
  EXPECT_EQ(layer_list(model), "layers.0.fc Relu-2 layers.1.fc Relu-4 layers.2.fc Relu-6");
  EXPECT_EQ(output_text(model), "Nx10");
  EXPECT_EQ(model.graph->nodes[0].module, "layers.0");
  EXPECT_EQ(model.graph->nodes[3].module, "layers.1");
  EXPECT_EQ(model.graph->nodes[2].line, 3U);
}

TEST(Language, Blocks) {
  const Model model = built(
      "param W = 4 in 1..10\nlet twice = 2*W\ninput 8\nlast = linear 2\nPair(3)\n"
      "my = Pair(out=5, first=twice)\nlinear 2\nadd last\n"
      "block Pair(out, first=out+1) {\n a = linear first\n linear out\n}\n");
  EXPECT_EQ(layer_list(model), "last Pair-1.a Linear-3 my.a Linear-5 Linear-6 Add-7");
  EXPECT_EQ(node_text(model, "Pair-1.a"), "Gemm Nx4");
  EXPECT_EQ(node_text(model, "my.a"), "Gemm Nx8");
  EXPECT_EQ(node_text(model, "Linear-5"), "Gemm Nx5");
  EXPECT_EQ(model.graph->nodes[3].module, "my");
}

TEST(Language, ABlockSeesTheLayersOfItsCaller) {
  EXPECT_EQ(output_text(built("input memory 4\nlinear 3\nBack()\nblock Back() { from memory }\n"
                              "relu")),
            "Nx4");
}

TEST(Language, Conditions) {
  const std::string_view text =
      "param k = 1 in 0..3\ninput 8\nif k == 0 { relu } else if k == 1 { tanh } else { sigmoid }\n"
      "if k >= 2 and not (k == 2) or k == 0 {\n linear 2\n}\n";
  EXPECT_EQ(layer_list(built(text, {{"k", 0}})), "Relu-1 Linear-2");
  EXPECT_EQ(layer_list(built(text, {{"k", 1}})), "Tanh-1");
  EXPECT_EQ(layer_list(built(text, {{"k", 2}})), "Sigmoid-1");
  EXPECT_EQ(layer_list(built(text, {{"k", 3}})), "Sigmoid-1 Linear-2");
}

// As in the labs: `not` binds less than a comparison, and digits may stand in groups.
TEST(Language, ExpressionsAreThoseOfTheLabs) {
  const std::string_view text =
      "param k = 1 in 0..3\ninput 8\nif not k == 2 { linear 1_024 }\nrelu";
  EXPECT_EQ(output_text(built(text, {{"k", 1}})), "Nx1024");
  EXPECT_EQ(output_text(built(text, {{"k", 2}})), "Nx8");
}

TEST(Language, LinesMayEndWithSemicolonsAndCarriageReturns) {
  EXPECT_EQ(layer_list(built("\xef\xbb\xbfinput 8\r\nlinear 4; relu\r\n")), "Linear-1 Relu-2");
}

TEST(Language, ParenthesesMayHoldNewlines) {
  EXPECT_EQ(output_text(built("input 8\nP(\n  3,\n  4 # four\n)\nblock P(a,\n b) { linear a*b }")),
            "Nx12");
}

// A limit of 64 levels holds, and 63 are fine.
TEST(Language, DeepNestingIsFineUpToTheLimit) {
  std::string text = "input 8\n";
  for (int i = 0; i < 63; ++i) text += "residual {";
  text += "relu";
  for (int i = 0; i < 63; ++i) text += "}";
  EXPECT_TRUE(open_network_text(text, "t"));
}

TEST(Language, AHundredThousandLayers) {
  const Model model = built("input 8\nrepeat 100000 { relu }");
  EXPECT_EQ(model.graph->nodes.size(), 100000U);
}

}  // namespace
}  // namespace reckon
