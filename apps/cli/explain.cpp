// reckon explain MODEL [LAYER]: each figure as formula, substitution and value; what an element
// sees.
#include "analysis/explain.h"

#include "command.h"
#include "report/pages.h"

namespace reckon::cli {

Answer run_explain(const Call& call) {
  RECKON_ASSIGN(const Inquiry* inquiry, open(call, true));
  const Subject subject = inquiry->subject();
  const bool is_text = call.format == Format::text, is_json = call.format == Format::json;
  const Layer* layer = nullptr;
  if (call.asked.has("layer")) {
    RECKON_ASSIGN(layer, find_layer(inquiry->analysis, call.asked.text("layer")));
  }
  if (call.asked.has("element")) {
    RECKON_ASSIGN(const SeenAnswer seen, inquire_seen(inquiry->analysis, layer, call.asked));
    if (is_json) return json_of(element_answer, subject, *layer, seen);
    if (is_text) return element_text(subject, *layer, seen, call.style);
    return page_of(element_sheet(seen), call);
  }
  if (layer == nullptr) {
    if (is_json) return json_of(explain_totals_answer, subject);
    if (is_text) return explain_totals_text(subject, call.style);
    return page_of(explain_totals_sheet(subject), call);
  }
  if (is_json) return json_of(explain_answer, subject, *layer);
  if (is_text) return explain_text(subject, *layer, call.style);
  return page_of(explain_sheet(subject, *layer), call);
}

}  // namespace reckon::cli
