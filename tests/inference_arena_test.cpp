// Every network at hand: lifetimes, the order of its operators and an arena, each checked by
// something that shares no code with what made it. Prints a table; * is proved least.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <set>

#include "formats/model.h"
#include "memory/arena_check.h"
#include "memory/lifetimes.h"
#include "oracle.h"

namespace reckon {
namespace {

std::vector<std::string> models() {
  std::vector<std::string> specs = test_models("torchvision");
  for (const auto& entry : std::filesystem::directory_iterator(source_path("networks")))
    specs.push_back(entry.path().string());
  std::sort(specs.begin(), specs.end());
  return specs;
}

bool is_valid(const TaskGraph& graph, const std::vector<std::int32_t>& order) {
  std::set<std::int32_t> run;
  for (const std::int32_t task : order) {
    for (const std::int32_t before : graph.tasks[static_cast<std::size_t>(task)].after)
      if (!run.contains(before)) return false;
    if (!run.insert(task).second) return false;
  }
  return run.size() == graph.tasks.size();
}

TEST(InferenceArena, EveryNetworkIsPlacedInABetterOrder) {
  std::printf("%-28s %6s %12s %12s %12s %12s %12s %6s\n", "network", "tasks", "given peak",
              "best order", "its bound", "greedy", "optimal", "s");
  for (const std::string& spec : models()) {
    SCOPED_TRACE(spec);
    const auto model = open_model(spec);
    ASSERT_TRUE(model) << model.error().message;
    const auto analysis = analyze(*model->graph, {.receptive_fields = false});
    ASSERT_TRUE(analysis) << analysis.error().message;
    const auto start = std::chrono::steady_clock::now();
    const auto tasks = inference_tasks(*analysis);
    ASSERT_TRUE(tasks) << tasks.error().message;
    const auto plan = better_order(*tasks);
    ASSERT_TRUE(plan) << plan.error().message;
    EXPECT_TRUE(is_valid(*tasks, plan->order));
    EXPECT_LE(plan->peak_after, plan->peak_before);
    const auto before = lifetimes_in_order(*tasks), after = lifetimes_in_order(*tasks, plan->order);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(before->inference_peak_bytes, plan->peak_before);
    EXPECT_EQ(after->inference_peak_bytes, plan->peak_after);
    EXPECT_EQ(live_lower_bound(before->buffers).value(), plan->peak_before);
    EXPECT_EQ(live_lower_bound(after->buffers).value(), plan->peak_after);
    const auto greedy = plan_greedy_tflm(after->buffers), best = plan_optimal(after->buffers);
    ASSERT_TRUE(greedy && best);
    for (const auto* placement : {&greedy, &best}) {
      const Status checked = check_placement(after->buffers, **placement);
      EXPECT_TRUE(checked) << checked.error().message;
    }
    EXPECT_LE(best->total_bytes, greedy->total_bytes);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%-28s %6zu %12lld %11lld%c %12lld %12lld %11lld%c %6.3f\n",
                std::filesystem::path(spec).stem().c_str(), tasks->tasks.size(),
                static_cast<long long>(plan->peak_before), static_cast<long long>(plan->peak_after),
                plan->optimal ? '*' : ' ', static_cast<long long>(plan->lower_bound),
                static_cast<long long>(greedy->total_bytes),
                static_cast<long long>(best->total_bytes), best->optimal ? '*' : ' ', took.count());
  }
}

}  // namespace
}  // namespace reckon
