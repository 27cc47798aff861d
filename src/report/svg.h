// An SVG document, drawn piece by piece. Colours follow the reader's light or dark mode; every
// point has its words as a title, for a pointer and for a screen reader.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reckon {

class Svg {
 public:
  // `title` and `what` (a sentence) are for those who do not see it, too.
  Svg(int width, int height, std::string_view title, std::string_view what);

  // `words` and `attributes` are written as they are: words of strangers go through xml() first.
  void text(double x, double y, std::string_view words, std::string_view attributes = {});
  void line(double x1, double y1, double x2, double y2, std::string_view kind);
  void path(const std::vector<std::pair<double, double>>& points, std::string_view kind);
  // Kinds: compute, memory, start; of a path, "compute dashed", …. `said` is the title.
  void circle(double x, double y, double radius, std::string_view kind, std::string_view said = {});

  std::string done() && { return std::move(out_) + "</svg>\n"; }

  // Printable, and without characters that SVG gives a meaning.
  static std::string xml(std::string_view text);

 private:
  std::string out_;
};

}  // namespace reckon
