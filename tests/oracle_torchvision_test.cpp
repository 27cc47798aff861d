// Twenty torchvision networks, read from their ONNX files, against parameters and MACs that
// PyTorch counted (oracles/torchvision_macs.csv).
#include <gtest/gtest.h>

#include "analysis/analyze.h"
#include "formats/model.h"
#include "oracle.h"

namespace reckon {
namespace {

// The oracle counted googlenet with its two auxiliary classifiers, which exist in training only and
// are not in the ONNX file (nor in torch_saved_tensors.csv, which gives 6,624,904 for it). Each is
// a 1×1 convolution to 128 channels with batch norm, 2048→1024 and 1024→1000; the inputs have 512
// and 528 channels.
constexpr std::int64_t linear_params(std::int64_t in, std::int64_t out) {
  return in * out + out;
}
constexpr std::int64_t googlenet_aux_params =
    (512 * 128 + 2 * 128 + linear_params(2048, 1024) + linear_params(1024, 1000)) +
    (528 * 128 + 2 * 128 + linear_params(2048, 1024) + linear_params(1024, 1000));

TEST(TorchvisionOracle, EveryFigureIsEqual) {
  const auto rows = read_oracle("torchvision_macs.csv");
  for (auto row : rows) {
    SCOPED_TRACE(row["model"]);
    const auto model = open_model(test_model("torchvision/" + row["model"]));
    ASSERT_TRUE(model) << model.error().message << " @ " << model.error().where;
    const auto analysis = analyze(*model->graph);
    ASSERT_TRUE(analysis) << analysis.error().message << " @ " << analysis.error().where;
    const Totals& t = analysis->totals;
    const auto expect = [&](const char* column, std::int64_t value) {
      if (!row[column].empty()) {
        EXPECT_EQ(std::to_string(value), row[column]) << column;
      }
    };
    expect("params", t.params + (row["model"] == "googlenet" ? googlenet_aux_params : 0));
    expect("macs", t.macs);
    expect("conv_macs", t.conv_macs);
    expect("linear_macs", t.linear_macs);
    expect("matmul_macs", t.matmul_macs);
    expect("conv_gemm_outputs", t.conv_gemm_outputs);
    EXPECT_TRUE(analysis->coverage.complete());
    for (const auto& op : analysis->coverage.unknown_ops) ADD_FAILURE() << op;
  }
}

}  // namespace
}  // namespace reckon
