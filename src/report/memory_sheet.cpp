// `reckon memory` as rows: figures, the timeline's points, the arena's buffers.
#include "questions/answer.h"
#include "report/field_sheet.h"
#include "report/memory_pages.h"

namespace reckon {

Sheet memory_sheet(const MemoryAnswer& m) {
  const FigureRow always[] = {{"memory.saved_bytes"},
                              {"memory.resident_bytes"},
                              {"memory.forward_peak_bytes"},
                              {"memory.step_peak_bytes"},
                              {"memory.peak.bytes", "peak_bytes"},
                              {"memory.gpu.allocated_bytes"},
                              {"memory.gpu.reserved_bytes"},
                              {"memory.gpu.shown_least_bytes"},
                              {"memory.gpu.shown_most_bytes"},
                              {"memory.inference.peak_bytes", "live_peak_bytes"},
                              {"memory.arena.total_bytes", "arena_bytes"},
                              {"memory.arena.lower_bound_bytes", "arena_lower_bound_bytes"},
                              {"memory.inference.flash_bytes"},
                              {"memory.inference.sram_bytes"},
                              {"memory.checkpoint.peak_bytes", "checkpoint_peak_bytes"},
                              {.path = "memory.checkpoint.extra_time",
                               .name = "checkpoint_relative_time",
                               .digits = 4,
                               .unit = "steps"}};
  std::vector<FigureRow> figures = {{"memory.batch"}, {"memory.ledger"}};
  if (m.timeline) figures.push_back({"memory.peak.composition", "peak_"});
  for (const FigureRow& figure : always) figures.push_back(figure);
  return sheet_of_figures(memory_field, &m, figures);
}

Sheet timeline_sheet(const MemoryAnswer& m) {
  const FieldColumn columns[] = {{.key = "step"},
                                 {.path = "phase"},
                                 {.path = "layer", .is_name = true},
                                 {.path = "alive_bytes", .title = "alive after"},
                                 {.path = "peak_bytes", .title = "peak during"}};
  return sheet_of_items(memory_field, &m, "memory.timeline", columns);
}

Sheet alive_sheet(const MemoryAnswer& m) {
  const FieldColumn columns[] = {{.path = "tensor", .is_name = true},
                                 {.path = "category"},
                                 {.path = "bytes"},
                                 {.path = "first_step", .title = "from step"},
                                 {.path = "last_step", .title = "to step"},
                                 {.path = "phase", .priority = 1},
                                 {.path = "layer", .priority = 1, .is_name = true}};
  return sheet_of_items(alive_field, &*m.timeline, "alive.tensors", columns);
}

Sheet arena_sheet(const MemoryAnswer& m) {
  const FieldColumn columns[] = {{.path = "tensor", .is_name = true},
                                 {.path = "offset"},
                                 {.path = "bytes"},
                                 {.path = "first_step", .title = "from step"},
                                 {.path = "last_step", .title = "to step"}};
  return sheet_of_items(memory_field, &m, "memory.arena.buffers", columns);
}

}  // namespace reckon
