// Recomputation on the built-in networks: the optimum against √n, every k-th and by module, and the
// chain against the timeline that it was made from.
#include <gtest/gtest.h>

#include <ctime>

#include "analysis/recover.h"
#include "formats/model.h"
#include "memory/recompute/chain_make.h"

namespace reckon {
namespace {

struct Net {
  Model model;
  std::unique_ptr<Graph> recovered;
  Analysis analysis;
  TimelineOptions options;
  Chain chain;
  std::int64_t timeline_peak = 0;
  const Graph& graph() const { return recovered ? *recovered : *model.graph; }
};

std::unique_ptr<Net> open_net(std::string_view spec, std::int64_t batch, bool in_place = true) {
  auto net = std::make_unique<Net>();
  auto model = open_model(spec);
  EXPECT_TRUE(model) << spec;
  if (!model) return net;
  net->model = std::move(*model);
  net->recovered = recover_layers(*net->model.graph);
  AnalyzeOptions asked;
  asked.bindings.batch = batch;
  asked.receptive_fields = false;
  auto analysis = analyze(net->graph(), asked);
  EXPECT_TRUE(analysis) << spec;
  if (!analysis) return net;
  net->analysis = std::move(*analysis);
  net->options.in_place = in_place;
  const auto step = make_timeline(net->graph(), net->analysis, net->options);
  EXPECT_TRUE(step) << spec;
  if (!step) return net;
  net->timeline_peak = step->peak.bytes;
  auto chain = make_chain(net->graph(), net->analysis, net->options, *step);
  EXPECT_TRUE(chain) << spec << ": " << (chain ? "" : chain.error().message);
  if (chain) net->chain = std::move(*chain);
  return net;
}

class OnNetwork : public testing::TestWithParam<std::string_view> {};

TEST_P(OnNetwork, NothingRecomputedIsTheTimeline) {
  for (const bool in_place : {true, false}) {
    const auto net = open_net(GetParam(), 2, in_place);
    EXPECT_EQ(simulate(net->chain, plan_none())->peak_bytes, net->timeline_peak);
  }
}

TEST_P(OnNetwork, OptimumNeverLosesToAPolicyAtEqualMemory) {
  const auto net = open_net(GetParam(), 32);
  const Chain& chain = net->chain;
  const auto n = static_cast<std::int32_t>(chain.stages.size());
  std::vector<std::pair<std::string, RecomputePlan>> plans = {
      {"sqrt", plan_sqrt(chain)},
      {"module 1", plan_by_module(chain, 1)},
      {"module 2", plan_by_module(chain, 2)}};
  for (std::int32_t k = 1; k < n; k += 1 + k / 8)
    plans.emplace_back("every " + std::to_string(k), plan_every(chain, k));
  const std::clock_t start = std::clock();
  const auto curve = recompute_curve(chain);
  const double s = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  ASSERT_TRUE(curve);
  EXPECT_LT(s, 2);
  // The table of docs/memory.md.
  printf("%s: %d stages, %zu points, %.3f s%s; none %.1f MiB, least %.1f MiB +%.1f %%\n",
         std::string(GetParam()).c_str(), n, curve->points.size(), s,
         curve->exact ? "" : " thinned",
         static_cast<double>(curve->points.back().memory_bytes) / 1048576,
         static_cast<double>(curve->points.front().memory_bytes) / 1048576,
         100 * curve->points.front().relative);
  int n_strict = 0;
  for (const auto& [name, plan] : plans) {
    const RecomputeCost cost = simulate(chain, plan).value();
    const CurvePoint best = plan_for_budget(chain, cost.peak_bytes).value();
    EXPECT_LE(best.extra_time, cost.extra_time * (1 + 1e-12)) << name;
    EXPECT_LE(simulate(chain, best.plan)->peak_bytes, cost.peak_bytes) << name;
    n_strict += best.extra_time < 0.99 * cost.extra_time ? 1 : 0;
    if (name == "sqrt" || name == "every 2" || name == "every 4" || name.starts_with("module"))
      printf("    %-9s %9.1f MiB  +%5.2f %%   optimal +%5.2f %%\n", name.c_str(),
             static_cast<double>(cost.peak_bytes) / 1048576,
             100 * cost.extra_time / chain.step_time(), 100 * best.relative);
  }
  EXPECT_GT(n_strict, 0);
  const std::int64_t least = curve->points.front().memory_bytes;
  const auto refused = plan_for_budget(chain, least - 1);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(std::to_string(least)), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Recompute, OnNetwork,
                         testing::Values("vgg19", "resnet50", "transformer-encoder?layers=6",
                                         "gpt2?sequence=256", "mobilenet-v2"));

}  // namespace
}  // namespace reckon
