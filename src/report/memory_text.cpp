// `reckon memory` on one screen: what is asked, the ledger, the peak, an inference's arena, what
// recomputation changes.
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/formula.h"
#include "base/number.h"
#include "base/text.h"
#include "report/cells.h"
#include "report/memory_pages.h"
#include "report/model_notes.h"
#include "report/page.h"
#include "report/plot.h"

namespace reckon {
namespace {

constexpr int name_cells = 12, binary_cells = 12, bytes_cells = 20, share_cells = 11;

// "  weights     █████       427.3 KiB         437,544 B    23.3 %"
void bar_line(Page& page, std::string_view name, std::int64_t bytes, std::int64_t total) {
  const int room = page.width() - 2 - name_cells - binary_cells - bytes_cells - share_cells;
  const int bar_cells = std::clamp(room, 0, 24);
  const double share = total > 0 ? static_cast<double>(bytes) / static_cast<double>(total) : 0;
  std::string line = "  " + pad_right(name, name_cells);
  line += inked(page.style(), Ink::bar, pad_right(bar(share, bar_cells), bar_cells));
  line += pad_left(bytes_binary(bytes), binary_cells);
  line += pad_left(grouped(bytes) + " B", bytes_cells);
  line += pad_left(percent(bytes, total, 1), share_cells);
  page.append(line + "\n");
}

std::string_view on_off(bool on) {
  return on ? "on" : "off";
}

void what_is_asked(Page& page, const Subject& subject, const MemoryAnswer& m) {
  const TrainingSetup& setup = m.options.setup;
  page.title(printable(subject.model.name),
             m.training() ? "memory of a training step" : "memory of an inference");
  std::string text = "batch " + grouped(m.batch);
  if (m.accumulate > 1)
    text += " in " + grouped(m.accumulate) + " parts of " + grouped(m.batch / m.accumulate);
  text += ", " + std::string(setup.precision->name);
  if (m.training()) text += ", " + std::string(setup.optimizer->name);
  page.words("asked", text);
  if (m.training()) notes_of_the_model(page, subject);
  std::string how = "policy " + std::string(to_string(m.policy));
  if (m.timeline) how += ", in-place activations " + std::string(on_off(m.options.in_place));
  if (m.timeline && m.training())
    how += ", update " + std::string(to_string(m.options.update_loop()));
  page.words("", how);
  if (m.timeline) page.words("", to_text(m.options.torch));
  for (const std::string& prefix : setup.frozen) page.words("frozen", printable(prefix) + "…");
  if (!m.note.empty()) page.words("note", m.note, Ink::warning);
  if (!subject.analysis.coverage.complete())
    page.words("note", "not every operator is known: the figures are lower bounds", Ink::warning);
}

void the_ledger(Page& page, const MemoryAnswer& m) {
  const std::int64_t total = m.ledger.total_bytes;
  page.heading("Ledger (textbook)", "everything at once");
  for (const LedgerLine& line : m.ledger.lines) {
    if (line.bytes == 0 && line.figure.empty()) continue;
    bar_line(page, without_unit(line.name), line.bytes, total);
    page.paragraph("= " + formula_of(line.figure), 2 + name_cells, 2, Ink::faint);
    page.paragraph("= " + substitution_of(line.figure), 2 + name_cells, 2, Ink::faint);
  }
  bar_line(page, "total", total, total);
}

void the_peak(Page& page, const MemoryAnswer& m) {
  if (!m.timeline) return;
  const Timeline& t = *m.timeline;
  page.heading("Peak (pytorch)", "the worst moment");
  std::string where(to_string(t.peak.phase));
  if (!t.peak.layer.empty()) where += ", " + printable(t.peak.layer, 60);
  page.words("where", where);
  for (const PeakPart& part : peak_parts(m))
    if (part.bytes > 0) bar_line(page, part.title, part.bytes, t.peak.bytes);
  bar_line(page, "peak", t.peak.bytes, t.peak.bytes);
  if (m.training())
    page.paragraph("alive when the forward pass is done: " + bytes_binary(t.saved_bytes) + " (" +
                       grouped(t.saved_bytes) + " B) beyond what is always there",
                   2, 2, Ink::faint);
}

std::string bytes_both(std::int64_t n) {
  if (n < 1024) return bytes_binary(n);
  return bytes_binary(n) + " (" + grouped(n) + " B)";
}

// Flash and SRAM are what a microcontroller has: of interest where one is asked about, or could
// hold the weights.
bool is_static(const MemoryAnswer& m, const MemoryPage& wanted) {
  if (wanted.arena) return true;
  if (m.device) return m.device->flash_bytes.has_value();
  const auto devices = built_in_devices();
  return devices && std::any_of(devices->begin(), devices->end(), [&](const Device& device) {
           return device.flash_bytes && device.flash_bytes->value >= m.inference->flash_bytes;
         });
}

void the_inference(Page& page, const MemoryAnswer& m, const MemoryPage& wanted) {
  if (!m.inference) return;
  const InferenceMemory& i = *m.inference;
  page.heading("Arena (static memory)", "live tensors in one block");
  const std::string at =
      i.lifetimes.peak_layer.empty() ? "" : " at " + printable(i.lifetimes.peak_layer, 60);
  page.words("live peak", bytes_both(i.lifetimes.inference_peak_bytes) + at);
  if (i.order) {
    const OrderPlan& order = *i.order;
    const std::string proof =
        order.optimal ? ", proved the least"
                      : ", at least " + bytes_binary(order.lower_bound) + " in any order";
    page.words("order",
               order.peak_after < order.peak_before
                   ? "better than given, where it is " + bytes_both(order.peak_before) + proof
                   : "as given" + proof);
  }
  page.words("arena",
             bytes_both(i.arena.total_bytes) + ", planner " + std::string(i.planner) +
                 (i.arena.optimal ? ", proved the least"
                                  : ", at least " + bytes_binary(i.arena.lower_bound_bytes)));
  if (is_static(m, wanted)) {
    page.words("flash", bytes_both(i.flash_bytes) + (m.ledger.line("constants_bytes").bytes > 0
                                                         ? ": weights, buffers and constants"
                                                         : ": weights and buffers"));
    page.words("SRAM", bytes_both(i.sram_bytes) + ": the arena");
  }
  if (i.lifetimes.n_unknown > 0)
    page.words("note",
               counted(i.lifetimes.n_unknown, "tensor") + " of unknown size: at least this much",
               Ink::warning);
  if (!wanted.arena) return;
  page.line();
  page.append(to_text(arena_sheet(m), {.colour = page.style().colour, .width = page.width()}));
}

std::string time_text(const CheckpointMemory& c, double extra) {
  if (!(c.seconds_per_unit > 0)) return "";
  return " (" + fixed(extra * c.seconds_per_unit * 1000, 2) + " ms)";
}

void the_curve(Page& page, const CheckpointMemory& c) {
  constexpr std::size_t most_lines = 12;
  const auto& points = *c.curve;
  if (points.empty()) return;
  page.heading("Memory against time",
               c.curve_exact ? "no plan is better" : "true plans; the least memory is certain");
  const std::int64_t highest = points.back().memory_bytes;
  // Evenly over the curve, the ends included.
  const std::size_t n = std::min(most_lines, points.size());
  const int bar_cells = std::clamp(page.width() - 2 - 13 - 18 - 14 - 2, 0, 40);
  for (std::size_t i = 0; i < n; ++i) {
    const CheckpointMemory::Point& p = points[n == 1 ? 0 : i * (points.size() - 1) / (n - 1)];
    const double share =
        highest > 0 ? static_cast<double>(p.memory_bytes) / static_cast<double>(highest) : 0;
    std::string line =
        "  " + inked(page.style(), Ink::bar, pad_right(bar(share, bar_cells), bar_cells));
    line += pad_left(bytes_binary(p.memory_bytes), 13);
    line += pad_left("+" + fixed(100 * p.relative, 2) + " % time", 18);
    line += pad_left(time_text(c, p.extra_time), 14);
    while (line.ends_with(' ')) line.pop_back();
    page.append(line + "\n");
  }
}

void the_recomputation(Page& page, const MemoryAnswer& m) {
  if (!m.checkpoint) return;
  const CheckpointMemory& c = *m.checkpoint;
  page.heading("Recomputation (" + printable(c.policy) + ")",
               counted(c.stages, c.solver == "graph"   ? "task"
                                 : c.solver == "chain" ? "stage"
                                                       : "block"));
  page.words("peak", bytes_both(c.peak_bytes) + " instead of " + bytes_both(c.none_peak_bytes));
  if (c.saved_bytes && c.none_saved_bytes)
    page.words("saved",
               bytes_both(*c.saved_bytes) + " instead of " + bytes_both(*c.none_saved_bytes));
  page.words("time",
             "+" + fixed(100 * c.relative_time, 2) + " % of a step" + time_text(c, c.extra_time));
  constexpr std::size_t most_names = 8;
  const auto list = [&](const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most_names); ++i)
      text.append(text.empty() ? "" : ", ").append(names[i]);
    if (names.size() > most_names)
      text += ", … and " + grouped(static_cast<std::int64_t>(names.size() - most_names)) + " more";
    return text.empty() ? "nothing" : text;
  };
  std::vector<std::string> again, kept;
  for (const NodeId id : c.recomputed) {
    const Node& node = c.graph->nodes[static_cast<std::size_t>(id)];
    again.push_back(printable(node.name.empty() ? node.op_type : node.name));
  }
  for (const std::string_view name : c.kept) kept.push_back(printable(name));
  if (!c.note.empty()) page.words("note", c.note, Ink::warning);
  if (c.solver == "graph") page.words("cuts", std::string(c.why));
  page.words("again", list(again));
  page.words("kept", list(kept));
  if (c.curve) the_curve(page, c);
}

// Three lines: what the tensors take, what is reserved for them, what a monitor shows.
void on_the_gpu(Page& page, const MemoryAnswer& m) {
  const GpuMemory* const gpu = gpu_of(m);
  if (gpu == nullptr) return;
  const GpuOverhead& o = m.options.gpu;
  page.heading("GPU", "as torch.cuda and nvidia-smi tell it");
  page.words("allocated",
             bytes_both(gpu->allocated_bytes) +
                 (gpu->workspace_bytes > 0 ? ", of which " + bytes_binary(gpu->workspace_bytes) +
                                                 " are workspaces of cuBLAS"
                                           : ""));
  page.words("reserved", bytes_both(gpu->reserved_bytes) +
                             (gpu->has_convolutions ? ", without cuDNN's workspaces" : ""));
  if (gpu->has_recurrent)
    page.words("", "recurrent layers step by step: cuDNN's reserve space is not known",
               Ink::warning);
  if (o.context_source.empty()) {
    page.words("shown", "more: nobody says what a program takes beside its tensors", Ink::warning);
    return;
  }
  const std::int64_t least = gpu->reserved_bytes + o.context_least_bytes;
  const std::int64_t most = gpu->reserved_bytes + o.context_most_bytes;
  page.words("shown", (least < most ? bytes_binary(least) + " to " : "") + bytes_both(most) +
                          ": with a context of " +
                          (least < most ? bytes_binary(o.context_least_bytes) + " to " : "") +
                          bytes_binary(o.context_most_bytes));
  page.words("standing",
             std::string(to_string(o.context_standing)) + ": " + printable(o.context_source, 300),
             Ink::faint);
}

void the_timeline(Page& page, const Timeline& timeline) {
  BytesPlot plot;
  std::int64_t most = -1;
  for (std::size_t i = 0; i < timeline.points.size(); ++i) {
    const TimelinePoint& point = timeline.points[i];
    plot.bytes.push_back(point.peak_bytes);
    if (point.peak_bytes > most) {
      most = point.peak_bytes;
      plot.marked = i;
    }
    if (plot.sections.empty() || plot.sections.back().name != to_string(point.phase))
      plot.sections.push_back({to_string(point.phase), i});
  }
  plot.mark = bytes_binary(timeline.peak.bytes);
  page.heading("Timeline", counted(static_cast<std::int64_t>(timeline.points.size()), "step"));
  page.append(draw(plot, page.style()));
}

// The largest tensors at the peak, weights and the like apart, which stand above.
void alive_at_the_peak(Page& page, const Timeline& timeline) {
  const std::int32_t step = peak_step(timeline);
  std::vector<const AliveTensor*> alive;
  for (const AliveTensor& tensor : *timeline.alive)
    if (tensor.first_step <= step && step <= tensor.last_step && tensor.made_in_step != none)
      alive.push_back(&tensor);
  std::ranges::sort(alive, {}, [](const AliveTensor* tensor) {
    return std::pair(-tensor->bytes, tensor->storage);
  });
  constexpr std::size_t most = 20;
  const auto n = static_cast<std::int64_t>(alive.size());
  page.heading("Alive at the peak",
               alive.size() > most ? "the largest " + std::to_string(most) + " of " + grouped(n)
                                   : counted(n, "tensor"));
  for (const AliveTensor* const tensor : std::span(alive).first(std::min(most, alive.size()))) {
    const TimelinePoint& made = timeline.points[static_cast<std::size_t>(tensor->made_in_step)];
    std::string words(to_string(tensor->category));
    if (!tensor->name.empty()) words += ": " + printable(tensor->name);
    page.row(printable(made.layer), bytes_binary(tensor->bytes), words);
  }
}

void against_device(Page& page, const MemoryAnswer& m) {
  if (!m.device) return;
  const Device& device = *m.device;
  const Datum<std::int64_t> usable = usable_memory(device);
  page.heading("On " + printable(device.name), printable(device.title));
  const auto fits = [&](std::string_view label, std::int64_t bytes, std::int64_t there) {
    page.words(
        label,
        bytes_both(bytes) + " of " + bytes_both(there) +
            (there == m.budget_bytes() && there < usable.value ? ", less the margin: " : ": ") +
            (bytes <= there ? "fits" : bytes_binary(bytes - there) + " too much"),
        bytes <= there ? Ink::plain : Ink::warning);
  };
  const auto flash = m.needed_flash_bytes();
  fits(flash ? "SRAM" : "memory", m.needed_bytes(), m.budget_bytes());
  if (flash) fits("flash", *flash, device.flash_bytes->value);
  if (m.policy == MemoryPolicy::arena && !flash) {
    const InferenceMemory& i = *m.inference;
    const bool on_gpu = m.options.torch.is_on_gpu();
    page.words("of it",
               "arena " + bytes_binary(i.sram_bytes) + ", weights " + bytes_binary(i.flash_bytes) +
                   (on_gpu ? ", and at most " + bytes_binary(m.options.gpu.context_most_bytes) +
                                 " for the context"
                           : ""));
  }
  page.words("standing",
             std::string(to_string(usable.standing)) +
                 (usable.source.empty() ? "" : ": " + printable(usable.source, 300)),
             Ink::faint);
}

}  // namespace

std::string memory_text(const Subject& subject, const MemoryAnswer& memory,
                        const MemoryPage& wanted, const Style& style) {
  Page page(style);
  what_is_asked(page, subject, memory);
  the_ledger(page, memory);
  the_peak(page, memory);
  if (wanted.timeline && memory.timeline) the_timeline(page, *memory.timeline);
  if (memory.timeline && memory.timeline->alive) alive_at_the_peak(page, *memory.timeline);
  the_inference(page, memory, wanted);
  the_recomputation(page, memory);
  on_the_gpu(page, memory);
  against_device(page, memory);
  return page.finish();
}

}  // namespace reckon
