// A plot in a terminal: one column for each step, or for several neighbouring ones.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/style.h"

namespace reckon {

// Steps that belong together, in order; drawn under the axis.
struct PlotSection {
  std::string_view name;
  std::size_t begin = 0;  // the first of its steps
};

struct BytesPlot {
  std::vector<std::int64_t> bytes;  // by step, none negative
  std::size_t marked = 0;           // a step to point at
  std::string mark;                 // what is said about it
  std::vector<PlotSection> sections;
  int height = 10;  // lines
};

// At most style.width cells wide; what a column stands for is the most of its steps. From zero.
std::string draw(const BytesPlot& plot, const Style& style);

}  // namespace reckon
