// What a slider costs: a model that is loaded once is analysed again at another batch size.
//
// usage: reanalysis MODEL.onnx [Google Benchmark's options]
// Checks the answer before it times it: multiply-accumulates grow with the batch.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "analysis/analyze.h"
#include "formats/model.h"

namespace {

using reckon::analyze;
using reckon::AnalyzeOptions;

// Multiply-accumulates at this batch, or -1.
std::int64_t macs_at(const reckon::Graph& graph, std::int64_t batch) {
  AnalyzeOptions options;
  options.bindings.batch = batch;
  const auto analysis = analyze(graph, options);
  return analysis ? analysis->totals.macs : -1;
}

void reanalyse(benchmark::State& state, const reckon::Graph& graph) {
  std::int64_t batch = 1;
  for (auto _ : state) {
    batch = batch % 64 + 1;
    benchmark::DoNotOptimize(macs_at(graph, batch));
  }
  state.SetLabel(std::to_string(graph.nodes.size()) + " nodes, batch 1 to 64");
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 2) {
    std::fprintf(stderr, "usage: reanalysis MODEL.onnx\n");
    return 2;
  }
  const auto model = reckon::open_model(argv[1]);
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().message.c_str());
    return 1;
  }
  const reckon::Graph& graph = *model->graph;
  const std::int64_t one = macs_at(graph, 1), seven = macs_at(graph, 7);
  if (one <= 0 || seven != 7 * one) {
    std::fprintf(stderr, "wrong answer: %lld multiply-accumulates at batch 1, %lld at batch 7\n",
                 static_cast<long long>(one), static_cast<long long>(seven));
    return 1;
  }
  benchmark::RegisterBenchmark("reanalysis", [&](benchmark::State& state) {
    reanalyse(state, graph);
  })->Unit(benchmark::kMicrosecond);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
