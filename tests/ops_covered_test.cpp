// Every row of the compiled operator table has a golden line: what tools/check_ops reads from the
// text of the sources, asked of the table itself.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "ops/table.h"
#include "source_path.h"

namespace reckon {
namespace {

// "Op" and "domain::Op" of every golden line, without its opset.
std::set<std::string> golden_names() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/golden/ops"))) {
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);)
      if (!line.empty() && line[0] != '#') names.insert(line.substr(0, line.find_first_of(" @")));
  }
  return names;
}

std::string full_name(const OpDef& op) {
  return (op.domain.empty() ? "" : std::string(op.domain) + "::") + std::string(op.name);
}

TEST(OpsCovered, EveryRowHasAGoldenLine) {
  const std::set<std::string> golden = golden_names();
  int n_rows = 0;
  for (const OpFamily& family : op_families()) {
    for (const OpDef& op : family.rows) {
      EXPECT_TRUE(golden.contains(full_name(op))) << full_name(op);
      ++n_rows;
    }
  }
  EXPECT_GT(n_rows, 0);
}

// What the house asks of an operator is answered by its row, or by "not modelled" there.
TEST(OpsCovered, EveryRowSaysWhatItsOperatorIs) {
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows) {
      const Nature& nature = op.nature;
      EXPECT_NE(nature.kind, OpKind::unknown) << full_name(op);
      EXPECT_NE(nature.space, Space::unknown) << full_name(op);
      EXPECT_TRUE(op.cost == nullptr || nature.functions != Functions::unknown) << full_name(op);
      const bool along = nature.space == Space::mixes || nature.space == Space::rearranges;
      EXPECT_EQ(nature.axes != nullptr, along) << full_name(op);
    }
}

// Every word behind a ':' is a role; a slip of the pen would read as data.
TEST(OpsCovered, RolesAreSpelledRight) {
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows) {
      std::string_view inputs = op.signature.substr(0, op.signature.find("->"));
      for (int i = 0; !inputs.empty();) {
        const std::string_view operand = inputs.substr(0, inputs.find(' '));
        inputs.remove_prefix(std::min(inputs.size(), operand.size() + 1));
        if (operand.empty()) continue;
        const OperandRole role = role_of_operand(op.signature, i++);
        EXPECT_EQ(role != OperandRole::data, operand.find(':') != std::string_view::npos)
            << full_name(op) << ": " << operand;
      }
    }
}

}  // namespace
}  // namespace reckon
