// Energies of operations and accesses at 45 and 7 nm against tests/oracles/op_energy_pJ.csv, a
// table that was written down without ours: every figure of it is in data/constants.json, as the
// same value or range, and none of it is called better known than a reference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "machine/constants.h"
#include "oracle.h"

namespace reckon {
namespace {

// "fp32 mul" → "fp32_multiply", "SRAM 8KB 64b" → "sram_8kb", "HBM2 64b" → "hbm2".
std::string name_of(std::string op) {
  std::transform(op.begin(), op.end(), op.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (const auto at = op.find(" 64b"); at != std::string::npos) op.resize(at);
  if (op.ends_with(" mul")) op += "tiply";
  std::replace(op.begin(), op.end(), ' ', '_');
  return op;
}

// The upper end that the remark gives: "1300-2600 at 45nm", "250-450".
double upper_end(const std::string& remark, const std::string& node, double low) {
  const auto dash = remark.find('-');
  if (dash == std::string::npos) return low;
  const auto of = remark.find(" at ");
  if (of != std::string::npos && remark.substr(of + 4) != node) return low;
  return std::stod(remark.substr(dash + 1));
}

TEST(OracleEnergy, EveryFigureOfTheTableIsOurs) {
  auto rows = read_oracle("op_energy_pJ.csv");
  const auto constants = HardwareConstants::built_in();
  ASSERT_TRUE(constants);
  int n_compared = 0;
  for (auto& row : rows) {
    for (const std::string node : {"45nm", "7nm"}) {
      const std::string text = row["pJ_" + node];
      if (text.empty()) continue;
      const std::string name = name_of(row["op"]) + ".energy_" + node;
      SCOPED_TRACE(name);
      const HardwareConstant* const ours = constants->find(name);
      ASSERT_NE(ours, nullptr);
      const double low = std::stod(text);
      EXPECT_DOUBLE_EQ(ours->low, low);
      EXPECT_DOUBLE_EQ(ours->high, upper_end(row["status"], node, low));
      EXPECT_EQ(ours->unit, "pJ");
      EXPECT_EQ(ours->standing, Standing::reference);
      ++n_compared;
    }
  }
  EXPECT_GE(n_compared, 28);
}

}  // namespace
}  // namespace reckon
