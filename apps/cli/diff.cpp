// reckon diff MODEL [OTHER]: two networks, or one in two settings, layer by layer.
#include "command.h"
#include "report/diff_pages.h"
#include "terminal.h"

namespace reckon::cli {

Answer run_diff(const Call& call) {
  RECKON_TRY(needs_model(call));
  const std::string_view other = call.asked.text("other");
  RECKON_ASSIGN(DiffAnswer found,
                inquire_diff(call.model(), other.empty() ? call.model() : other, call.asked));
  const DiffAnswer& diff = keep(std::move(found));
  if (call.format == Format::json) {
    AnswerJson json{.sink = print};
    diff_answer(json, diff);
    return std::move(json).result();
  }
  RECKON_TRY(checked(diff_answer, diff));
  if (call.format == Format::text) return diff_text(diff, call.style);
  return page_of(diff_sheet(diff), call);
}

}  // namespace reckon::cli
