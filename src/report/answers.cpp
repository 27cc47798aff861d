// The answers that are more than a network and one key (WholeAnswer, questions/answer.h).
#include "questions/answer.h"
#include "report/diff_pages.h"
#include "report/json_fields.h"
#include "report/memory_pages.h"
#include "report/pages.h"

namespace reckon {
namespace {

// Who answers is about nothing, and the same in every answer.
const AnswerPart who{&reckon_field, &reckon_field};

void explained(SeeAnswer see, const Subject& subject, const LayersAnswer& layers,
               const ExplainAnswer& figures) {
  see({who, {&subject_fields, &subject}, {&layers_field, &layers}, {&explain_field, &figures}});
}

}  // namespace

void report_answer(SeeAnswer see, const Subject& subject, Rows which) {
  const LayersAnswer layers{subject.analysis, which};
  WholeAnswer(subject, layers_field, layers)(see);
}
void layers_answer(SeeAnswer see, const Subject& subject, Rows which, int depth) {
  const LayersAnswer layers{subject.analysis, which};
  const ModulesAnswer modules{module_sums(subject.analysis, depth)};
  see({who, {&subject_fields, &subject}, {&layers_field, &layers}, {&modules_field, &modules}});
}
void diff_answer(SeeAnswer see, const DiffAnswer& diff) {
  const Subject of = diff.of.subject(), other = diff.other.subject();
  see({who, {&subject_fields, &of}, {&other_field, &other}, {&diff_field, &diff}});
}
void explain_answer(SeeAnswer see, const Subject& subject, const Layer& layer) {
  const LayersAnswer layers{subject.analysis, Rows::all, &layer};
  explained(see, subject, layers, {explain_layer(subject.analysis, layer), {}});
}
void element_answer(SeeAnswer see, const Subject& subject, const Layer& layer,
                    const SeenAnswer& seen) {
  const LayersAnswer layers{subject.analysis, Rows::all, &layer};
  const ExplainAnswer figures{explain_layer(subject.analysis, layer), {}};
  see({who,
       {&subject_fields, &subject},
       {&layers_field, &layers},
       {&explain_field, &figures},
       {&seen_field, &seen}});
}
void explain_totals_answer(SeeAnswer see, const Subject& subject) {
  const LayersAnswer layers{subject.analysis};
  explained(see, subject, layers, {{}, explain_totals(subject)});
}
void memory_answer(SeeAnswer see, const Subject& subject, const MemoryAnswer& memory) {
  ExplainAnswer lines;
  for (const LedgerLine& line : memory.ledger.lines)
    if (line.bytes > 0 || line.name != "constants_bytes")  // absent where there are none
      lines.figures.push_back({line.name, "B", line.standing, line.figure, ""});
  Standing weakest = Standing::exact;
  Figure total;
  for (const LedgerLine& line : memory.ledger.lines) {
    if (line.bytes == 0) continue;
    weakest = std::max(weakest, line.standing);
    total.add({{line.name, line.bytes}});
  }
  lines.figures.push_back({"total_bytes", "B", weakest, total, ""});
  const AnswerPart subject_part{&subject_fields, &subject}, memory_part{&memory_field, &memory},
      lines_part{&explain_field, &lines};
  if (memory.timeline && memory.timeline->alive)
    see({who, subject_part, memory_part, {&alive_field, &*memory.timeline}, lines_part});
  else
    see({who, subject_part, memory_part, lines_part});
}

void version_answer(SeeAnswer see) {
  see({who});
}
std::string error_json(const Error& error) {
  AnswerJson json;
  const AnswerPart part{&error_field, &error};
  json({&part, 1});
  return std::move(json.text);
}

}  // namespace reckon
