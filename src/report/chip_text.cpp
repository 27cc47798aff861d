// `reckon chip` on one screen: the best split, what bounds it, what more of each would buy.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "report/chip_pages.h"
#include "report/field_sheet.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

std::string share_text(double part, double whole) {
  return (whole > 0 ? fixed(100 * part / whole, 1) : "0") + " %";
}

std::string per_s(const ChipReport& c, double seconds) {
  return engineering(static_cast<double>(c.batch) / seconds) + " a second";
}

void the_split(Page& page, const ChipReport& c) {
  const ChipAnswer& a = c.answer;
  const ChipDesign& d = a.best;
  const auto units = static_cast<double>(d.units), mib = static_cast<double>(d.mib),
             gb = static_cast<double>(d.gb_per_s);
  const double idle_w = a.area_mm2 * c.costs.idle_w_per_mm2;
  page.heading("The best split", grouped(a.designs) + " designs compared");
  Sheet sheet;
  sheet.columns = {{"part", "part"},     {"amount", "how much", true},
                   {"mm2", "mm²", true}, {"share", "of the area", true, 1},
                   {"w", "W", true},     {"w_share", "of the power", true, 1}};
  const auto add = [&](std::string_view part, const std::string& amount, double mm2, double w) {
    sheet.rows.push_back({Cell::of(part), Cell::of(amount), Cell::of(mm2, 1),
                          Cell::of(share_text(mm2, c.budget.area_mm2)), Cell::of(w, 1),
                          Cell::of(share_text(w, c.budget.power_w))});
  };
  add("arithmetic", grouped(d.units) + " MACs", units * c.costs.unit_mm2, units * c.costs.unit_w);
  add("memory on the chip", grouped(d.mib) + " MiB", mib * c.costs.mib_mm2, 0);
  add("bandwidth", grouped(d.gb_per_s) + " GB/s", gb * c.costs.gb_per_s_mm2,
      gb * c.costs.gb_per_s_w);
  add("everything else, idle", "", a.area_mm2 * c.costs.other_share, idle_w);
  add("not used", "", std::max(0.0, c.budget.area_mm2 - a.area_mm2),
      std::max(0.0, c.budget.power_w - a.power_w));
  page.append(to_text(sheet, page.style()));
}

void the_time(Page& page, const ChipReport& c) {
  const ChipAnswer& a = c.answer;
  page.heading("How fast it is", c.network.lower_bound ? "at best: not all is known" : "modelled");
  page.row("time", seconds_text(a.time.seconds), per_s(c, a.time.seconds));
  page.row("bound by compute", share_text(a.time.compute_bound_s, a.time.seconds), "of the time");
  page.row("bound by memory", share_text(a.time.memory_bound_s, a.time.seconds), "of the time");
  page.row("ridge", fixed(a.ridge, 1) + " OP/B",
           engineering(2 * static_cast<double>(a.best.units) * c.costs.clock_hz, "OP/s"));
  page.row("moved", engineering(a.time.moved_bytes, "B"),
           "of " + engineering(a.all_bytes, "B") + ", were nothing kept on the chip");
  page.row("kept", engineering(a.kept_weight_bytes, "B"), "of weights, from one pass to the next");
  page.row("", engineering(a.kept_tensor_bytes, "B"),
           "of tensors between layers, one after another");
}

// All digits: 0.875, 1050000000.
std::string plain_number(double x) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr};
}

std::string gain(double before, double after) {
  const double percent = 100 * (before / after - 1);
  return (percent < 0 ? "" : "+") + fixed(percent, 2) + " %";
}

void the_marginals(Page& page, const ChipReport& c) {
  const ChipAnswer& a = c.answer;
  page.heading("What one more would buy", "were there room for it");
  for (const ChipMarginal& m : a.marginals) {
    const std::string what =
        m.what == "arithmetic"
            ? "+" + grouped(static_cast<std::int64_t>(m.units)) + " MACs"
            : "+" + fixed(m.units, 0) + (m.what == "memory" ? " MiB on chip" : " GB/s");
    page.row(what, gain(a.time.seconds, m.seconds),
             "throughput, for " + fixed(m.area_mm2, 2) + " mm² and " + fixed(m.power_w, 2) + " W");
  }
  for (const ChipBudgetMarginal& m : a.larger)
    page.row("a tenth more " + std::string(m.what), gain(a.time.seconds, m.seconds),
             grouped(m.design.units) + " MACs, " + grouped(m.design.mib) + " MiB, " +
                 grouped(m.design.gb_per_s) + " GB/s");
}

void the_curve(Page& page, const ChipReport& c) {
  constexpr std::size_t rows = 8;
  const auto& designs = c.answer.by_memory;
  if (designs.size() < 2) return;
  page.heading("Along the memory on the chip", "the best beside each");
  double least_s = c.answer.time.seconds;
  std::set<std::size_t> shown;
  for (std::size_t i = 0; i < rows; ++i) shown.insert(i * (designs.size() - 1) / (rows - 1));
  for (std::size_t i = 0; i < designs.size(); ++i)
    if (designs[i].mib == c.answer.best.mib) shown.insert(i);
  for (const std::size_t i : shown) {
    const double seconds = c.answer.by_memory_time[i].seconds;
    const bool best = designs[i].mib == c.answer.best.mib;
    page.row(grouped(designs[i].mib) + " MiB" + (best ? "  best" : ""), seconds_text(seconds),
             bar(least_s / seconds, 16) + "  " + grouped(designs[i].units) + " MACs, " +
                 grouped(designs[i].gb_per_s) + " GB/s");
  }
}

std::string value_text(const HardwareConstant& row) {
  constexpr double million = 1e6;
  if (row.low >= million) return engineering(row.low, row.unit);
  return (row.value() ? plain_number(row.low)
                      : plain_number(row.low) + "–" + plain_number(row.high)) +
         " " + row.unit;
}

// Constants of one source together.
void the_sources(Page& page, const ChipReport& c) {
  page.heading("Constants", "to change one: --constant NAME=VALUE");
  std::set<std::string_view> said;
  for (const HardwareConstant* first : c.costs.sources) {
    if (!said.insert(first->source).second) continue;
    std::string names;
    for (const HardwareConstant* row : c.costs.sources)
      if (row->source == first->source)
        names += (names.empty() ? "" : ", ") + row->name + " " + value_text(*row);
    page.paragraph(names + ": " + std::string(to_string(first->standing)) + ", " + first->source, 2,
                   2, Ink::faint);
  }
}

}  // namespace

std::string chip_text(const Subject& subject, const ChipReport& c, const Style& style) {
  Page page(style);
  page.title(printable(subject.model.name), "a chip for it");
  page.words("asked", "at most " + fixed(c.budget.area_mm2, 0) + " mm² and " +
                          fixed(c.budget.power_w, 0) + " W at " + std::string(to_string(c.node)) +
                          ", batch " + grouped(c.batch) + ", " + std::string(to_string(c.format)) +
                          ", " + std::string(to_string(c.memory)) + " behind the chip");
  page.words("lattice", "steps of " + grouped(c.steps.units) + " MACs, " + grouped(c.steps.mib) +
                            " MiB, " + grouped(c.steps.gb_per_s) + " GB/s");
  the_split(page, c);
  the_time(page, c);
  the_marginals(page, c);
  the_curve(page, c);
  the_sources(page, c);
  page.heading("Assumed");
  for (const std::string_view sentence :
       {"all parts draw their full power at the same time",
        "loading and computing overlap; every multiplier has work in every cycle",
        "what stays on the chip is chosen so that least moves, exactly; weights stay from one "
        "inference to the next",
        "a layer reads each of its operands once: working memory is large enough for its tiles"})
    page.paragraph("· " + std::string(sentence), 2, 2);
  if (!c.answer.exact)
    page.paragraph("· the network is large: the choice of what stays was cut short", 2, 2);
  return page.finish();
}

Sheet chip_sheet(const ChipReport& c) {
  const FieldColumn columns[] = {
      {.path = "mib", .title = "MiB on chip"},
      {.path = "units", .title = "MACs"},
      {.path = "gb_per_s", .title = "GB/s"},
      {.path = "seconds", .title = "time s", .digits = 9},
      {.path = "compute_bound_s", .title = "bound by compute s", .digits = 9, .priority = 1},
      {.path = "memory_bound_s", .title = "bound by memory s", .digits = 9, .priority = 1},
      {.path = "moved_bytes", .title = "moved B", .priority = 2}};
  Sheet sheet = sheet_of_items(chip_field, &c, "chip.by_memory", columns);
  sheet.columns.push_back({"best", "best"});
  for (std::size_t i = 0; i < sheet.rows.size(); ++i)
    sheet.rows[i].push_back(Cell::of(c.answer.by_memory[i].mib == c.answer.best.mib ? "best" : ""));
  return sheet;
}

}  // namespace reckon
