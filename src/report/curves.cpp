#include "report/curves.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.h"
#include "report/cells.h"
#include "report/svg.h"

namespace reckon {
namespace {

struct Span {
  double low = 0, high = 1;
  double share(double x) const { return (x - low) / (high - low); }
};

Span span_of(const CurvePanel& panel, std::vector<double> Curve::* axis) {
  bool any = false;
  Span span;
  for (const Curve& curve : panel.curves)
    for (const double v : curve.*axis) {
      if (!std::isfinite(v)) continue;
      span.low = any ? std::min(span.low, v) : v;
      span.high = any ? std::max(span.high, v) : v;
      any = true;
    }
  if (!any) return {};
  if (span.high - span.low < 1e-12) span.high = span.low + 1;
  return span;
}

std::string label_of(const CurvePanel& panel, double y) {
  return fixed(panel.factor * y, panel.digits) + std::string(panel.unit);
}

constexpr std::array<char, 6> marks = {'o', 'x', '+', '*', '#', '@'};

// 1, 2 or 5 times a power of ten, so that there are at most `most` of them.
double tick_of(double range, int most) {
  const double least = range / most;
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1.0, 2.0, 5.0})
    if (times * power >= least) return times * power;
  return 10 * power;
}

constexpr int page_height = 420, panel_width = 430, gap = 20;
constexpr double top = 92, bottom = 340, inside_left = 64, inside_right = 12;
constexpr std::array<std::string_view, 3> kinds = {"compute", "memory", "start"};

std::string kind_of(const Curve& curve) {
  const auto i = static_cast<std::size_t>(curve.colour) % kinds.size();
  return std::string(kinds[i]) + (curve.dashed ? " dashed" : "");
}

void draw_panel(Svg& svg, const CurvePanel& panel, double from) {
  const double left = from + inside_left, right = from + panel_width - inside_right;
  const Span xs = span_of(panel, &Curve::x), ys = span_of(panel, &Curve::y);
  const auto x_at = [&](double x) { return left + xs.share(x) * (right - left); };
  const auto y_at = [&](double y) { return bottom - ys.share(y) * (bottom - top); };
  svg.text(left, top - 14, Svg::xml(panel.title));
  const double y_tick = tick_of(ys.high - ys.low, 6);
  for (double y = std::ceil(ys.low / y_tick) * y_tick; y <= ys.high + y_tick / 1e6; y += y_tick) {
    svg.line(left, y_at(y), right, y_at(y), "grid");
    svg.text(left - 8, y_at(y) + 4, label_of(panel, y), "text-anchor=\"end\"");
  }
  const double x_tick = std::max(1.0, tick_of(xs.high - xs.low, 8));
  for (double x = std::ceil(xs.low / x_tick) * x_tick; x <= xs.high; x += x_tick)
    svg.text(x_at(x), bottom + 20, engineering(x), "text-anchor=\"middle\"");
  svg.line(left, bottom, right, bottom, "axis");
  svg.line(left, top, left, bottom, "axis");
  svg.text((left + right) / 2, bottom + 40, Svg::xml(panel.x_title), "text-anchor=\"middle\"");
  for (const Curve& curve : panel.curves) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (std::isfinite(curve.y[i])) points.emplace_back(x_at(curve.x[i]), y_at(curve.y[i]));
    svg.path(points, kind_of(curve));
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      if (std::isfinite(curve.y[i]))
        svg.circle(x_at(curve.x[i]), y_at(curve.y[i]), 3, kind_of(curve),
                   Svg::xml(curve.name) + ", " + Svg::xml(panel.x_title) + " " +
                       engineering(curve.x[i]) + ": " + label_of(panel, curve.y[i]));
  }
}

}  // namespace

void leave_out_first(CurvePanel& panel) {
  for (Curve& curve : panel.curves) {
    if (curve.x.size() < 3) continue;
    curve.x.erase(curve.x.begin());
    curve.y.erase(curve.y.begin());
  }
}

std::string draw(const CurvePanel& panel, int height, const Style& style) {
  const Span xs = span_of(panel, &Curve::x), ys = span_of(panel, &Curve::y);
  constexpr int label_cells = 10;
  const int room = std::max(10, style.width - label_cells - 2);
  std::vector<std::string> lines(static_cast<std::size_t>(height),
                                 std::string(static_cast<std::size_t>(room), ' '));
  for (std::size_t c = 0; c < panel.curves.size(); ++c) {
    const Curve& curve = panel.curves[c];
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (!std::isfinite(curve.y[i])) continue;
      const auto column = static_cast<std::size_t>(std::lround(xs.share(curve.x[i]) * (room - 1)));
      const auto row =
          static_cast<std::size_t>(std::lround((1 - ys.share(curve.y[i])) * (height - 1)));
      lines[row][column] = marks[c % marks.size()];
    }
  }
  std::string out = "  " + panel.title + "\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool labelled = i == 0 || i + 1 == lines.size() || i == lines.size() / 2;
    const double y =
        ys.high - (ys.high - ys.low) * static_cast<double>(i) / std::max(1, height - 1);
    while (lines[i].ends_with(' ')) lines[i].pop_back();
    std::string line = pad_left(labelled ? label_of(panel, y) : "", label_cells) + " │" +
                       inked(style, Ink::bar, lines[i]);
    out += line + "\n";
  }
  const std::string first = engineering(xs.low), last = panel.x_title + " " + engineering(xs.high);
  out += std::string(static_cast<std::size_t>(label_cells) + 2, ' ') + first +
         pad_left(last, room - static_cast<int>(first.size())) + "\n";
  std::string legend;
  for (std::size_t c = 0; c < panel.curves.size(); ++c)
    legend += (c == 0 ? "" : "   ") + std::string(1, marks[c % marks.size()]) + " " +
              panel.curves[c].name;
  for (const std::string& line : wrap(legend, room))
    out += std::string(static_cast<std::size_t>(label_cells) + 2, ' ') + line + "\n";
  return out;
}

std::string curves_svg(std::string_view title, std::string_view subtitle,
                       std::span<const CurvePanel> panels) {
  const int width = gap + static_cast<int>(panels.size()) * (panel_width + gap);
  Svg svg(width, page_height, Svg::xml(title), Svg::xml(subtitle));
  svg.text(gap + inside_left, 28, Svg::xml(title), "class=\"title\"");
  svg.text(gap + inside_left, 50, Svg::xml(subtitle), "class=\"faint\"");
  double from = gap;
  for (const CurvePanel& panel : panels) {
    draw_panel(svg, panel, from);
    from += panel_width + gap;
  }
  double x = gap + inside_left;
  if (!panels.empty())
    for (const Curve& curve : panels[0].curves) {
      svg.path({{x, bottom + 62}, {x + 24, bottom + 62}}, kind_of(curve));
      svg.text(x + 30, bottom + 66, Svg::xml(curve.name));
      x += 46 + 7.0 * cells_of(curve.name);
    }
  return std::move(svg).done();
}

}  // namespace reckon
