// reckon memory MODEL: the ledger, the peak of a step, an inference's arena, recomputation.
#include "command.h"
#include "questions/memory_inquiry.h"
#include "report/memory_pages.h"

namespace reckon::cli {

Answer run_memory(const Call& call) {
  RECKON_TRY(needs_model(call));
  RECKON_ASSIGN(MemoryInquiry found, inquire_memory(call.model(), call.asked));
  const MemoryInquiry& kept = keep(std::move(found));
  const Subject subject = kept.inquiry.subject();
  const MemoryAnswer& memory = kept.memory;
  const MemoryPage page{.timeline = call.asked.flag("timeline"), .arena = call.asked.has("arena")};
  const bool alive = call.asked.flag("alive");
  if ((page.timeline || alive) && !memory.timeline)
    return fail(ErrorCode::unsupported,
                memory.note.empty() ? "the policy textbook has no timeline" : memory.note,
                page.timeline ? "--timeline" : "--alive");
  const auto text = [&]() -> Result<std::string> {
    if (call.format == Format::json) return json_of(memory_answer, subject, memory);
    RECKON_TRY(checked(memory_answer, subject, memory));
    if (call.format == Format::text) return memory_text(subject, memory, page, call.style);
    if (page.timeline) return page_of(timeline_sheet(memory), call);
    if (alive) return page_of(alive_sheet(memory), call);
    if (page.arena) return page_of(arena_sheet(memory), call);
    return page_of(memory_sheet(memory), call);
  };
  RECKON_ASSIGN(std::string shown, text());
  return Answered(std::move(shown), memory.fits() ? Exit::answered : Exit::check_failed);
}

}  // namespace reckon::cli
