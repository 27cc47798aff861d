// Every operator row against its golden lines (tests/golden/ops/FAMILY.txt; the format stands in
// golden_line.h). The expectations were computed by hand or by another program, never copied from
// this one.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "golden_line.h"
#include "ops/infer.h"
#include "ops/sequence_shapes.h"
#include "source_path.h"

namespace reckon {
namespace {

std::string written(const Shape& shape) {
  if (!shape.has_rank()) return {};
  std::string out = "[";
  for (int i = 0; i < shape.rank(); ++i)
    out += (i > 0 ? "," : "") + (shape[i] < 0 ? "?" : std::to_string(shape[i]));
  return out + "]";
}

std::string written(const Tensor& tensor) {
  std::string out(to_string(tensor.dtype));
  if (const auto sequence = sequence_of(tensor)) {
    out += "(";
    for (const Sequence::Run& run : sequence->runs)
      out += written(run.shape) + "*" + std::to_string(run.count);
    return out + ")";
  }
  return out + written(tensor.shape);
}

std::string elements(const Constant* constant) {
  if (constant == nullptr) return "{unknown}";
  std::string out = "{";
  for (const auto i : constant->ints)
    out += (out.size() > 1 ? "," : "") +
           (i == Constant::unknown_element ? std::string("?") : std::to_string(i));
  for (const auto f : constant->floats) out += (out.size() > 1 ? "," : "") + std::to_string(f);
  return out + "}";
}

std::string figures(const OpContext& ctx, const OpDef& op) {
  std::string out;
  const auto add = [&](const std::string& name, const std::string& value) {
    out += (out.empty() ? "" : " ") + name + "=" + value;
  };
  Cost cost;
  if (op.cost != nullptr) op.cost(ctx, cost);
  const std::pair<const char*, const Figure*> columns[] = {
      {"macs", &cost.macs}, {"flops", &cost.flops}, {"int_ops", &cost.int_ops}};
  for (const auto& [name, figure] : columns) {
    if (!figure->known())
      add(name, "?");
    else if (!figure->value().ok())
      add(name, "overflow");
    else if (figure->value().value() != 0)
      add(name, std::to_string(figure->value().value()));
  }
  Saved saved;
  if (op.saved != nullptr) op.saved(ctx, saved);
  std::string list;
  for (int i = 0; i < 32; ++i)
    if ((saved.inputs >> i & 1) != 0 && ctx.has_input(i)) list += ",in" + std::to_string(i);
  for (int i = 0; i < 32; ++i)
    if ((saved.outputs >> i & 1) != 0) list += ",out" + std::to_string(i);
  if (!saved.extra_bytes.empty())
    list +=
        ",extra:" +
        (saved.extra_bytes.known() ? std::to_string(saved.extra_bytes.value().value_or(-1)) : "?");
  if (!list.empty()) add("saved", list.substr(1));
  return out;
}

void check(const std::string& line) {
  auto golden = parse_golden_line(line);
  ASSERT_TRUE(golden) << golden.error().message;
  const Node& node = golden->graph->nodes[0];
  std::deque<Constant> folded;
  TensorList tensors;
  for (const Tensor& tensor : golden->tensors) tensors.push_back(tensor);
  ShapeContext ctx(*golden->graph, node, tensors, folded);
  const Status status = infer_node(ctx);
  if (!golden->expected_error.empty()) {
    ASSERT_FALSE(status) << "expected an error";
    EXPECT_NE(status.error().message.find(golden->expected_error), std::string::npos)
        << status.error().message;
    return;
  }
  ASSERT_TRUE(status) << status.error().message;
  for (int i = 0; i < ctx.n_outputs(); ++i) {
    const Tensor& expected = golden->expected[static_cast<std::size_t>(i)];
    EXPECT_EQ(written(ctx.out(i)), written(expected)) << "output " << i;
    if (expected.value != nullptr) {
      EXPECT_EQ(elements(ctx.out(i).value), elements(expected.value)) << "output " << i;
    }
  }
  EXPECT_EQ(figures(ctx, *node.op), golden->expected_figures);
}

TEST(GoldenOps, EveryLineHolds) {
  int lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/golden/ops"))) {
    std::ifstream in(entry.path());
    ASSERT_TRUE(in) << entry.path();
    int line_number = 0;
    for (std::string line; std::getline(in, line);) {
      ++line_number;
      if (line.empty() || line.starts_with("#")) continue;
      SCOPED_TRACE(entry.path().filename().string() + ":" + std::to_string(line_number) + ": " +
                   line);
      check(line);
      ++lines;
    }
  }
  EXPECT_GT(lines, 0);
}

}  // namespace
}  // namespace reckon
