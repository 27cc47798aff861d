// The roofline as an SVG document: on logarithmic axes, what a device can do at each intensity, and
// what each kernel reaches. A point is as large as its share of the time.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/number.h"
#include "report/svg.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

constexpr int page_width = 860, page_height = 560;
constexpr double left = 84, right = 836, top = 64, bottom = 468;

struct Point {
  std::string what;  // "Conv-1, forward"
  std::string_view op, level;
  Bound bound = Bound::nothing;
  double intensity = 0, rate = 0, seconds = 0;
};

struct Axis {
  double low = 0, high = 1;  // exponents of ten
  double from = 0, to = 1;   // on the page
  double at(double value) const {
    return from + (std::log10(value) - low) / (high - low) * (to - from);
  }
};

class Drawing {
 public:
  explicit Drawing(const TimeAnswer& time) : time_(time), rates_(time.estimate.rates) {
    for (const LayerTime& row : time.estimate.layers) {
      if (row.fused) continue;
      add(row, row.forward, time.options.training ? ", forward" : "");
      if (row.input_gradient) add(row, *row.input_gradient, ", input gradient");
      if (row.weight_gradient) add(row, *row.weight_gradient, ", weight gradient");
    }
    // The largest first: the small ones lie on top.
    std::sort(points_.begin(), points_.end(), [](const Point& a, const Point& b) {
      return a.seconds != b.seconds ? a.seconds > b.seconds : a.what < b.what;
    });
    set_axes();
  }

  std::string draw(std::string_view model) {
    head(model);
    grid();
    roofs();
    for (const Point& point : points_) circle(point);
    legend();
    return std::move(*svg_).done();
  }

 private:
  void add(const LayerTime& row, const WorkTime& w, std::string_view part) {
    if (!(w.ops > 0) || !(w.bytes > 0) || !(w.seconds > 0)) {
      n_left_out_ += w.seconds > 0 ? 1 : 0;
      return;
    }
    const Node& node = row.layer->op_node();
    points_.push_back(
        {std::string(node.name.empty() ? node.op_type : node.name) + std::string(part),
         node.op_type, w.level, w.bound, w.intensity, w.ops / w.seconds, w.seconds});
  }

  void set_axes() {
    double least_x = rates_.ridge(), most_x = rates_.ridge();
    double least_y = rates_.product_per_s, most_y = rates_.product_per_s;
    for (const Point& p : points_) {
      least_x = std::min(least_x, p.intensity);
      most_x = std::max(most_x, p.intensity);
      least_y = std::min(least_y, p.rate);
    }
    x_ = {std::floor(std::log10(least_x / 1.5)), std::ceil(std::log10(most_x * 1.5)), left, right};
    y_ = {std::floor(std::log10(least_y / 1.5)), std::ceil(std::log10(most_y * 1.2)), bottom, top};
  }

  void head(std::string_view model) {
    const std::string title =
        "Roofline of " + Svg::xml(model) + " on " + Svg::xml(time_.device.title);
    svg_.emplace(page_width, page_height, title,
                 counted(std::ssize(points_), "kernel") +
                     ": operations per second against operations per byte, both logarithmic. The "
                     "ridge is at " +
                     fixed(rates_.ridge(), 1) + " OP/B.");
    svg_->text(left, 28, title, "class=\"title\"");
    std::string asked = "batch " + grouped(time_.batch) + ", " +
                        std::string(to_string(time_.format)) +
                        (time_.options.training ? ", a training step" : ", an inference") + ": " +
                        seconds_text(time_.estimate.seconds) + ", modelled";
    if (n_left_out_ > 0)
      asked += "; " + counted(n_left_out_, "kernel") + " without arithmetic not shown";
    svg_->text(left, 48, asked, "class=\"faint\"");
  }

  void grid() {
    for (double e = x_.low; e <= x_.high; ++e) {
      const double x = x_.at(std::pow(10, e));
      svg_->line(x, top, x, bottom, "grid");
      svg_->text(x, bottom + 20, power(e), "text-anchor=\"middle\"");
    }
    for (double e = y_.low; e <= y_.high; ++e) {
      const double y = y_.at(std::pow(10, e));
      svg_->line(left, y, right, y, "grid");
      svg_->text(left - 8, y + 4, engineering(std::pow(10, e)), "text-anchor=\"end\"");
    }
    svg_->line(left, bottom, right, bottom, "axis");
    svg_->line(left, top, left, bottom, "axis");
    svg_->text((left + right) / 2, bottom + 42, "arithmetic intensity, operations per byte (OP/B)",
               "text-anchor=\"middle\"");
    svg_->text(
        20, (top + bottom) / 2, "operations per second (OP/s)",
        "text-anchor=\"middle\" transform=\"rotate(-90 20 " + fixed((top + bottom) / 2, 1) + ")\"");
  }
  static std::string power(double exponent) {
    if (exponent >= 0 && exponent < 6)
      return grouped(static_cast<std::int64_t>(std::pow(10, exponent)));
    if (exponent >= -2 && exponent < 0) return fixed(std::pow(10, exponent), exponent < -1 ? 2 : 1);
    if (exponent >= 6) return engineering(std::pow(10, exponent));
    return "1e" + fixed(exponent, 0);
  }

  // From where `bytes_per_s` enters the picture to where it meets the roof.
  void slope(double bytes_per_s, std::string_view kind) {
    const double roof = rates_.product_per_s, bottom_rate = std::pow(10, y_.low);
    const double from = std::max(std::pow(10, x_.low), bottom_rate / bytes_per_s);
    const double to = std::min(std::pow(10, x_.high), roof / bytes_per_s);
    if (from < to)
      svg_->line(x_.at(from), y_.at(from * bytes_per_s), x_.at(to), y_.at(to * bytes_per_s), kind);
  }
  void roofs() {
    const double ridge = rates_.ridge(), roof = rates_.product_per_s;
    slope(rates_.bytes_per_s, "roof");
    svg_->line(x_.at(ridge), y_.at(roof), right, y_.at(roof), "roof");
    svg_->line(x_.at(ridge), y_.at(roof), x_.at(ridge), bottom, "ridge");
    for (const MemoryLevel& level : rates_.levels) slope(level.bytes_per_s, "level");
    // Words keep clear of the edge that is nearer.
    const bool far_right = x_.at(ridge) > (left + right) / 2;
    svg_->text(x_.at(ridge) + (far_right ? -8 : 8), bottom - 10,
               "ridge " + fixed(ridge, 1) + " OP/B",
               far_right ? "class=\"faint\" text-anchor=\"end\"" : "class=\"faint\"");
    svg_->text(right, y_.at(roof) - 8, engineering(roof, "OP/s"), "text-anchor=\"end\"");
    std::string words = "memory " + engineering(rates_.bytes_per_s, "B/s");
    for (const MemoryLevel& level : rates_.levels)
      words += ", " + std::string(level.name) + " " + engineering(level.bytes_per_s, "B/s");
    svg_->text(left, bottom + 86, "slopes: " + words, "class=\"faint\"");
  }

  void circle(const Point& p) {
    constexpr double smallest = 3.5, largest = 24;
    const double share = time_.estimate.seconds > 0 ? p.seconds / time_.estimate.seconds : 0;
    const double radius = std::clamp(largest * std::sqrt(share / 0.3), smallest, largest);
    svg_->circle(x_.at(p.intensity), y_.at(p.rate), radius, to_string(p.bound),
                 Svg::xml(p.what) + " (" + Svg::xml(p.op) + "): " + seconds_text(p.seconds) + ", " +
                     fixed(100 * share, 1) + " % of the time; " + fixed(p.intensity, 2) +
                     " OP/B, " + engineering(p.rate, "OP/s") + ", bound by " +
                     std::string(to_string(p.bound)));
  }

  void legend() {
    double x = left;
    for (const Bound bound : {Bound::compute, Bound::memory, Bound::start}) {
      const auto n = std::count_if(points_.begin(), points_.end(),
                                   [&](const Point& p) { return p.bound == bound; });
      if (n == 0) continue;
      svg_->circle(x + 7, 530, 7, to_string(bound));
      svg_->text(x + 20, 534.5,
                 "bound by " +
                     std::string(bound == Bound::start ? "kernel start" : to_string(bound)) + " (" +
                     grouped(n) + ")");
      x += 190;
    }
    svg_->text(right, 534.5, "area: share of the time", "class=\"faint\" text-anchor=\"end\"");
  }

  const TimeAnswer& time_;
  const MachineRates& rates_;
  std::vector<Point> points_;
  std::optional<Svg> svg_;
  std::int64_t n_left_out_ = 0;
  Axis x_, y_;
};

static_assert(page_width > right && page_height > bottom);

}  // namespace

std::string roofline_svg(std::string_view model, const TimeAnswer& time) {
  return Drawing(time).draw(model);
}

}  // namespace reckon
