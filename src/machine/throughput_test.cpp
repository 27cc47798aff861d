#include "machine/throughput.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace reckon {
namespace {

// Networks of all sizes on a machine that is exactly as the model says.
std::vector<ThroughputSample> made_up(double s_per_mac, double s_per_output, double s_per_batch) {
  std::vector<ThroughputSample> samples;
  for (int i = 0; i < 40; ++i) {
    ThroughputSample s;
    s.name = "net" + std::to_string(i);
    s.macs = 1e8 * std::pow(1.17, i) * (1 + i % 5);
    s.outputs = 1e6 * std::pow(1.11, i) * (1 + i % 7);
    s.params = 1e6 * (1 + i % 11);
    s.batch = 1 + i % 3;
    s.images_per_s = 1 / (s_per_mac * s.macs + s_per_output * s.outputs + s_per_batch / s.batch);
    samples.push_back(s);
  }
  return samples;
}

TEST(Throughput, FindsTheNumbersThatMadeTheTable) {
  const auto fit = fit_throughput(made_up(2e-12, 3e-10, 4e-3));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_EQ(fit->model.overhead, BatchOverhead::constant);
  EXPECT_NEAR(fit->model.s_per_mac, 2e-12, 2e-14);
  EXPECT_NEAR(fit->model.s_per_output, 3e-10, 3e-12);
  EXPECT_NEAR(fit->model.s_per_batch, 4e-3, 4e-5);
  EXPECT_LT(fit->error.median, 0.01);
  EXPECT_GT(fit->naive.median, 0.1);
}

TEST(Throughput, TakesNoThirdNumberWhereTwoDo) {
  const auto fit = fit_throughput(made_up(2e-12, 3e-10, 0));
  ASSERT_TRUE(fit) << fit.error().message;
  EXPECT_LT(fit->error.median, 0.01);
  // Whatever it calls the rest, it is next to nothing.
  const auto samples = made_up(2e-12, 3e-10, 0);
  EXPECT_NEAR(fit->model.seconds_per_image(samples[3]) * samples[3].images_per_s, 1, 0.02);
}

TEST(Throughput, RefusesWhatIsNoMeasurement) {
  auto samples = made_up(1e-12, 1e-10, 0);
  samples[7].images_per_s = 0;
  const auto fit = fit_throughput(samples);
  ASSERT_FALSE(fit);
  EXPECT_EQ(fit.error().where, "net7");
  EXPECT_FALSE(fit_throughput(std::span(samples).first(5)));
  samples[7].images_per_s = 10;
  samples[8].macs = -1;
  EXPECT_EQ(fit_throughput(samples).error().where, "net8");
  EXPECT_FALSE(fit_throughput(made_up(1e-12, 1e-10, 0), 1));
}

}  // namespace
}  // namespace reckon
