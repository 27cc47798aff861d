// reckon layers MODEL: one line for each layer, or a tree of modules.
#include "command.h"
#include "report/pages.h"
#include "terminal.h"

namespace reckon::cli {

Answer run_layers(const Call& call) {
  const Rows rows = call.asked.flag("all") ? Rows::all : Rows::visible;
  RECKON_ASSIGN(const Inquiry* inquiry, open(call, true));
  const Subject subject = inquiry->subject();
  const auto depth = call.asked.whole("depth");
  if (call.format == Format::json) {
    AnswerJson json{.sink = print};
    if (depth)
      layers_answer(json, subject, rows, static_cast<int>(*depth));
    else
      report_answer(json, subject, rows);
    return std::move(json).result();
  }
  if (subject.convention != nullptr) {
    if (call.format == Format::text) return convention_text(subject, call.style);
    return page_of(convention_sheet(subject), call);
  }
  if (depth) return page_of(modules_sheet(subject, static_cast<int>(*depth)), call);
  return page_of(layers_sheet(subject, rows), call);
}

}  // namespace reckon::cli
