// MobileNet V2 three times (tools/make_quantised_models): in floating point, in QDQ form and in
// QOperator form. Prints the table of docs/memory.md and holds it to what is known without it:
//
//   parameters  3,487,816: torchvision's 3,504,872 less the 17,056 scales of its norms, which
//   folding
//               takes; the shifts stay, as biases
//   arena       1,505,280 B at 8 bits: the widest layer's result, 96 × 112 × 112 = 1,204,224 B, and
//               its other side: 96 × 56 × 56 = 301,056 B (image, 3 × 224 × 224, fits into that)
//   MACs        300,774,272, as torchvision's
#include <gtest/gtest.h>

#include <cstdio>

#include "analysis/fold_norms.h"
#include "analysis/integer_operators.h"
#include "formats/model.h"
#include "machine/energy.h"
#include "memory/lifetimes.h"
#include "source_path.h"

namespace reckon {
namespace {

struct Figures {
  std::int64_t params = 0, arena_bytes = 0, macs = 0, int_ops = 0, flops = 0, weight_bytes = 0;
  double moved_bytes = 0, joules = 0;
};

// As it runs in 8 bits.
Figures figures_of(const std::string& spec) {
  Figures f;
  const auto model = open_model(spec);
  EXPECT_TRUE(model) << model.error().message;
  if (!model) return f;
  const auto integers = integer_operators(*model->graph);
  const Graph& own = integers.graph != nullptr ? *integers.graph : *model->graph;
  const auto folded = fold_norms(own);
  const Graph& graph = folded.graph != nullptr ? *folded.graph : own;
  const auto analysis = analyze(graph, {.receptive_fields = false});
  EXPECT_TRUE(analysis) << analysis.error().message;
  if (!analysis) return f;
  EXPECT_TRUE(analysis->coverage.complete());
  f.params = analysis->totals.params;
  f.macs = analysis->totals.macs;
  f.int_ops = analysis->totals.int_ops;
  f.flops = analysis->totals.flops;
  f.weight_bytes = analysis->totals.param_bytes;
  auto tasks = inference_tasks(*analysis);
  EXPECT_TRUE(tasks);
  store_floats_in(*tasks, *analysis, **find_precision("int8"));
  const auto lifetimes = lifetimes_in_order(*tasks);
  const auto arena = plan_best_fit(lifetimes->buffers, 16);
  EXPECT_TRUE(arena);
  f.arena_bytes = arena->total_bytes;
  const auto narrow =
      analyze(graph, {.receptive_fields = false, .floats_as = DType::float8_e4m3fn});
  EXPECT_TRUE(narrow);
  const auto work = network_work(graph, *narrow, {.floats_in = NumberFormat::int8});
  EXPECT_TRUE(work);
  for (const LayerWork& layer : work->layers) f.moved_bytes += layer.forward.bytes;
  const auto constants = HardwareConstants::built_in();
  f.joules =
      energy_of(*work, EnergyPrices(*constants, ProcessNode::nm7), {.format = NumberFormat::int8})
          .joules;
  return f;
}

TEST(QuantisedNetworks, ThreeFormsOfOneNetworkAgree) {
  const std::string folder = source_path("tests/models/quantised/");
  const Figures real = figures_of("mobilenet-v2");
  const Figures folded = figures_of(folder + "mobilenet_v2_float.onnx");
  const Figures qdq = figures_of(folder + "mobilenet_v2_qdq.onnx");
  const Figures q = figures_of(folder + "mobilenet_v2_qoperator.onnx");
  std::printf("| | parameters | arena B | integer operations | energy |\n|---|---|---|---|---|\n");
  const auto row = [](const char* name, const Figures& f) {
    std::printf("| %s | %lld | %lld | %lld | %.4g mJ |\n", name, static_cast<long long>(f.params),
                static_cast<long long>(f.arena_bytes), static_cast<long long>(f.int_ops),
                f.joules * 1e3);
  };
  row("built in, its norms folded", real);
  row("floating point, 8 bits asked", folded);
  row("QDQ", qdq);
  row("QOperator", q);
  for (const Figures* f : {&real, &folded, &qdq, &q}) {
    EXPECT_EQ(f->params, 3'487'816);
    EXPECT_EQ(f->arena_bytes, 1'505'280);
    EXPECT_EQ(f->macs, 300'774'272);
  }
  // Two operations for each MAC, and five to bring a result back to 8 bits, are integer ones.
  EXPECT_EQ(qdq.int_ops, q.int_ops);
  EXPECT_GT(qdq.int_ops, 2 * 300'774'272);
  EXPECT_EQ(qdq.flops, 0);
  EXPECT_EQ(q.flops, 0);
  EXPECT_EQ(qdq.weight_bytes, q.weight_bytes);
  EXPECT_EQ(qdq.moved_bytes, q.moved_bytes);
  EXPECT_EQ(qdq.joules, q.joules);
  // A limit (ReLU6) costs floating point two operations an element more, requantisation five.
  EXPECT_NEAR(folded.joules, qdq.joules, 0.1 * qdq.joules);
}

}  // namespace
}  // namespace reckon
