// The pages of `reckon memory`: the ledger, the peak of a step, an inference and its arena, and
// what recomputation would change. Filled in by questions/memory_inquiry.h.
#pragma once

#include <string>
#include <string_view>

#include "base/field.h"
#include "questions/memory_answer.h"
#include "questions/subject.h"
#include "report/sheet.h"
#include "report/style.h"

namespace reckon {

// Which parts of the page were asked for.
struct MemoryPage {
  bool timeline = false;  // the plot
  bool arena = false;     // the table of offsets
};
std::string memory_text(const Subject& subject, const MemoryAnswer& memory, const MemoryPage& page,
                        const Style& style);
// CSV and Markdown: figure, value, unit; or the points of the timeline, its tensors, or the arena.
Sheet memory_sheet(const MemoryAnswer& memory);
Sheet timeline_sheet(const MemoryAnswer& memory);
Sheet alive_sheet(const MemoryAnswer& memory);  // REQUIRES: timeline->alive
Sheet arena_sheet(const MemoryAnswer& memory);
void memory_answer(SeeAnswer see, const Subject& subject, const MemoryAnswer& memory);

}  // namespace reckon
