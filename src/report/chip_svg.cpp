// The designs of a chip, along the memory on it. Above: images a second of the best design beside
// each memory. Below, on a logarithmic axis: the ridge of that design (operations that it does
// while a byte comes) and the operations that the network has for each byte that still moves. Where
// the network's line is above the ridge, arithmetic bounds; below it, memory does.
#include <algorithm>
#include <cmath>

#include "base/number.h"
#include "report/chip_pages.h"
#include "report/svg.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

constexpr int page_width = 860, page_height = 640;
constexpr double left = 84, right = 836;
constexpr double upper_top = 84, upper_bottom = 318, lower_top = 378, lower_bottom = 550;

struct Point {
  double mib = 0, per_s = 0, ridge = 0, intensity = 0;
  const ChipDesign* design = nullptr;
};

class Drawing {
 public:
  Drawing(std::string_view model, const ChipReport& chip)
      : chip_(chip), svg_(page_width, page_height, title_of(model), said(chip)) {
    const ChipAnswer& a = chip.answer;
    double ops = 0;
    for (const ChipKernel& kernel : chip.network.kernels) ops += 2 * kernel.macs + kernel.other_ops;
    for (std::size_t i = 0; i < a.by_memory.size(); ++i) {
      const ChipDesign& d = a.by_memory[i];
      const ChipTime& t = a.by_memory_time[i];
      if (!(t.seconds > 0)) continue;
      points_.push_back({static_cast<double>(d.mib), static_cast<double>(chip.batch) / t.seconds,
                         ridge_of(d), t.moved_bytes > 0 ? ops / t.moved_bytes : 0, &d});
    }
    svg_.text(left, 28, title_of(model), "class=\"title\"");
    svg_.text(left, 48, said(chip), "class=\"faint\"");
  }

  std::string draw() && {
    if (points_.empty()) return std::move(svg_).done();
    double most_mib = 1, most_per_s = 0;
    double least = points_[0].ridge, most = points_[0].ridge;
    for (const Point& p : points_) {
      most_mib = std::max(most_mib, p.mib);
      most_per_s = std::max(most_per_s, p.per_s);
      for (const double level : {p.ridge, p.intensity}) {
        if (!(level > 0)) continue;
        least = std::min(least, level);
        most = std::max(most, level);
      }
    }
    const double low = std::floor(std::log10(least)), high = std::floor(std::log10(most)) + 1;
    const auto x = [&](double mib) { return left + mib / most_mib * (right - left); };
    const auto upper = [&](double per_s) {
      return upper_bottom - per_s / most_per_s * (upper_bottom - upper_top) * 0.92;
    };
    const auto lower = [&](double level) {
      return lower_bottom - (std::log10(level) - low) / (high - low) * (lower_bottom - lower_top);
    };
    // Grids.
    for (const double part : {0.25, 0.5, 0.75, 1.0}) {
      const double y = upper(part * most_per_s);
      svg_.line(left, y, right, y, "grid");
      svg_.text(left - 8, y + 4, engineering(part * most_per_s), "text-anchor=\"end\"");
    }
    for (double e = low; e <= high; ++e) {
      const double y = lower(std::pow(10, e));
      svg_.line(left, y, right, y, "grid");
      svg_.text(left - 8, y + 4, engineering(std::pow(10, e)), "text-anchor=\"end\"");
    }
    const double step = std::max(1.0, std::round(most_mib / 8));
    for (double mib = 0; mib <= most_mib; mib += step)
      svg_.text(x(mib), lower_bottom + 20, grouped(static_cast<std::int64_t>(mib)),
                "text-anchor=\"middle\"");
    for (const double y : {upper_bottom, lower_bottom}) svg_.line(left, y, right, y, "axis");
    svg_.text(left, upper_top - 12, "runs a second, the best design beside so much memory");
    svg_.text(left, lower_top - 22, "operations per byte (OP/B)");
    svg_.text((left + right) / 2, lower_bottom + 42, "memory on the chip, MiB",
              "text-anchor=\"middle\"");
    // Curves.
    std::vector<std::pair<double, double>> speed, ridge, intensity;
    for (const Point& p : points_) {
      speed.emplace_back(x(p.mib), upper(p.per_s));
      ridge.emplace_back(x(p.mib), lower(p.ridge));
      if (p.intensity > 0) intensity.emplace_back(x(p.mib), lower(p.intensity));
    }
    svg_.path(speed, "roof");
    svg_.path(ridge, "compute");
    svg_.path(intensity, "memory");
    for (const Point& p : points_) {
      const bool best = p.design->mib == chip_.answer.best.mib;
      svg_.circle(x(p.mib), upper(p.per_s), best ? 9 : 4, best ? "compute" : "start", words(p));
      if (!best) continue;
      svg_.line(x(p.mib), upper(p.per_s), x(p.mib), lower_bottom, "ridge");
      const bool far_right = x(p.mib) > (left + right) / 2;
      svg_.text(x(p.mib) + (far_right ? -14 : 14), upper(p.per_s) + 56,
                "the best: " + parts(*p.design), far_right ? "text-anchor=\"end\"" : "");
    }
    svg_.line(left, 606, left + 28, 606, "compute");
    svg_.text(left + 36, 610, "ridge of the design: above it arithmetic bounds");
    svg_.line(left + 380, 606, left + 408, 606, "memory");
    svg_.text(left + 416, 610, "operations of the network per byte moved");
    return std::move(svg_).done();
  }

 private:
  static std::string title_of(std::string_view model) { return "A chip for " + Svg::xml(model); }
  static std::string said(const ChipReport& chip) {
    return "at most " + fixed(chip.budget.area_mm2, 0) + " mm² and " +
           fixed(chip.budget.power_w, 0) + " W, batch " + grouped(chip.batch) + ", " +
           std::string(to_string(chip.format)) + ", " + grouped(chip.answer.designs) +
           " designs compared; the best takes " + seconds_text(chip.answer.time.seconds) +
           ", modelled";
  }
  static std::string parts(const ChipDesign& d) {
    return grouped(d.units) + " MACs, " + grouped(d.mib) + " MiB, " + grouped(d.gb_per_s) + " GB/s";
  }
  double ridge_of(const ChipDesign& d) const {
    return 2 * static_cast<double>(d.units) * chip_.costs.clock_hz /
           (1e9 * static_cast<double>(d.gb_per_s));
  }
  std::string words(const Point& p) const {
    return parts(*p.design) + ": " + engineering(p.per_s) + " a second, ridge " +
           fixed(p.ridge, 1) + " OP/B";
  }

  const ChipReport& chip_;
  Svg svg_;
  std::vector<Point> points_;
};

}  // namespace

std::string chip_svg(std::string_view model, const ChipReport& chip) {
  return Drawing(model, chip).draw();
}

}  // namespace reckon
