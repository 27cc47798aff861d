// Constants of hardware as data: what a unit or an operation takes, each with its unit, source and
// standing. The rows are data/constants.json. A constant is a value, or a range where its source
// gives one; what nobody has a figure for has no row.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/figure.h"
#include "base/result.h"

namespace reckon {

struct HardwareConstant {
  std::string name;   // "relu.transistors": what it is of, and what is counted
  std::string label;  // "ReLU unit"
  double low = 0, high = 0;
  std::string unit;  // "transistors", "cycles", "× ReLU", "share of units", "bits", "pJ"
  Standing standing = Standing::assumed;
  std::string source;
  bool editable = false;    // a reader may put a value of their own in its place
  bool overridden = false;  // and did; the standing is `assumed` then

  // The value; nullopt for a range.
  std::optional<double> value() const { return low == high ? std::optional(low) : std::nullopt; }
  // Counted in whole numbers.
  bool whole() const { return unit == "transistors" || unit == "bits"; }
};

class HardwareConstants {
 public:
  // data/constants.json.
  static Result<HardwareConstants> built_in();
  // Fails with syntax where it is no JSON, else with bad_argument at the constant: a field nobody
  // knows, a name given twice, a value below zero, a range the wrong way round.
  static Result<HardwareConstants> parse(std::string_view text, std::string_view file);

  std::span<const HardwareConstant> all() const { return rows_; }
  // nullptr where there is none.
  const HardwareConstant* find(std::string_view name) const;
  // A value for one constant. Fails with not_found, or with bad_argument for one that is not
  // editable, or a value that is not finite, below zero, above 1e12, or in parts where only whole
  // numbers are counted.
  Status set(std::string_view name, double value);

 private:
  std::vector<HardwareConstant> rows_;
};

}  // namespace reckon
