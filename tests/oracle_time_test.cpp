// End-to-end times of transformer networks on GPUs in eager PyTorch 2.1, FP32, attention written
// out: tests/oracles/gpu_time_fp32_eager.csv. Nothing of the model was fitted to them. A training
// row is forward and backward, without the loss's forward pass and the update.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "oracle.h"
#include "questions/device_fit_inquiry.h"
#include "questions/time_inquiry.h"

namespace reckon {
namespace {

std::string network_of(const OracleRow& row) {
  const std::string& name = row.at("network");
  // Its head of pre-training makes it another network.
  if (name == "bert_large" && row.at("mode") == "train")
    return source_path("tests/data/bert_pretraining.net");
  static const std::map<std::string, std::string> networks = {
      {"bert_large", "bert-base?layers=24&width=1024&heads=16"},
      {"gpt2_large", "gpt2?layers=36&width=1280&heads=20"},
      {"gpt3_xl", "gpt3?layers=24&width=3072&heads=24"},
      {"gpt3_27", "gpt3?layers=32&width=2560&heads=32"},
      {"opt_13", "opt?layers=24&width=2048&heads=32"}};
  return networks.at(name);
}

std::string device_of(const std::string& name) {
  static const std::map<std::string, std::string> devices = {
      {"NVIDIA_A100_80GB_PCIe", "a100-pcie-80"},
      {"NVIDIA_A100-PCIE-40GB", "a100-pcie-40"},
      {"Tesla_V100-PCIE-32GB", "v100-pcie-32"},
      {"Tesla_T4", "t4"}};
  return devices.at(name);
}

double predicted_s(const OracleRow& row, std::string_view attention) {
  Asked asked("time");
  asked.give("device", {.text = device_of(row.at("device"))});
  asked.give("precision", {.text = "fp32"});
  asked.give("batch", {.whole = std::stoll(row.at("batch"))});
  asked.give("set", {.wholes = {{"sequence", std::stoll(row.at("sequence"))}}});
  asked.give("attention", {.text = std::string(attention)});
  if (row.at("mode") == "train") asked.give("train", {});
  const auto found = inquire_time(network_of(row), asked);
  EXPECT_TRUE(found) << found.error().message;
  if (!found) return 0;
  const TimeEstimate& e = found->time.estimate;
  return e.seconds - e.update_s - e.loss_forward_s;
}

// The bar is 15 % over all rows; the rows of training are lower bounds where the memory is
// nearly full, since the allocator gives blocks back and takes them anew.
TEST(TimeOnGpus, WithNothingFitted) {
  std::map<std::string, std::vector<double>> errors;
  for (const OracleRow& row : read_oracle("gpu_time_fp32_eager.csv")) {
    const double ratio = predicted_s(row, "math") * 1e3 / std::stod(row.at("measured_ms"));
    for (const std::string& key : {row.at("mode"), row.at("device"), std::string("all")})
      errors[key].push_back(std::abs(ratio - 1));
    EXPECT_GT(ratio, 0.75) << row.at("network") << " on " << row.at("device");
    EXPECT_LT(ratio, 1.25) << row.at("network") << " on " << row.at("device");
  }
  std::map<std::string, double> mean;
  for (const auto& [key, of] : errors) {
    for (const double e : of) mean[key] += e / static_cast<double>(of.size());
    std::printf("%-22s %2zu rows, MAPE %.1f %%\n", key.c_str(), of.size(), 100 * mean[key]);
  }
  EXPECT_LE(mean["all"], 0.08);
  EXPECT_LE(mean["inf"], 0.06);
  EXPECT_LE(mean["train"], 0.13);
}

// One row of each device is given to `devices fit`; the others are to be within 8 % in the mean,
// whichever is given.
TEST(TimeOnGpus, WithOneRowOfEachDevice) {
  std::map<std::string, std::vector<OracleRow>> by_device;
  for (OracleRow& row : read_oracle("gpu_time_fp32_eager.csv"))
    by_device[row.at("device")].push_back(std::move(row));
  for (std::size_t given = 0; given < 5; ++given) {
    double sum = 0;
    int n = 0;
    for (const auto& [device, rows] : by_device) {
      const OracleRow& one = rows[given];
      Asked asked("devices");
      asked.give("device", {.text = device_of(device)});
      asked.give("precision", {.text = "fp32"});
      asked.give("attention", {.text = "math"});
      const std::string table = "network,batch,sequence,mode,seconds\n" + network_of(one) + "," +
                                one.at("batch") + "," + one.at("sequence") + "," +
                                (one.at("mode") == "train" ? "forward-backward," : "inference,") +
                                std::to_string(std::stod(one.at("measured_ms")) / 1e3) + "\n";
      const auto fit = fit_device_table(table, "one.csv", asked);
      ASSERT_TRUE(fit) << fit.error().message;
      ASSERT_EQ(fit->formats.size(), 1U);
      EXPECT_FALSE(fit->formats[0].left_out_error);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i == given) continue;
        const double s = predicted_s(rows[i], "math") * fit->formats[0].ratio;
        sum += std::abs(s * 1e3 / std::stod(rows[i].at("measured_ms")) - 1);
        ++n;
      }
    }
    std::printf("row %zu given: %d others, MAPE %.1f %%\n", given + 1, n, 100 * sum / n);
    EXPECT_LE(sum / n, 0.08) << given;
  }
}

}  // namespace
}  // namespace reckon
