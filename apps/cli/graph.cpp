// reckon graph MODEL: nodes and the values that join them.
#include "command.h"
#include "report/graph_pages.h"
#include "terminal.h"

namespace reckon::cli {

Answer run_graph(const Call& call) {
  RECKON_ASSIGN(const Inquiry* inquiry, open(call, false));
  const GraphAnswer& graph = keep(graph_answer(inquiry->analysis));
  if (call.format != Format::json) return page_of(graph_sheet(graph), call);
  AnswerJson json{.sink = print};
  WholeAnswer(inquiry->subject(), graph_field, graph)(json);
  return std::move(json).result();
}

}  // namespace reckon::cli
