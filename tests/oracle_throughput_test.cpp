// The throughput of 710 networks that pytorch-image-models has measured, from three numbers of
// each: tests/oracles/timm_throughput_rtx3090_i9.csv.
#include <gtest/gtest.h>

#include <cstdio>

#include "machine/throughput.h"
#include "oracle.h"

namespace reckon {
namespace {

std::vector<ThroughputSample> samples_of(std::vector<std::map<std::string, std::string>>& rows,
                                         const std::string& column) {
  std::vector<ThroughputSample> samples;
  for (auto& row : rows) {
    if (row[column].empty()) continue;
    samples.push_back({.name = row["model"],
                       .macs = std::stod(row["gmacs"]) * 1e9,
                       .outputs = std::stod(row["macts"]) * 1e6,
                       .params = std::stod(row["params_M"]) * 1e6,
                       .batch = std::stod(row[column + "_batch"]),
                       .images_per_s = std::stod(row[column])});
  }
  return samples;
}

void check(const std::string& column, double most_median) {
  auto rows = read_oracle("timm_throughput_rtx3090_i9.csv");
  const auto samples = samples_of(rows, column);
  ASSERT_GT(samples.size(), 700U);
  const auto fit = fit_throughput(samples);
  ASSERT_TRUE(fit) << fit.error().message;
  const ThroughputModel& m = fit->model;
  std::printf(
      "%s: %zu networks, median %.1f %%, mean %.1f %%, 9 of 10 under %.1f %%; naive %.1f %%\n",
      column.c_str(), samples.size(), 100 * fit->error.median, 100 * fit->error.mean,
      100 * fit->error.ninth_decile, 100 * fit->naive.median);
  std::printf("  %.3g MAC/s, %.3g outputs/s, %.3g s a batch, %.3g s a parameter\n", 1 / m.s_per_mac,
              1 / m.s_per_output, m.s_per_batch, m.s_per_param);
  EXPECT_LE(fit->error.median, most_median);
  EXPECT_LT(fit->error.median, fit->naive.median / 2);
}

TEST(Throughput, AGraphicsProcessor) {
  check("rtx3090_amp_nhwc_pt240", 0.15);
}
TEST(Throughput, AProcessor) {
  check("i9_10940x_fp32_compile_pt240", 0.25);
}

}  // namespace
}  // namespace reckon
