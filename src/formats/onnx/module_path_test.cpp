#include "formats/onnx/module_path.h"

#include <gtest/gtest.h>

#include "formats/onnx/metadata.h"

namespace reckon {
namespace {

// Right column: named_modules() of the torchvision model that the name is taken from.
TEST(ModulePath, FromNodeName) {
  const struct {
    const char *name, *module;
  } rows[] = {
      {"/inception3a/branch2/branch2.0/conv/Conv", "inception3a.branch2.0.conv"},
      {"/features/features.0/Conv", "features.0"},
      {"/layer1/layer1.0/relu/Relu_1", "layer1.0.relu"},
      {"/layers/layers.9/layers.9.0/layers/layers.6/Conv", "layers.9.0.layers.6"},
      {"/features/features.4/conv/conv.0/conv.0.2/Constant_1", "features.4.conv.0.2"},
      {"/trunk_output/block2/block2-0/activation/Relu", "trunk_output.block2.block2-0.activation"},
      {"/a/a/Conv", "a.a"},
      {"/a/ab/Conv", "a.ab"},
      {"/Flatten", ""},
      {"model/block1/Conv2D", "model.block1"},
      {"a//b/Conv2D", "a.b"},
      {"Conv_12", ""},
      {"", ""},
      {"/", ""},
      {"a/", "a"},
  };
  for (const auto& row : rows) EXPECT_EQ(module_from_node_name(row.name), row.module) << row.name;
}

TEST(ModulePath, FromNameScopes) {
  EXPECT_EQ(module_from_name_scopes("['', 'features', 'features.0', 'conv2d']"), "features.0");
  EXPECT_EQ(module_from_name_scopes("['', 'add']"), "");
  EXPECT_EQ(module_from_name_scopes("[\"a'b\", 'add']"), "a'b");
  EXPECT_EQ(module_from_name_scopes("['unclosed"), "");
  EXPECT_EQ(module_from_name_scopes(""), "");
}

TEST(ModulePath, FromNamespace) {
  EXPECT_EQ(module_from_namespace(": m.AlexNet/features: nn.Sequential/features.0: nn.Conv2d/"
                                  "conv2d: aten.conv2d.default"),
            "features.0");
  EXPECT_EQ(module_from_namespace("conv2d: aten.conv2d.default"), "");
  EXPECT_EQ(module_from_namespace(": m.Net/add: aten.add"), "");
}

TEST(ModulePath, Joins) {
  EXPECT_EQ(join_modules("a", "b"), "a.b");
  EXPECT_EQ(join_modules("", "b"), "b");
  EXPECT_EQ(join_modules("a", ""), "a");
}

TEST(Metadata, DropoutOfAttention) {
  const auto share = [](std::string call) { return dropout_of_attention(call); };
  const std::string call =
      "%a : [num_users=1] = call_function[target=torch.ops.aten.scaled_dot_product_attention"
      ".default](args = (%q, %k, %v";
  EXPECT_EQ(share(call + ", %mask, 0.1), kwargs = {scale: 0.125})"), 0.1);
  EXPECT_EQ(share(call + ", None, 0.25, True), kwargs = {})"), 0.25);
  EXPECT_EQ(share(call + "), kwargs = {dropout_p: 0.5})"), 0.5);
  EXPECT_EQ(share(call + ", %mask), kwargs = {scale: 0.125})"), 0);
  EXPECT_EQ(share(call + ", %mask, 7"), 0);
  EXPECT_EQ(share(call), 0);
  EXPECT_EQ(share("%b = call_function[target=torch.ops.aten.softmax](args = (%a, 1, 2, 3, 0.1)"),
            0);
}

}  // namespace
}  // namespace reckon
