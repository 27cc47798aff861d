// A machine in two or three numbers, with their error by cross-validation beside that of the naive
// rule.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/throughput_pages.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

std::string share(double x) {
  return fixed(100 * x, 1) + " %";
}

// The error of seconds, as ThroughputError has it: predicted / measured − 1.
double error_of(const ThroughputReport& r, std::size_t i) {
  return r.samples[i].images_per_s / r.fit.predicted_images_per_s[i] - 1;
}

}  // namespace

std::string throughput_text(const ThroughputReport& r, const Style& style) {
  Page page(style);
  const ThroughputModel& m = r.fit.model;
  page.title(printable(r.table), "a machine in a few numbers");
  page.words("measured", printable(r.rate) + ": " + counted(std::ssize(r.samples), "network") +
                             (r.not_measured > 0 ? ", " + grouped(r.not_measured) +
                                                       " rows without a value left out"
                                                 : ""));
  page.heading("seconds per image = MACs / a + outputs / b + overhead");
  page.row("a", engineering(1 / m.s_per_mac, "MAC/s"));
  page.row("b", engineering(1 / m.s_per_output, "out/s"),
           "outputs of convolutions and linear layers");
  if (m.overhead == BatchOverhead::constant)
    page.row("overhead", seconds_text(m.s_per_batch), "of a batch, whatever is in it");
  else if (m.overhead == BatchOverhead::weights)
    page.row("overhead", engineering(1 / m.s_per_param, "param/s"),
             "weights are read once for a batch");
  else
    page.row("overhead", "none", "a third number did not earn its place");
  page.heading("Error, of seconds", std::to_string(r.fit.folds) + "-fold cross-validation");
  page.row("", "median", "mean, and nine of ten below");
  const auto errors = [&](std::string_view label, const ThroughputError& e) {
    page.row(label, share(e.median), share(e.mean) + ", " + share(e.ninth_decile));
  };
  errors("this", r.fit.error);
  errors("MACs / one rate", r.fit.naive);
  page.heading("Furthest off", "measured, predicted");
  std::vector<std::size_t> order(r.samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto size_of = [&](std::size_t i) { return std::abs(std::log1p(error_of(r, i))); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return size_of(a) != size_of(b) ? size_of(a) > size_of(b) : a < b;
  });
  constexpr std::size_t most_rows = 5;
  for (std::size_t i = 0; i < std::min(most_rows, order.size()); ++i) {
    const std::size_t at = order[i];
    page.row(cut_end(printable(r.samples[at].name), Page::label_cells),
             engineering(r.samples[at].images_per_s, "/s"),
             engineering(r.fit.predicted_images_per_s[at], "/s"));
  }
  return page.finish();
}

Sheet throughput_sheet(const ThroughputReport& r) {
  const FieldColumn columns[] = {
      {.path = "name", .title = "network"},
      {.path = "batch"},
      {.path = "measured_images_per_s", .title = "measured /s", .digits = 2},
      {.path = "predicted_images_per_s", .title = "predicted /s", .digits = 2}};
  Sheet sheet = sheet_of_items(throughput_field, &r, "throughput.points", columns);
  sheet.columns.push_back({"error", "error of seconds", true});
  for (std::size_t i = 0; i < sheet.rows.size(); ++i)
    sheet.rows[i].push_back(Cell::of(error_of(r, i), 4));
  return sheet;
}

}  // namespace reckon
