// `reckon time` on one screen: how long, what bounds it, and the layers that take most of it.
#include <algorithm>
#include <cmath>
#include <map>
#include <span>
#include <tuple>

#include "base/number.h"
#include "base/sort_stably.h"
#include "base/text.h"
#include "questions/answer.h"
#include "questions/spelling.h"
#include "report/cells.h"
#include "report/field_sheet.h"
#include "report/model_notes.h"
#include "report/page.h"
#include "report/time_pages.h"

namespace reckon {
namespace {

std::string share_text(double part, double whole) {
  return whole > 0 ? fixed(100 * part / whole, 1) + " %" : "0 %";
}

void bar_line(Page& page, std::string_view name, double seconds, double whole,
              std::string_view note) {
  constexpr int name_cells = 18, time_cells = 11, share_cells = 9;
  const int note_cells = 22;
  const int bar_cells =
      std::clamp(page.width() - 2 - name_cells - time_cells - share_cells - note_cells, 0, 20);
  std::string line = "  " + pad_right(name, name_cells);
  line += inked(page.style(), Ink::bar,
                pad_right(bar(whole > 0 ? seconds / whole : 0, bar_cells), bar_cells));
  line += pad_left(seconds_text(seconds), time_cells);
  line += pad_left(share_text(seconds, whole), share_cells);
  if (!note.empty()) line += "  " + std::string(note);
  page.append(line + "\n");
}

// A network that does not fit says so.
void the_memory(Page& page, const TimeAnswer& t) {
  std::string text = "Does not fit: ";
  const auto part = [&](std::int64_t needed, std::int64_t there, std::string_view what) {
    if (needed <= there) return;
    if (!text.ends_with(": ")) text += ", and ";
    text += bytes_binary(needed) + " are needed of the " + bytes_binary(there) + " " +
            std::string(what);
  };
  if (t.needed_bytes)
    part(*t.needed_bytes, t.usable_bytes, t.needed_flash_bytes ? "of SRAM" : "of memory");
  if (t.needed_flash_bytes && t.device.flash_bytes)
    part(*t.needed_flash_bytes, t.device.flash_bytes->value, "of flash");
  page.paragraph(text + ". The time is that of a device of this speed with more memory.", 2, 2,
                 Ink::warning);
}

// The gain of loading while computing, and what it takes on the chip.
void the_overlap(Page& page, const TimeAnswer& t) {
  const TimeEstimate& e = t.estimate;
  page.heading("Loading while computing", t.options.overlap ? "in the time" : "not in the time");
  page.row("overlapped", seconds_text(e.overlapped_s));
  page.row("one after the other", seconds_text(e.in_turn_s),
           e.overlapped_s > 0 ? fixed(e.in_turn_s / e.overlapped_s, 2) + " times as long" : "");
  const double bytes = double_buffer_bytes(e.rates);
  std::string note = "two slices of the operands and their results";
  const Count& there = t.device.scratch_bytes ? t.device.scratch_bytes : t.device.llc_bytes;
  if (there && there->value > 0) note += "; it has " + bytes_binary(there->value);
  page.row("on the chip for it", bytes_binary(static_cast<std::int64_t>(bytes)), note);
}

void the_total(Page& page, const TimeAnswer& t) {
  const TimeEstimate& e = t.estimate;
  page.heading(t.options.training ? "A training step" : "An inference",
               e.lower_bound ? "at least: not every operator is known" : "modelled");
  page.row("time", seconds_text(e.seconds),
           engineering(t.samples_per_s()) + (t.batch == 1 ? " a second" : " samples a second"));
  page.row("work", engineering(e.ops, "OP"),
           engineering(e.bytes, "B") + " moved, " + counted(e.kernels, "kernel"));
  page.row("utilisation", fixed(100 * e.utilisation(), 1) + " %",
           "of " + engineering(e.rates.product_per_s, "OP/s"));
  if (!t.fits()) the_memory(page, t);
  page.heading("What bounds it");
  bar_line(page, "compute", e.compute_bound_s, e.seconds, "");
  bar_line(page, "memory", e.memory_bound_s, e.seconds, "");
  if (e.rates.start_known)
    bar_line(page, "kernel start", e.start_bound_s, e.seconds, "");
  else
    page.line("  kernel start      not known for this device, so not in the time");
  if (!t.options.training) return;
  page.heading("Parts of the step");
  bar_line(page, "forward", e.forward_s, e.seconds, "");
  bar_line(page, "input gradients", e.input_gradient_s, e.seconds, "");
  bar_line(page, "weight gradients", e.weight_gradient_s, e.seconds, "");
  bar_line(page, "update", e.update_s, e.seconds, t.optimizer);
  if (t.options.library == Library::eager)
    bar_line(page, "loss", e.loss_forward_s + e.loss_backward_s, e.seconds, "cross-entropy");
}

// Layers that are the same work, as those of repeated blocks are: one row.
struct Alike {
  const LayerTime* first = nullptr;
  std::int64_t n_layers = 0;
  double seconds = 0;
};

std::vector<Alike> group_alike(std::span<const LayerTime> layers) {
  std::vector<Alike> groups;
  std::map<std::tuple<std::string_view, double, Bound, double>, std::size_t> places;
  for (const LayerTime& row : layers) {
    const auto [at, is_new] = places.try_emplace(
        {row.layer->op_node().op_type, row.seconds, row.forward.bound, row.critical_batch_size},
        groups.size());
    if (is_new) groups.push_back({.first = &row});
    Alike& group = groups[at->second];
    ++group.n_layers;
    group.seconds += row.seconds;
  }
  sort_stably(groups, [](const Alike& a, const Alike& b) { return a.seconds > b.seconds; });
  return groups;
}

void the_layers(Page& page, const TimeAnswer& t) {
  constexpr std::size_t most_rows = 8;
  const std::vector<Alike> groups = group_alike(t.estimate.layers);
  page.heading("Where it goes", counted(std::ssize(t.estimate.layers), "layer"));
  Alike rest;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Alike& group = groups[i];
    if (i >= most_rows) {
      rest.n_layers += group.n_layers;
      rest.seconds += group.seconds;
      continue;
    }
    const LayerTime& row = *group.first;
    std::string note(to_string(row.forward.bound));
    if (row.forward.bound == Bound::memory && row.critical_batch_size > 0)
      note += ", turns at " + engineering(row.critical_batch_size);
    const std::string times = group.n_layers > 1 ? grouped(group.n_layers) + "× " : "";
    bar_line(page, times + printable(name_of(*row.layer)), group.seconds, t.estimate.seconds, note);
  }
  if (rest.n_layers > 0)
    bar_line(page, "the other " + grouped(rest.n_layers), rest.seconds, t.estimate.seconds, "");
}

}  // namespace

std::string seconds_text(double seconds) {
  if (seconds == 0) return "0 s";
  constexpr std::string_view units[] = {"s", "ms", "us", "ns"};
  std::size_t unit = 0;
  while (seconds < 1 && unit + 1 < std::size(units)) {
    seconds *= 1000;
    ++unit;
  }
  const int digits = seconds >= 100 ? 0 : seconds >= 10 ? 1 : 2;
  return fixed(seconds, digits) + " " + (units[unit] == "us" ? "µs" : std::string(units[unit]));
}

std::string time_text(const Subject& subject, const TimeAnswer& t, const Style& style) {
  Page page(style);
  page.title(printable(subject.model.name), "time on " + printable(t.device.name));
  std::string asked = "batch " + grouped(t.batch) + ", " + std::string(to_string(t.format));
  if (t.options.training) asked += ", " + std::string(t.optimizer);
  if (t.options.library == Library::eager) {
    asked += t.options.fused ? ", PyTorch compiled" : ", PyTorch kernel by kernel";
    asked += t.options.math_attention ? ", attention math" : ", attention sdpa";
  } else {
    asked +=
        t.options.training || !t.options.fused ? ", nothing fused" : ", element-wise layers fused";
    if (t.options.library != Library::nothing)
      asked += ", run by " + std::string(to_string(t.options.library));
  }
  if (!t.options.overlap) asked += ", loading and computing one after the other";
  page.words("asked", asked);
  if (t.options.training) notes_of_the_model(page, subject);
  page.words("device", printable(t.device.title) + ": " +
                           engineering(t.estimate.rates.product_per_s, "OP/s") + ", " +
                           engineering(t.estimate.rates.bytes_per_s, "B/s") + ", ridge at " +
                           fixed(t.estimate.rates.ridge(), 1) + " OP/B");
  the_total(page, t);
  if (t.options.library != Library::eager) the_overlap(page, t);
  the_layers(page, t);
  page.heading("Assumed");
  for (const std::string& sentence : t.estimate.assumptions)
    page.paragraph("· " + spelled_as_option(sentence), 2, 2);
  if (t.estimate.assumptions.empty()) page.paragraph("nothing");
  return page.finish();
}

Sheet time_sheet(const TimeAnswer& t) {
  const Cell zero = Cell::of(0.0, 9);
  const FieldColumn columns[] = {
      {.path = "name", .title = "layer", .is_name = true},
      {.path = "op", .priority = 3},
      {.path = "seconds", .title = "time s", .digits = 9},
      {"forward.seconds", "forward s", 9, 1, "forward_s", zero},
      {"input_gradient.seconds", "input grad. s", 9, 2, "input_gradient_s", zero},
      {"weight_gradient.seconds", "weight grad. s", 9, 2, "weight_gradient_s", zero},
      {"update_s", "update s", 9, 2, "", zero},
      {.path = "forward.bound", .otherwise = Cell::of("fused")},
      {"forward.intensity", "OP/B", 2, 1, "", Cell::of(0.0, 2)},
      {"forward.utilisation", "utilisation", 4, 1, "", Cell::of(0.0, 4)},
      {.path = "critical_batch_size", .title = "turns at batch", .priority = 3}};
  return sheet_of_items(time_field, &t, "time.layers", columns);
}

}  // namespace reckon
