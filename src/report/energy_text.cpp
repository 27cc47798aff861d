// `reckon energy` on one screen: how much, what it is made of, the layers that take most, number
// formats side by side, and where each constant comes from.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/spelling.h"
#include "report/cells.h"
#include "report/energy_pages.h"
#include "report/field_sheet.h"
#include "report/model_notes.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

struct PartName {
  EnergyKind kind;
  std::string_view name;
};
constexpr PartName part_names[] = {
    {EnergyKind::multiply, "multiply"},       {EnergyKind::accumulate, "accumulate"},
    {EnergyKind::other, "other operations"},  {EnergyKind::registers, "registers, wires"},
    {EnergyKind::sram, "SRAM on the chip"},   {EnergyKind::weights, "memory: weights"},
    {EnergyKind::tensors, "memory: tensors"}, {EnergyKind::idle, "idle power"},
};

std::string name_of_part(const EnergyPart& part, const EnergyEstimate& e) {
  std::string name(part_names[static_cast<std::size_t>(part.kind)].name);
  const auto same = std::ranges::count_if(
      e.parts, [&](const EnergyPart& other) { return other.kind == part.kind; });
  return same > 1 ? name + " " + std::string(to_string(part.format)) : name;
}

std::string share_text(double share) {
  return fixed(100 * share, 1) + " %";
}

void bar_line(Page& page, std::string_view name, std::string_view joules, double share,
              std::string_view note) {
  constexpr int name_cells = 18, joule_cells = 11, share_cells = 9, note_cells = 26;
  const int bar_cells =
      std::clamp(page.width() - 2 - name_cells - joule_cells - share_cells - note_cells, 0, 14);
  std::string line = "  " + pad_right(cut_end(name, name_cells - 1), name_cells);
  line += inked(page.style(), Ink::bar, pad_right(bar(share, bar_cells), bar_cells));
  line += pad_left(joules, joule_cells) + pad_left(share_text(share), share_cells);
  if (!note.empty()) line += "  " + std::string(note);
  page.line(line);
}

std::string memory_title(MemoryKind memory) {
  constexpr std::string_view titles[] = {"DDR", "HBM2", "GDDR6", "SRAM"};
  return std::string(titles[static_cast<std::size_t>(memory)]);
}

std::string with_prefix(double x, std::string_view unit) {
  if (x == 0) return "0 " + std::string(unit);
  constexpr std::string_view prefixes[] = {"M", "k", "", "m", "µ", "n", "p"};
  std::size_t prefix = 0;
  double value = x / 1e6;
  while (value < 1 && prefix + 1 < std::size(prefixes)) {
    value *= 1000;
    ++prefix;
  }
  const int digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fixed(value, digits) + " " + std::string(prefixes[prefix]) + std::string(unit);
}

void the_total(Page& page, const EnergyAnswer& a) {
  const EnergyCase& one = a.cases[0];
  const EnergyEstimate& e = one.energy;
  page.heading(a.work.training ? "A training step" : "An inference",
               e.lower_bound ? "at least: see below" : "modelled");
  page.row(
      "energy", joules_text(e.joules),
      joules_text(e.low_j) == joules_text(e.high_j)
          ? ""
          : joules_text(e.low_j) + " to " + joules_text(e.high_j) + ": some constants are ranges");
  if (a.batch > 1) page.row("of one input", joules_text(e.joules / static_cast<double>(a.batch)));
  page.row("arithmetic", share_text(e.share(e.arithmetic_j)), joules_text(e.arithmetic_j));
  page.row("moving data", share_text(e.share(e.moving_j)), joules_text(e.moving_j));
  if (e.idle_j > 0) page.row("idle power", share_text(e.share(e.idle_j)), joules_text(e.idle_j));
  if (one.seconds && *one.seconds > 0) {
    std::string note = "over " + seconds_text(*one.seconds);
    if (a.device->tdp_w)
      note += ", of " + with_prefix(a.device->tdp_w->value, "W") + " that it may draw";
    page.row("mean power", with_prefix(e.joules / *one.seconds, "W"), note);
    if (a.device->tdp_w && e.joules > *one.seconds * a.device->tdp_w->value)
      page.paragraph(
          "That is more than it may draw: either it takes longer, or its process is "
          "better than that of these constants.",
          2, 0, Ink::warning);
  }
}

void the_parts(Page& page, const EnergyEstimate& e) {
  page.heading("What it is made of", "how many, and the energy of one");
  for (const EnergyPart& part : e.parts) {
    const std::string count =
        part.unit == "s" ? seconds_text(part.count) : engineering(part.count, part.unit);
    if (!part.price.known()) {
      page.line("  " + pad_right(name_of_part(part, e), 18) + "?  " + count + ": nobody has told " +
                part.price.missing);
      continue;
    }
    const double one_pj = part.price.middle_pj();
    std::string note = count;
    if (part.kind != EnergyKind::idle) note += " · " + fixed(one_pj, one_pj < 1 ? 3 : 2) + " pJ";
    bar_line(page, name_of_part(part, e), joules_text(part.joules()), e.share(part.joules()), note);
  }
}

void the_phases(Page& page, const EnergyEstimate& e) {
  constexpr std::string_view names[] = {"forward", "input gradients", "weight gradients", "update"};
  page.heading("Parts of the step");
  for (std::size_t i = 0; i < n_energy_phases; ++i)
    bar_line(page, names[i], joules_text(e.phases_j[i]), e.share(e.phases_j[i]), "");
}

void the_layers(Page& page, const EnergyEstimate& e) {
  constexpr std::size_t most_rows = 8;
  std::vector<std::size_t> order(e.layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-e.layers[i].joules, i); });
  page.heading("Where it goes", counted(std::ssize(e.layers), "layer"));
  for (std::size_t i = 0; i < std::min(most_rows, order.size()); ++i) {
    const LayerEnergy& row = e.layers[order[i]];
    if (!(row.joules > 0)) break;
    bar_line(page, printable(name_of(*row.layer)), joules_text(row.joules), e.share(row.joules),
             share_text(row.arithmetic_j / row.joules) + " arithmetic");
  }
}

void the_formats(Page& page, const EnergyAnswer& a) {
  if (a.cases.size() < 2) return;
  page.heading("Number formats side by side", "weights / activations where they differ");
  Sheet sheet;
  sheet.columns = {{"format", "format"},
                   {"joules", "energy", true},
                   {"ratio", "of the first", true},
                   {"arithmetic_j", "arithmetic", true},
                   {"moving_j", "moving data", true}};
  if (a.device) sheet.columns.push_back({"seconds", "time", true, 1});
  const double first = a.cases[0].energy.joules;
  for (const EnergyCase& one : a.cases) {
    const EnergyEstimate& e = one.energy;
    const std::string at_least = e.lower_bound ? "≥ " : "";
    const bool comparable = first > 0 && !e.lower_bound && !a.cases[0].energy.lower_bound;
    const Cell unknown{.kind = Cell::Kind::unknown};
    sheet.rows.push_back({Cell::of(format_text(one)), Cell::of(at_least + joules_text(e.joules)),
                          comparable ? Cell::of(fixed(e.joules / first, 3)) : unknown,
                          Cell::of(at_least + joules_text(e.arithmetic_j)),
                          Cell::of(at_least + joules_text(e.moving_j))});
    if (a.device)
      sheet.rows.back().push_back(one.seconds ? Cell::of(seconds_text(*one.seconds)) : unknown);
  }
  page.append(to_text(sheet, page.style()));
}

// Every constant behind the figures, once, in groups of one source.
void the_sources(Page& page, const EnergyAnswer& a) {
  page.heading("Constants", "to change one: --constant NAME=VALUE");
  std::vector<const HardwareConstant*> used;
  for (const EnergyCase& one : a.cases)
    for (const EnergyPart& part : one.energy.parts)
      for (const HardwareConstant* row : part.price.sources)
        if (std::ranges::find(used, row) == used.end()) used.push_back(row);
  std::set<std::string_view> said;
  for (const HardwareConstant* first : used) {
    if (!said.insert(first->source).second) continue;
    std::string names;
    for (const HardwareConstant* row : used)
      if (row->source == first->source) names += (names.empty() ? "" : ", ") + row->name;
    page.paragraph(names + ": " + std::string(to_string(first->standing)) + ", " + first->source, 2,
                   2, Ink::faint);
  }
}

}  // namespace

std::string joules_text(double joules) {
  return with_prefix(joules, "J");
}

std::string format_text(const EnergyCase& one) {
  const std::string format(to_string(one.format));
  return one.weights_format ? std::string(to_string(*one.weights_format)) + "/" + format : format;
}

std::string energy_text(const Subject& subject, const EnergyAnswer& a, const Style& style) {
  Page page(style);
  const EnergyCase& one = a.cases[0];
  page.title(printable(subject.model.name), "energy at " + std::string(to_string(a.node)));
  std::string asked = "batch " + grouped(a.batch) + ", " + format_text(one);
  if (!a.optimizer.empty()) asked += ", " + std::string(a.optimizer);
  asked += ", " + memory_title(a.options.memory) + " behind the chip";
  if (a.device) asked += ", on " + printable(a.device->name);
  page.words("asked", asked);
  if (a.work.training) notes_of_the_model(page, subject);
  the_total(page, a);
  the_parts(page, one.energy);
  if (a.work.training) the_phases(page, one.energy);
  the_layers(page, one.energy);
  the_formats(page, a);
  the_sources(page, a);
  page.heading("Assumed");
  for (const std::string& sentence : a.assumptions)
    page.paragraph("· " + spelled_as_option(sentence), 2, 2);
  return page.finish();
}

Sheet energy_sheet(const EnergyAnswer& a) {
  const EnergyEstimate& e = a.cases[0].energy;
  const FieldColumn columns[] = {
      {.path = "name", .title = "layer", .is_name = true},
      {.path = "op", .priority = 3},
      {.path = "joules", .title = "energy J", .digits = 12},
      {.path = "arithmetic_j", .title = "arithmetic J", .digits = 12, .priority = 1},
      {.path = "moving_j", .title = "moving J", .digits = 12, .priority = 1}};
  Sheet sheet = sheet_of_items(energy_field, &a, "energy.layers", columns);
  for (std::size_t i = 0; i < e.parts.size(); ++i) {
    const EnergyPart& part = e.parts[i];
    if (part.kind == EnergyKind::idle) continue;
    sheet.columns.push_back(
        {std::string(to_string(part.kind)) + "_" + std::string(to_string(part.format)) + "_j",
         name_of_part(part, e) + " J", true, -1});
    for (std::size_t row = 0; row < sheet.rows.size(); ++row)
      sheet.rows[row].push_back(
          part.price.known() ? Cell::of(e.counts_of(row)[i] * part.price.middle_pj() * 1e-12, 12)
                             : Cell{.kind = Cell::Kind::unknown});
  }
  return sheet;
}

}  // namespace reckon
