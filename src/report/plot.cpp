#include "report/plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.h"
#include "report/cells.h"

namespace reckon {
namespace {

constexpr int label_cells = 12;  // of the scale, with a space after it

// Where steps go: `column_of` rises with the step.
struct Columns {
  std::size_t n_steps = 0, n = 0;
  std::size_t column_of(std::size_t step) const { return step * n / n_steps; }
};

Columns columns_for(std::size_t n_steps, int width) {
  const auto room = static_cast<std::size_t>(std::max(1, width - label_cells - 1));
  if (n_steps >= room) return {n_steps, room};
  return {n_steps, n_steps * std::max<std::size_t>(1, std::min<std::size_t>(8, room / n_steps))};
}

std::vector<std::int64_t> tallest(const BytesPlot& plot, const Columns& columns) {
  std::vector<std::int64_t> out(columns.n, 0);
  for (std::size_t step = 0; step < columns.n_steps; ++step) {
    const std::size_t begin = columns.column_of(step);
    const std::size_t end = std::max(begin + 1, columns.column_of(step + 1));
    for (std::size_t c = begin; c < end; ++c) out[c] = std::max(out[c], plot.bytes[step]);
  }
  return out;
}

// The name of each section where it begins, as far as there is room before the next one.
std::string axis(const BytesPlot& plot, const Columns& columns) {
  std::string out(static_cast<std::size_t>(label_cells), ' ');
  for (std::size_t i = 0; i < plot.sections.size(); ++i) {
    const PlotSection& section = plot.sections[i];
    const std::size_t begin = columns.column_of(section.begin);
    const std::size_t end =
        i + 1 < plot.sections.size() ? columns.column_of(plot.sections[i + 1].begin) : columns.n;
    const int room = static_cast<int>(end - begin);
    if (room <= 0) continue;
    const bool fits = cells_of(section.name) + 1 <= room;
    out += "└" + pad_right(fits ? section.name : std::string_view(), room - 1);
  }
  return out;
}

}  // namespace

std::string draw(const BytesPlot& plot, const Style& style) {
  if (plot.bytes.empty() || plot.height < 1) return {};
  constexpr std::array<std::string_view, 9> eighths = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const Columns columns = columns_for(plot.bytes.size(), style.width);
  const std::vector<std::int64_t> heights = tallest(plot, columns);
  const std::int64_t most =
      std::max<std::int64_t>(1, *std::max_element(heights.begin(), heights.end()));
  std::string out;
  const auto at = static_cast<int>(columns.column_of(std::min(plot.marked, plot.bytes.size() - 1)));
  std::string mark = "▼ " + plot.mark;
  int indent = label_cells + at;
  if (indent + cells_of(mark) > style.width) {  // to the left of its place
    mark = plot.mark + " ▼";
    indent = indent + 1 - cells_of(mark);
    if (indent < 0) {
      mark = "▼";
      indent = label_cells + at;
    }
  }
  out += std::string(static_cast<std::size_t>(indent), ' ') + mark + "\n";
  const long levels = 8L * plot.height;
  for (int line = plot.height - 1; line >= 0; --line) {
    const bool labelled = line == plot.height - 1 || line == plot.height / 2 - 1;
    const double share = static_cast<double>(line + 1) / plot.height;
    const std::string label =
        labelled ? bytes_binary(std::llround(static_cast<double>(most) * share)) : "";
    out += pad_left(label, label_cells - 1) + " ";
    std::string cells;
    for (const std::int64_t bytes : heights) {
      const double exact =
          static_cast<double>(bytes) / static_cast<double>(most) * static_cast<double>(levels);
      // Something is never shown as nothing.
      const long level = std::max(bytes > 0 ? 1L : 0L, std::lround(exact));
      cells += eighths[static_cast<std::size_t>(std::clamp(level - 8L * line, 0L, 8L))];
    }
    while (cells.ends_with(' ')) cells.pop_back();
    out += inked(style, Ink::bar, cells) + "\n";
  }
  std::string names = axis(plot, columns);
  while (names.ends_with(' ')) names.pop_back();
  return out + names + "\n";
}

}  // namespace reckon
