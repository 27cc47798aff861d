// Single products on seven GPUs, FP32 without TF32, as NeuSight measured them:
// tests/oracles/neusight_products_fp32.csv.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "machine/sustained.h"
#include "oracle.h"

namespace reckon {
namespace {

struct Product {
  Work work;
  double seconds = 0;
};

std::map<std::string, std::vector<Product>> products_of(const std::string& op) {
  std::map<std::string, std::vector<Product>> by_device;
  for (auto& row : read_oracle("neusight_products_fp32.csv")) {
    if (row["op"] != op) continue;
    const double b = std::stod(row["products"]), m = std::stod(row["rows"]);
    const double k = std::stod(row["sum"]), n = std::stod(row["columns"]);
    by_device[row["device"]].push_back({{.product_ops = 2 * b * m * k * n,
                                         .bytes = 4 * b * (m * k + k * n + m * n),
                                         .rows = m,
                                         .columns = n,
                                         .products = b,
                                         .sum = k,
                                         .kernels = 0,
                                         .batched = op == "bmm",
                                         .hides_partly = true},
                                        std::stod(row["measured_ms"]) / 1e3});
  }
  return by_device;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// The sustained rate of a device is the median of its linear layers of at least 50 GFLOP, rounded.
TEST(Products, SustainedRatesAreTheMedianOfLargeOnes) {
  for (const auto& [name, products] : products_of("linear")) {
    std::vector<double> rates;
    for (const Product& p : products)
      if (p.work.product_ops >= 5e10) rates.push_back(p.work.product_ops / p.seconds);
    ASSERT_GE(rates.size(), 4U) << name;
    const auto device = find_device(name);
    ASSERT_TRUE(device) << name;
    ASSERT_TRUE(device->sustained_fp32_flops_per_s) << name;
    EXPECT_NEAR(device->sustained_fp32_flops_per_s->value / median(std::move(rates)), 1, 0.002)
        << name;
  }
}

// Tiles, waves and half-hidden memory, beside that one rate of each device.
TEST(Products, TilesAndWaves) {
  for (const auto& [op, most] : std::map<std::string, double>{{"linear", 0.12}, {"bmm", 0.20}}) {
    double sum = 0;
    int n = 0;
    for (const auto& [name, products] : products_of(op)) {
      const auto device = find_device(name);
      ASSERT_TRUE(device) << name;
      const auto rates = machine_rates(*device, NumberFormat::fp32);
      ASSERT_TRUE(rates) << name;
      double of_device = 0;
      for (const Product& p : products)
        of_device += std::abs(time_of(p.work, *rates).seconds / p.seconds - 1);
      std::printf("%s, %s: %zu products, mean error %.1f %%\n", op.c_str(), name.c_str(),
                  products.size(), 100 * of_device / static_cast<double>(products.size()));
      sum += of_device;
      n += static_cast<int>(products.size());
    }
    EXPECT_LE(sum / n, most) << op;
  }
}

}  // namespace
}  // namespace reckon
