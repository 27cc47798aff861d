#include "command.h"

namespace reckon::cli {
namespace {

constexpr Command all[] = {
    {"report", describe_report, run_report},
    {"layers", describe_layers, run_layers},
    {"explain", describe_explain, run_explain},
    {"memory", describe_memory, run_memory},
    {"fit", describe_fit, run_fit},
    {"time", describe_time, run_time},
    {"energy", describe_energy, run_energy},
    {"measure", describe_measure, run_measure},
    {"chip", describe_chip, run_chip},
    {"devices", describe_devices, run_devices},
    {"silicon", describe_silicon, run_silicon},
    {"gradients", describe_gradients, run_gradients},
    {"networks", describe_networks, run_networks},
    {"lab", describe_lab, run_lab},
    {"ledger", describe_ledger, run_ledger},
    {"completions", describe_completions, run_completions},
    {"complete", describe_complete, run_complete},
    {"docs", describe_docs, run_docs},
};

}  // namespace

std::span<const Command> commands() {
  return all;
}

Result<Asked> read(const Options& options) {
  Asked asked;
  RECKON_ASSIGN(asked.format, format_of(options));
  RECKON_ASSIGN(asked.style, style_of(options));
  RECKON_ASSIGN(asked.question, question_of(options));
  return asked;
}

Result<const Inquiry*> open(const Options& options, const Question& question) {
  RECKON_TRY(needs_model(options));
  RECKON_ASSIGN(Inquiry inquiry, inquire(options.model, question));
  static const Inquiry* kept = nullptr;
  kept = new Inquiry(std::move(inquiry));
  return kept;
}

std::string page_of(const Sheet& sheet, const Asked& asked) {
  switch (asked.format) {
    case Format::csv:
      return to_csv(sheet);
    case Format::markdown:
      return to_markdown(sheet);
    default:
      return to_text(sheet, asked.style);
  }
}

}  // namespace reckon::cli
