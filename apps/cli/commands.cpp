// The table of subcommands, and what most of them begin with.
#include "base/text.h"
#include "command.h"

namespace reckon::cli {

// A subcommand is its file, its row among the questions and its line here: the one macro that makes
// both a declaration and a row of each.
#define RECKON_COMMANDS(ROW) \
  ROW(report)                \
  ROW(layers)                \
  ROW(explain)               \
  ROW(graph)                 \
  ROW(diff)                  \
  ROW(memory)                \
  ROW(fit)                   \
  ROW(time)                  \
  ROW(energy)                \
  ROW(measure)               \
  ROW(train)                 \
  ROW(chip)                  \
  ROW(devices)               \
  ROW(silicon)               \
  ROW(gradients)             \
  ROW(rules)                 \
  ROW(networks)              \
  ROW(lab)                   \
  ROW(ledger)                \
  ROW(completions)           \
  ROW(complete)              \
  ROW(docs)

#define RECKON_DECLARE(name) Answer run_##name(const Call& call);
RECKON_COMMANDS(RECKON_DECLARE)
#undef RECKON_DECLARE

namespace {

#define RECKON_ROW(name) {#name, run_##name},
constexpr Command all[] = {RECKON_COMMANDS(RECKON_ROW)};
#undef RECKON_ROW
#undef RECKON_COMMANDS

}  // namespace

std::span<const Command> commands() {
  return all;
}

Status needs_model(const Call& call) {
  if (!call.model().empty()) return {};
  return fail(ErrorCode::bad_argument,
              "name a model: a file, a built-in network such as alexnet, or 784-128-64-10",
              "MODEL");
}

Result<const Inquiry*> open(const Call& call, bool receptive_fields) {
  RECKON_TRY(needs_model(call));
  RECKON_ASSIGN(Question question, question_of(call.asked));
  question.receptive_fields = receptive_fields;
  RECKON_ASSIGN(Inquiry inquiry, inquire(call.model(), question));
  return &keep(std::move(inquiry));
}

std::string page_of(const Sheet& sheet, const Call& call) {
  switch (call.format) {
    case Format::csv:
      return to_csv(sheet);
    case Format::markdown:
      return to_markdown(sheet);
    default:
      return to_text(sheet, call.style);
  }
}

}  // namespace reckon::cli
