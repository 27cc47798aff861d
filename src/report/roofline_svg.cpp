// The roofline as an SVG document: on logarithmic axes, what a device can do at each intensity, and
// what each kernel reaches. A point is as large as its share of the time. Colours follow the
// reader's light or dark mode; every point has its words as a title, for a pointer and for a screen
// reader.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/number.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

constexpr double page_width = 860, page_height = 560;
constexpr double left = 84, right = 836, top = 64, bottom = 468;

std::string xml(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

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
    return out_ + "</svg>\n";
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

  void text(double x, double y, std::string_view words, std::string_view attributes = {}) {
    out_ += "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\"";
    if (!attributes.empty()) out_.append(" ").append(attributes);
    out_ += ">" + std::string(words) + "</text>\n";
  }
  void line(double x1, double y1, double x2, double y2, std::string_view kind) {
    out_ += "<line x1=\"" + fixed(x1, 1) + "\" y1=\"" + fixed(y1, 1) + "\" x2=\"" + fixed(x2, 1) +
            "\" y2=\"" + fixed(y2, 1) + "\" class=\"" + std::string(kind) + "\"/>\n";
  }

  void head(std::string_view model) {
    const std::string title = "Roofline of " + xml(model) + " on " + xml(time_.device.title);
    out_ +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 560\" width=\"860\" "
        "height=\"560\" role=\"img\" aria-labelledby=\"t d\">\n"
        "<title id=\"t\">" +
        title + "</title>\n<desc id=\"d\">" + counted(std::ssize(points_), "kernel") +
        ": operations per second against operations per byte, both logarithmic. The ridge is at " +
        fixed(rates_.ridge(), 1) + " OP/B.</desc>\n";
    out_ +=
        "<style>\n"
        "svg { --paper: #ffffff; --ink: #1b2430; --faint: #5b6675; --grid: #dfe4ea;\n"
        "  --compute: #b3400a; --memory: #1261a6; --start: #6b4fa0;\n"
        "  font: 13px system-ui, sans-serif; }\n"
        "@media (prefers-color-scheme: dark) { svg { --paper: #14181d; --ink: #e8edf3;\n"
        "  --faint: #a3afbd; --grid: #2c343d; --compute: #ff9a5c; --memory: #6db4f2;\n"
        "  --start: #bfa5f2; } }\n"
        ".paper { fill: var(--paper); }\n"
        "text { fill: var(--ink); }\n"
        "text.faint { fill: var(--faint); }\n"
        "text.title { font-size: 16px; font-weight: 600; }\n"
        ".grid { stroke: var(--grid); }\n"
        ".axis { stroke: var(--faint); }\n"
        ".roof { stroke: var(--ink); stroke-width: 2; fill: none; }\n"
        ".level { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 2 4; }\n"
        ".ridge { stroke: var(--faint); stroke-dasharray: 6 4; }\n"
        ".compute { fill: var(--compute); stroke: var(--compute); }\n"
        ".memory { fill: var(--memory); stroke: var(--memory); }\n"
        ".start { fill: var(--start); stroke: var(--start); }\n"
        "circle { fill-opacity: 0.45; }\n"
        "</style>\n"
        "<rect class=\"paper\" width=\"860\" height=\"560\"/>\n";
    text(left, 28, title, "class=\"title\"");
    std::string asked = "batch " + grouped(time_.batch) + ", " +
                        std::string(to_string(time_.format)) +
                        (time_.options.training ? ", a training step" : ", an inference") + ": " +
                        seconds_text(time_.estimate.seconds) + ", modelled";
    if (n_left_out_ > 0)
      asked += "; " + counted(n_left_out_, "kernel") + " without arithmetic not shown";
    text(left, 48, asked, "class=\"faint\"");
  }

  void grid() {
    for (double e = x_.low; e <= x_.high; ++e) {
      const double x = x_.at(std::pow(10, e));
      line(x, top, x, bottom, "grid");
      text(x, bottom + 20, power(e), "text-anchor=\"middle\"");
    }
    for (double e = y_.low; e <= y_.high; ++e) {
      const double y = y_.at(std::pow(10, e));
      line(left, y, right, y, "grid");
      text(left - 8, y + 4, engineering(std::pow(10, e)), "text-anchor=\"end\"");
    }
    line(left, bottom, right, bottom, "axis");
    line(left, top, left, bottom, "axis");
    text((left + right) / 2, bottom + 42, "arithmetic intensity, operations per byte (OP/B)",
         "text-anchor=\"middle\"");
    text(
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
      line(x_.at(from), y_.at(from * bytes_per_s), x_.at(to), y_.at(to * bytes_per_s), kind);
  }
  void roofs() {
    const double ridge = rates_.ridge(), roof = rates_.product_per_s;
    slope(rates_.bytes_per_s, "roof");
    line(x_.at(ridge), y_.at(roof), right, y_.at(roof), "roof");
    line(x_.at(ridge), y_.at(roof), x_.at(ridge), bottom, "ridge");
    for (const MemoryLevel& level : rates_.levels) slope(level.bytes_per_s, "level");
    // Words keep clear of the edge that is nearer.
    const bool far_right = x_.at(ridge) > (left + right) / 2;
    text(x_.at(ridge) + (far_right ? -8 : 8), bottom - 10, "ridge " + fixed(ridge, 1) + " OP/B",
         far_right ? "class=\"faint\" text-anchor=\"end\"" : "class=\"faint\"");
    text(right, y_.at(roof) - 8, engineering(roof, "OP/s"), "text-anchor=\"end\"");
    std::string words = "memory " + engineering(rates_.bytes_per_s, "B/s");
    for (const MemoryLevel& level : rates_.levels)
      words += ", " + std::string(level.name) + " " + engineering(level.bytes_per_s, "B/s");
    text(left, bottom + 86, "slopes: " + words, "class=\"faint\"");
  }

  void circle(const Point& p) {
    constexpr double smallest = 3.5, largest = 24;
    const double share = time_.estimate.seconds > 0 ? p.seconds / time_.estimate.seconds : 0;
    const double radius = std::clamp(largest * std::sqrt(share / 0.3), smallest, largest);
    out_ += "<circle cx=\"" + fixed(x_.at(p.intensity), 1) + "\" cy=\"" + fixed(y_.at(p.rate), 1) +
            "\" r=\"" + fixed(radius, 1) + "\" class=\"" + std::string(to_string(p.bound)) +
            "\"><title>" + xml(p.what) + " (" + xml(p.op) + "): " + seconds_text(p.seconds) + ", " +
            fixed(100 * share, 1) + " % of the time; " + fixed(p.intensity, 2) + " OP/B, " +
            engineering(p.rate, "OP/s") + ", bound by " + std::string(to_string(p.bound)) +
            "</title></circle>\n";
  }

  void legend() {
    double x = left;
    for (const Bound bound : {Bound::compute, Bound::memory, Bound::start}) {
      const auto n = std::count_if(points_.begin(), points_.end(),
                                   [&](const Point& p) { return p.bound == bound; });
      if (n == 0) continue;
      out_ += "<circle cx=\"" + fixed(x + 7, 1) + "\" cy=\"530\" r=\"7\" class=\"" +
              std::string(to_string(bound)) + "\"/>\n";
      text(x + 20, 534.5,
           "bound by " + std::string(bound == Bound::start ? "kernel start" : to_string(bound)) +
               " (" + grouped(n) + ")");
      x += 190;
    }
    text(right, 534.5, "area: share of the time", "class=\"faint\" text-anchor=\"end\"");
  }

  const TimeAnswer& time_;
  const MachineRates& rates_;
  std::vector<Point> points_;
  std::int64_t n_left_out_ = 0;
  Axis x_, y_;
  std::string out_;
};

static_assert(page_width > right && page_height > bottom);

}  // namespace

std::string roofline_svg(std::string_view model, const TimeAnswer& time) {
  return Drawing(time).draw(model);
}

}  // namespace reckon
