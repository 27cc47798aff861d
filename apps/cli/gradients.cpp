// reckon gradients: what is left of a gradient after so many layers, or so many steps back in time,
// really back-propagated; and the gradients of every layer of a model, foretold.
#include "command.h"
#include "measured_gradients.h"
#include "questions/network_gradients_answer.h"
#include "questions/unit_inquiry.h"
#include "report/network_gradients_pages.h"
#include "report/silicon_pages.h"

namespace reckon::cli {

namespace {

Answer in_time(const Call& call, std::string_view cell) {
  Asked asked = call.asked;
  asked.give("cell", {.text = std::string(cell)});
  RECKON_ASSIGN(const TimeGradientsReport report, inquire_gradients_in_time(asked));
  if (call.format == Format::json) return json_of({gradients_in_time_field, report});
  if (call.format == Format::text)
    return gradients_in_time_text(report, call.asked.flag("explain"), call.style);
  return page_of(gradients_in_time_sheet(report), call);
}

// What is about a network is nothing to a chain of layers or a cell.
Status no_network(const Asked& asked) {
  for (const OptionName name : {OptionName("batch"), OptionName("set"), OptionName("shape"),
                                OptionName("measure"), OptionName("threads")})
    if (asked.has(name))
      return fail(ErrorCode::bad_argument, "is about a network: name a model",
                  "`" + std::string(std::string_view(name)) + "`");
  return {};
}

Answer of_model(const Call& call) {
  if (call.asked.flag("measure")) return run_measured_gradients(call);
  RECKON_ASSIGN(const NetworkGradientsInquiry found,
                inquire_network_gradients(call.model(), call.asked));
  return page_of_gradients(found.inquiry.subject(), found.answer, call);
}

}  // namespace

Answer page_of_gradients(const Subject& subject, const NetworkGradientsAnswer& answer,
                         const Call& call) {
  if (call.format == Format::json) return json_of({subject, network_gradients_field, answer});
  if (call.format == Format::text) return network_gradients_text(subject, answer, call.style);
  return page_of(network_gradients_sheet(answer, call.format == Format::csv), call);
}

Answer run_gradients(const Call& call) {
  // The cells' names come before those of networks: "lstm?layers=2" is the network.
  const std::string_view model = call.model();
  const bool is_cell = model == "rnn" || model == "lstm" || model == "gru";
  if (!model.empty() && !is_cell) return of_model(call);
  RECKON_TRY(no_network(call.asked));
  if (is_cell) return in_time(call, model);
  RECKON_ASSIGN(const GradientsReport report, inquire_gradients(call.asked));
  if (call.format == Format::json) return json_of({gradients_field, report});
  if (call.format == Format::text) return gradients_text(report, call.style);
  return page_of(gradients_sheet(report, call.format == Format::csv), call);
}

}  // namespace reckon::cli
