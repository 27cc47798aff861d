#include "api/machine_answers.h"

#include "questions/answer.h"
#include "questions/diff_answer.h"
#include "questions/energy_inquiry.h"
#include "questions/graph_answer.h"
#include "questions/time_sweep.h"
#include "report/diff_pages.h"
#include "report/pages.h"

namespace reckon {
namespace {

Result<TimeSweepInquiry> inquire_time_sweep(const ModelRef& of, const Asked& asked) {
  if (asked.flag("shapes")) return wide_against_deep(of, asked);
  RECKON_ASSIGN(const BatchRange batches, parse_batch_range(asked.text("batch")));
  return sweep_batches(of, asked, batches);
}

}  // namespace

void see_layers(SeeAnswer see, const Subject& subject, const Asked& asked) {
  const Rows which = asked.flag("all") ? Rows::all : Rows::visible;
  if (!asked.has("depth")) return report_answer(see, subject, which);
  layers_answer(see, subject, which, static_cast<int>(*asked.whole("depth")));
}

Status see_explained(SeeAnswer see, const Subject& subject, const Layer* layer,
                     const Asked& asked) {
  if (asked.has("element")) {
    RECKON_ASSIGN(const SeenAnswer seen, inquire_seen(subject.analysis, layer, asked));
    element_answer(see, subject, *layer, seen);
  } else if (layer == nullptr) {
    explain_totals_answer(see, subject);
  } else {
    explain_answer(see, subject, *layer);
  }
  return {};
}

Status answer_graph(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const Question question, question_of(asked));
  RECKON_ASSIGN(const Inquiry inquiry, inquire(of, question));
  WholeAnswer(inquiry.subject(), graph_field, graph_answer(inquiry.analysis))(see);
  return {};
}

Status answer_diff(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const DiffAnswer diff, inquire_diff(of, of, asked));
  diff_answer(see, diff);
  return {};
}

Status answer_time(const ModelRef& of, const Asked& given, SeeAnswer see) {
  Asked asked = given;
  if (const Said* const batches = asked.given("batches")) asked.give("batch", *batches);
  if (asked.flag("shapes") || !asked.text("batch").empty()) {
    RECKON_ASSIGN(const TimeSweepInquiry found, inquire_time_sweep(of, asked));
    WholeAnswer(found.inquiry.subject(), time_sweep_field, found.sweep)(see);
    return {};
  }
  RECKON_ASSIGN(const TimeInquiry found, inquire_time(of, asked));
  WholeAnswer(found.inquiry.subject(), time_field, found.time)(see);
  return {};
}

Status answer_energy(const ModelRef& of, const Asked& asked, SeeAnswer see) {
  RECKON_ASSIGN(const EnergyInquiry found, inquire_energy(of, asked));
  WholeAnswer(found.inquiry.subject(), energy_field, found.energy)(see);
  return {};
}

}  // namespace reckon
