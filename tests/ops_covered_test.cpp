// Every row of the compiled operator table has a golden line: what tools/check_ops reads from the
// text of the sources, asked of the table itself.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "ops/table.h"

namespace reckon {
namespace {

// "Op" and "domain::Op" of every golden line, without its opset.
std::set<std::string> golden_names() {
  std::set<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(RECKON_SOURCE_DIR "/tests/golden/ops")) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      if (!line.empty() && line[0] != '#') names.insert(line.substr(0, line.find_first_of(" @")));
  }
  return names;
}

TEST(OpsCovered, EveryRowHasAGoldenLine) {
  const std::set<std::string> golden = golden_names();
  int n_rows = 0;
  for (const OpFamily& family : op_families()) {
    for (const OpDef& op : family.rows) {
      const std::string prefix = op.domain.empty() ? "" : std::string(op.domain) + "::";
      EXPECT_TRUE(golden.contains(prefix + std::string(op.name))) << prefix << op.name;
      ++n_rows;
    }
  }
  EXPECT_GT(n_rows, 0);
}

}  // namespace
}  // namespace reckon
