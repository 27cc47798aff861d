// reckon report MODEL: one screen.
#include "command.h"
#include "report/pages.h"
#include "terminal.h"

namespace reckon::cli {

void describe_report(CLI::App& app, Options& options) {
  app.description("What a network costs, on one screen.");
  add_model_options(app, options);
  add_convention_option(app, options);
  app.footer(
      "Examples:\n"
      "  reckon resnet50.onnx                      the file's weights are never read\n"
      "  reckon alexnet --batch 128\n"
      "  reckon 784-128-64-10                      fully connected layers, ReLU between\n"
      "  reckon gpt2 --set layers=24 --set width=1024\n"
      "  reckon alexnet-d2l --convention torchsummary\n"
      "  reckon model.onnx --format json | jq .totals.macs\n");
}

Answer run_report(const Options& options) {
  RECKON_ASSIGN(Asked asked, read(options));
  asked.question.receptive_fields = asked.format == Format::json;
  RECKON_ASSIGN(const Inquiry* inquiry, open(options, asked.question));
  const Subject subject = inquiry->subject();
  if (asked.format == Format::json) return report_json(subject, Rows::visible, print);
  if (subject.convention != nullptr) {
    if (asked.format == Format::text) return convention_text(subject, asked.style);
    return page_of(convention_totals_sheet(subject), asked);
  }
  if (asked.format == Format::text) return report_text(subject, asked.style);
  return page_of(report_sheet(subject), asked);
}

}  // namespace reckon::cli
