// Our shape rules against ONNX's own node tests: one model per operator variant, whose outputs
// are declared. Debian's libonnx-testdata has them; RECKON_ONNX_DATA names another copy, such as
// tools/make_onnx_node_tests writes with a newer ONNX.
//
// Inputs that the tests store and that are small are given as known constants, as they are where
// an exporter writes them: the shape that a Reshape reads, the starts of a Slice. The outputs'
// declarations are hidden from the analysis.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/shapes.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/tensor.h"

namespace reckon {
namespace {

namespace fs = std::filesystem;

// Where the declaration and our rule differ, and why.
const std::map<std::string, std::string, std::less<>> explained = {};

fs::path data_folder() {
  const char* from_environment = std::getenv("RECKON_ONNX_DATA");
  return fs::path(from_environment != nullptr ? from_environment
                                              : "/usr/share/libonnx-testdata/data") /
         "node";
}

struct Tally {
  int agree = 0, partly_known = 0, not_declared = 0;
  std::map<std::string, int> not_covered;  // by operator
  std::set<std::string> partly_known_tests;
  std::map<std::string, std::string> differ;  // by test
};

void give_stored_inputs(const fs::path& test, Graph& graph) {
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const fs::path file = test / "test_data_set_0" / ("input_" + std::to_string(i) + ".pb");
    const auto source = open_file(file.string());
    if (!source) continue;
    auto tensor = open_tensor(**source);
    Value& value = graph.values[static_cast<std::size_t>(graph.inputs[i])];
    // The file of a sequence or an optional is no tensor; what is read from it fits no input.
    if (!tensor || !tensor->elements || tensor->dtype != value.dtype ||
        value.declared().rank() != tensor->dims.rank())
      continue;
    value.constant = graph.add_constant(*std::move(tensor->elements));
  }
}

std::vector<std::string> uncovered(const Graph& graph) {
  std::vector<std::string> out;
  for (const Node& node : graph.nodes)
    if (node.op == nullptr)
      out.push_back(std::string(node.op_type) +
                    (node.domain.empty() ? "" : " (" + std::string(node.domain) + ")"));
  return out;
}

std::string text(DType dtype, const Shape& shape) {
  return std::string(to_string(dtype)) + " " + to_string(shape);
}

void compare(const fs::path& test, Tally& tally) {
  const std::string name = test.filename().string();
  const auto source = open_file((test / "model.onnx").string());
  ASSERT_TRUE(source.has_value()) << name;
  auto model = onnx_open(**source);
  if (!model) {
    tally.differ[name] = model.error().message + " at " + model.error().where;
    return;
  }
  Graph& graph = *model->graph;
  if (const auto ops = uncovered(graph); !ops.empty()) {
    for (const std::string& op : std::set<std::string>(ops.begin(), ops.end()))
      ++tally.not_covered[op];
    return;
  }
  give_stored_inputs(test, graph);
  std::map<ValueId, std::pair<DType, Shape>> declared;
  for (const ValueId id : graph.outputs) {
    Value& value = graph.values[static_cast<std::size_t>(id)];
    if (value.kind != ValueKind::intermediate) continue;
    declared[id] = {value.dtype, value.declared()};
    value.says = &Shape::unknown;
    value.dtype = DType::unknown;
  }
  auto bound = bind_dims(graph, {});
  ASSERT_TRUE(bound.has_value()) << name;
  const auto shapes = infer_shapes(graph, *bound);
  if (!shapes) {
    tally.differ[name] = shapes.error().message + " at " + shapes.error().where;
    return;
  }
  bool partly = false;
  int compared = 0;
  for (const auto& [id, wanted] : declared) {
    const auto& [dtype, shape] = wanted;
    if (!shape.is_static()) continue;
    ++compared;
    const Tensor& found = shapes->tensors[static_cast<std::size_t>(id)];
    const bool shape_fits =
        !found.shape.has_rank() ||
        (found.shape.rank() == shape.rank() &&
         std::equal(shape.dims().begin(), shape.dims().end(), found.shape.dims().begin(),
                    [](Dim a, Dim b) { return b < 0 || a == b; }));
    const bool dtype_fits = found.dtype == DType::unknown || found.dtype == dtype;
    if (!shape_fits || !dtype_fits)
      tally.differ[name] =
          "declared " + text(dtype, shape) + ", inferred " + text(found.dtype, found.shape);
    partly = partly || !found.shape.is_static() || found.dtype == DType::unknown;
  }
  if (tally.differ.contains(name)) return;
  if (compared == 0) {
    ++tally.not_declared;
  } else if (partly) {
    ++tally.partly_known;
    tally.partly_known_tests.insert(name);
  } else {
    ++tally.agree;
  }
}

TEST(OnnxNodes, DeclaredShapesAgree) {
  if (!fs::is_directory(data_folder()))
    GTEST_SKIP() << "no " << data_folder() << ": install libonnx-testdata";
  std::vector<fs::path> tests;
  for (const auto& entry : fs::directory_iterator(data_folder()))
    if (fs::exists(entry.path() / "model.onnx")) tests.push_back(entry.path());
  std::sort(tests.begin(), tests.end());
  Tally tally;
  for (const fs::path& test : tests) compare(test, tally);

  // Debian 12's set, of ONNX 1.12, and that of ONNX 1.23. Whoever covers more raises the number.
  EXPECT_GE(tally.agree, tests.size() == 932 ? 889 : tests.size() == 1884 ? 1816 : 1);

  int n_not_covered = 0;
  for (const auto& [op, count] : tally.not_covered) n_not_covered += count;
  std::printf(
      "%zu node tests: %d agree, %d only partly known, %d declare no static tensor, "
      "%d use operators that are not covered, %zu differ\n",
      tests.size(), tally.agree, tally.partly_known, tally.not_declared, n_not_covered,
      tally.differ.size());
  for (const auto& [op, count] : tally.not_covered)
    std::printf("  not covered: %s (%d)\n", op.c_str(), count);
  for (const auto& name : tally.partly_known_tests)
    std::printf("  partly known: %s\n", name.c_str());
  for (const auto& [name, how] : tally.differ) {
    const auto why = explained.find(name);
    std::printf("  differs: %s: %s%s%s\n", name.c_str(), how.c_str(),
                why == explained.end() ? "" : "; explained: ",
                why == explained.end() ? "" : why->second.c_str());
    EXPECT_NE(why, explained.end()) << name << ": " << how;
  }
  for (const auto& [name, why] : explained)
    EXPECT_TRUE(tally.differ.contains(name)) << name << " agrees by now: take it off the list";
}

}  // namespace
}  // namespace reckon
