// docs/operators.md: every operator, from its row. Nothing here is written by hand.
#include <set>

#include "base/number.h"
#include "ops/table.h"
#include "report/pages.h"

namespace reckon {
namespace {

// The counts of a row: the functions are known, their formulas show in `reckon explain`.
std::string traits_of(const OpDef& op) {
  static constexpr std::pair<Trait, std::string_view> names[] = {
      {Trait::view, "view"},
      {Trait::strided_view, "strided view"},
      {Trait::in_place, "in place"},
      {Trait::selects, "reads what it selects"},
      {Trait::identity_in_inference, "view in inference"},
      {Trait::control, "runs bodies"},
      {Trait::metadata, "reads a shape"},
      {Trait::carries, "carries its operand"},
      {Trait::unit_gradient, "hands gradients on"},
  };
  std::string out;
  for (const auto& [trait, name] : names)
    if (has(op.traits, trait)) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

}  // namespace

std::string operators_page() {
  std::int64_t n = 0;
  std::set<std::string_view> onnx;
  for (const OpFamily& family : op_families())
    for (const OpDef& op : family.rows) {
      ++n;
      if (op.domain.empty()) onnx.insert(op.name);
    }
  std::string out =
      "# Operators\n\n<!-- Made by `reckon docs operators` from src/ops; script/docs writes it. -->"
      "\n\n" +
      counted(n, "operator") + ", " + grouped(static_cast<std::int64_t>(onnx.size())) +
      " of them in ONNX's own domain.\n\n"
      "A signature lists inputs and outputs with the names of their dimensions, which are the "
      "factor names in `reckon explain`: `?` optional, `...` any number, `*X` any number of "
      "dimensions. A word behind `:` is what a stored tensor is there: a learned weight, a "
      "statistic, a setting, …; an operand without is computed, as a rule. *Arithmetic* says "
      "whether the row counts operations; an operator without is "
      "free by definition. *Saved* says whether the backward pass keeps something. *Folds*: small "
      "constants are computed, so that shapes made from them are known.\n";
  for (const OpFamily& family : op_families()) {
    if (family.rows.empty()) continue;
    out.append("\n## ").append(family.title).append("\n\n");
    Sheet sheet;
    sheet.columns = {{"operator", "operator"},     {"signature", "signature"},
                     {"arithmetic", "arithmetic"}, {"saved", "saved"},
                     {"folds", "folds"},           {"traits", "traits"}};
    for (const OpDef& op : family.rows) {
      const std::string domain(op.domain);
      sheet.rows.push_back({Cell::code_of(domain.empty() ? std::string(op.name)
                                                         : domain + "::" + std::string(op.name)),
                            Cell::code_of(op.signature),
                            Cell::of(op.cost != nullptr ? "counted" : "free"),
                            Cell::of(op.saved != nullptr ? "yes" : ""),
                            Cell::of(op.fold != nullptr ? "yes" : ""), Cell::of(traits_of(op))});
    }
    out += to_markdown(sheet);
  }
  return out;
}

}  // namespace reckon
