// Real exports: tests/models/torchvision.
#include <gtest/gtest.h>

#include <set>

#include "formats/onnx/onnx.h"
#include "oracle.h"

namespace reckon {
namespace {

Model open(const std::string& path) {
  const auto source = open_file(path);
  EXPECT_TRUE(source.has_value()) << path;
  if (!source) return {};
  auto model = onnx_open(**source);
  EXPECT_TRUE(model.has_value()) << model.error().message << " at " << model.error().where;
  return model ? *std::move(model) : Model{};
}

TEST(OnnxPublished, EveryTorchvisionModelOpensAndEveryOperatorIsKnown) {
  for (const std::string& path : test_models("torchvision")) {
    SCOPED_TRACE(path);
    const Model m = open(path);
    ASSERT_NE(m.graph, nullptr);
    EXPECT_EQ(m.name, std::filesystem::path(path).stem().string());
    EXPECT_EQ(m.graph->inputs.size(), 1U);
    std::set<std::string_view> names;
    for (const Node& node : m.graph->nodes) {
      EXPECT_NE(node.op, nullptr) << node.op_type;
      EXPECT_TRUE(names.insert(node.name).second) << node.name;
    }
  }
}

// Counted with protoc --decode_raw: 175 nodes; the first convolution's weight is 64×3×7×7.
TEST(OnnxPublished, Resnet50) {
  const Model m = open(test_model("resnet50"));
  ASSERT_NE(m.graph, nullptr);
  const Graph& g = *m.graph;
  EXPECT_EQ(g.nodes.size(), 175U);
  const Node& conv = g.nodes[0];
  EXPECT_EQ(conv.op_type, "Conv");
  const Value& w = g.values[static_cast<std::size_t>(g.inputs_of(conv)[1])];
  EXPECT_EQ(w.name, "conv1.weight");
  EXPECT_EQ(w.declared(), (Shape{64, 3, 7, 7}));
  EXPECT_EQ(w.kind, ValueKind::initializer);
  EXPECT_EQ(w.constant, none);
}

}  // namespace
}  // namespace reckon
