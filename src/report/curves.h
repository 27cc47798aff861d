// Curves over whole numbers (epochs): in a terminal, and side by side as an SVG document.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/style.h"

namespace reckon {

struct Curve {
  std::string name;
  std::vector<double> x, y;  // x ascends
  bool dashed = false;       // in SVG
  int colour = 0;            // 0, 1, 2: those of Svg
};

struct CurvePanel {
  std::string title;
  std::string x_title;
  std::vector<Curve> curves;
  double factor = 1;  // of y, as it is shown: 100 for percent
  int digits = 2;
  std::string_view unit;  // behind numbers: " %"
};

// From the second point on, where there are three: what comes before any learning is chance, and
// would flatten the rest.
void leave_out_first(CurvePanel& panel);

// At most style.width cells wide; each curve has its own mark, which the last line explains. Where
// two meet, the later one shows.
std::string draw(const CurvePanel& panel, int height, const Style& style);
// Panels beside each other.
std::string curves_svg(std::string_view title, std::string_view subtitle,
                       std::span<const CurvePanel> panels);

}  // namespace reckon
