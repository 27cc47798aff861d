// `reckon memory` as rows: figures, the timeline's points, the arena's buffers.
#include "base/text.h"
#include "report/memory_pages.h"

namespace reckon {

Sheet memory_sheet(const MemoryAnswer& m) {
  Sheet sheet;
  sheet.columns = {{"figure", "figure"}, {"value", "value", true}, {"unit", "unit"}};
  const auto add = [&](std::string_view name, std::int64_t value, std::string_view unit = "B") {
    sheet.rows.push_back({Cell::of(name), Cell::of(value), Cell::of(unit)});
  };
  add("batch", m.batch, "inputs");
  for (const LedgerLine& line : m.ledger.lines) add(line.name, line.bytes);
  add("total_bytes", m.ledger.total_bytes);
  if (m.timeline) {
    for (const PeakPart& part : peak_parts(m)) add("peak_" + std::string(part.name), part.bytes);
    add("saved_bytes", m.timeline->saved_bytes);
    add("resident_bytes", m.timeline->resident_bytes);
    add("forward_peak_bytes", m.timeline->forward_peak_bytes);
    add("step_peak_bytes", m.timeline->step_peak_bytes);
  }
  add("peak_bytes", m.peak_bytes());
  if (m.inference) {
    add("live_peak_bytes", m.inference->lifetimes.inference_peak_bytes);
    add("arena_bytes", m.inference->arena.total_bytes);
    add("arena_lower_bound_bytes", m.inference->arena.lower_bound_bytes);
    add("flash_bytes", m.inference->flash_bytes);
    add("sram_bytes", m.inference->sram_bytes);
  }
  if (m.checkpoint) {
    add("checkpoint_peak_bytes", m.checkpoint->peak_bytes);
    sheet.rows.push_back({Cell::of("checkpoint_relative_time"),
                          Cell::of(m.checkpoint->relative_time, 4), Cell::of("steps")});
  }
  return sheet;
}

Sheet timeline_sheet(const Timeline& timeline) {
  Sheet sheet;
  sheet.columns = {{"step", "step", true},
                   {"phase", "phase"},
                   {"layer", "layer", false, 0, 12, true},
                   {"alive_bytes", "alive after", true},
                   {"peak_bytes", "peak during", true}};
  std::int64_t step = 0;
  for (const TimelinePoint& point : timeline.points)
    sheet.rows.push_back({Cell::of(++step), Cell::of(to_string(point.phase)),
                          Cell::of(printable(point.layer)), Cell::of(point.alive_bytes),
                          Cell::of(point.peak_bytes)});
  return sheet;
}

Sheet arena_sheet(const InferenceMemory& inference) {
  Sheet sheet;
  sheet.columns = {{"tensor", "tensor", false, 0, 12, true},
                   {"offset", "offset", true},
                   {"bytes", "bytes", true},
                   {"first_step", "from step", true},
                   {"last_step", "to step", true}};
  const auto& buffers = inference.lifetimes.buffers;
  for (std::size_t i = 0; i < buffers.size(); ++i)
    sheet.rows.push_back({Cell::of(printable(buffers[i].name)),
                          Cell::of(inference.arena.offsets[i]), Cell::of(buffers[i].bytes),
                          Cell::of(std::int64_t{buffers[i].first_use}),
                          Cell::of(std::int64_t{buffers[i].last_use})});
  return sheet;
}

}  // namespace reckon
