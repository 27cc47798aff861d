// Real exports, where they are at hand: RECKON_SHARED names the folder that holds
// models/torchvision, else ../shared beside the repository is looked at; tests/models is always
// there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "formats/onnx/onnx.h"

namespace reckon {
namespace {

namespace fs = std::filesystem;

fs::path shared() {
  const char* from_environment = std::getenv("RECKON_SHARED");
  return from_environment != nullptr ? fs::path(from_environment)
                                     : fs::path(RECKON_SOURCE_DIR) / ".." / "shared";
}

Model open(const fs::path& path) {
  const auto source = open_file(path.string());
  EXPECT_TRUE(source.has_value()) << path;
  if (!source) return {};
  auto model = onnx_open(**source);
  EXPECT_TRUE(model.has_value()) << model.error().message << " at " << model.error().where;
  return model ? *std::move(model) : Model{};
}

TEST(OnnxPublished, EveryTorchvisionModelOpensAndEveryOperatorIsKnown) {
  const fs::path folder = shared() / "models" / "torchvision";
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no " << folder;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    SCOPED_TRACE(entry.path().string());
    const Model m = open(entry.path());
    ASSERT_NE(m.graph, nullptr);
    EXPECT_EQ(m.name, entry.path().stem().string());
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
  const fs::path file = fs::path(RECKON_SOURCE_DIR) / "tests" / "models" / "resnet50.onnx";
  if (!fs::exists(file)) GTEST_SKIP() << "no " << file;
  const Model m = open(file);
  ASSERT_NE(m.graph, nullptr);
  const Graph& g = *m.graph;
  EXPECT_EQ(g.nodes.size(), 175U);
  const Node& conv = g.nodes[0];
  EXPECT_EQ(conv.op_type, "Conv");
  const Value& w = g.values[static_cast<std::size_t>(g.inputs_of(conv)[1])];
  EXPECT_EQ(w.name, "conv1.weight");
  EXPECT_EQ(w.declared, (Shape{64, 3, 7, 7}));
  EXPECT_EQ(w.kind, ValueKind::initializer);
  EXPECT_EQ(w.constant, none);
}

}  // namespace
}  // namespace reckon
