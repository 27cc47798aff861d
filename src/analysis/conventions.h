// Other tools' ways of counting, so that their numbers can be reproduced and understood.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/analyze.h"

namespace reckon {

enum class Convention : std::uint8_t { pure, torchsummary, torchinfo, fvcore };

struct ConventionRow {
  std::string layer;  // as that tool would call it: "Conv2d-1"
  Shape output_shape;
  std::int64_t params = 0;  // as that tool counts them
  std::int64_t macs = 0;    // that tool's "mult-adds" or "flops"; 0 where it counts none
};

// A line of the tool's footer, in its own words and units: "Input size (MB)", 0.57.
struct ConventionTotal {
  std::string name;        // JSON key: "input_bytes", "forward_backward_bytes", "params_bytes", …
  std::string label;       // the tool's own words
  std::int64_t value = 0;  // bytes or a count
  std::int64_t unit = 0;   // divisor for display: 1048576 (the tool's "MB"), 1000000, or 0: a count
};

struct ConventionReport {
  Convention convention = Convention::pure;
  std::vector<ConventionRow> rows;
  std::vector<ConventionTotal> totals;
  std::string difference;  // one line: how and why this differs from `pure`
};

std::string_view to_string(Convention convention);
std::optional<Convention> parse_convention(std::string_view name);
std::span<const std::string_view> convention_names();
// One sentence, known without a network.
std::string_view describe(Convention convention);

ConventionReport count_by(const Analysis& analysis, Convention convention);

}  // namespace reckon
