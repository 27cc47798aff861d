#include "report/svg.h"

#include "base/number.h"
#include "base/text.h"

namespace reckon {

std::string Svg::xml(std::string_view text) {
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

Svg::Svg(int width, int height, std::string_view title, std::string_view what) {
  const std::string size =
      "width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + "\"";
  out_ =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
      std::to_string(width) + " " + std::to_string(height) + "\" " + size +
      " role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">" + std::string(title) +
      "</title>\n<desc id=\"d\">" + std::string(what) + "</desc>\n";
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
      ".level { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 2 4; fill: none; }\n"
      ".ridge { stroke: var(--faint); stroke-dasharray: 6 4; }\n"
      ".compute { fill: var(--compute); stroke: var(--compute); }\n"
      ".memory { fill: var(--memory); stroke: var(--memory); }\n"
      ".start { fill: var(--start); stroke: var(--start); }\n"
      "circle { fill-opacity: 0.45; }\n"
      "path.compute, path.memory, path.start { fill: none; stroke-width: 2; }\n"
      ".dashed { stroke-dasharray: 5 4; }\n"
      "</style>\n"
      "<rect class=\"paper\" " +
      size + "/>\n";
}

void Svg::text(double x, double y, std::string_view words, std::string_view attributes) {
  out_ += "<text x=\"" + fixed(x, 1) + "\" y=\"" + fixed(y, 1) + "\"";
  if (!attributes.empty()) out_.append(" ").append(attributes);
  out_.append(">").append(words).append("</text>\n");
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view kind) {
  out_ += "<line x1=\"" + fixed(x1, 1) + "\" y1=\"" + fixed(y1, 1) + "\" x2=\"" + fixed(x2, 1) +
          "\" y2=\"" + fixed(y2, 1) + "\" class=\"" + std::string(kind) + "\"/>\n";
}

void Svg::path(const std::vector<std::pair<double, double>>& points, std::string_view kind) {
  if (points.empty()) return;
  out_ += "<path d=\"";
  for (std::size_t i = 0; i < points.size(); ++i)
    out_ += (i == 0 ? "M" : " L") + fixed(points[i].first, 1) + " " + fixed(points[i].second, 1);
  out_ += "\" class=\"" + std::string(kind) + "\"/>\n";
}

void Svg::circle(double x, double y, double radius, std::string_view kind, std::string_view said) {
  out_ += "<circle cx=\"" + fixed(x, 1) + "\" cy=\"" + fixed(y, 1) + "\" r=\"" + fixed(radius, 1) +
          "\" class=\"" + std::string(kind) + "\"";
  out_ += said.empty() ? "/>\n" : "><title>" + std::string(said) + "</title></circle>\n";
}

}  // namespace reckon
