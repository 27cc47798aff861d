// The table of subcommands, and what most of them begin with.
#include <fstream>

#include "base/text.h"
#include "command.h"

namespace reckon::cli {

Answer run_report(const Call& call);
Answer run_layers(const Call& call);
Answer run_explain(const Call& call);
Answer run_memory(const Call& call);
Answer run_fit(const Call& call);
Answer run_time(const Call& call);
Answer run_energy(const Call& call);
Answer run_measure(const Call& call);
Answer run_chip(const Call& call);
Answer run_devices(const Call& call);
Answer run_silicon(const Call& call);
Answer run_gradients(const Call& call);
Answer run_networks(const Call& call);
Answer run_lab(const Call& call);
Answer run_ledger(const Call& call);
Answer run_completions(const Call& call);
Answer run_complete(const Call& call);
Answer run_docs(const Call& call);

namespace {

constexpr Command all[] = {
    {"report", run_report},           {"layers", run_layers},     {"explain", run_explain},
    {"memory", run_memory},           {"fit", run_fit},           {"time", run_time},
    {"energy", run_energy},           {"measure", run_measure},   {"chip", run_chip},
    {"devices", run_devices},         {"silicon", run_silicon},   {"gradients", run_gradients},
    {"networks", run_networks},       {"lab", run_lab},           {"ledger", run_ledger},
    {"completions", run_completions}, {"complete", run_complete}, {"docs", run_docs},
};

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

Status write_file(std::string_view path, std::string_view text) {
  std::ofstream out(std::string(path), std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return fail(ErrorCode::io_error, "the file could not be written", printable(path));
  return {};
}

}  // namespace reckon::cli
