// reckon explain MODEL [LAYER]: each figure as formula, substitution and value.
#include "analysis/explain.h"

#include "command.h"
#include "report/pages.h"

namespace reckon::cli {

void describe_explain(CLI::App& app, Options& options) {
  app.description("Each figure, of a layer or of the network, with its formula.");
  add_model_options(app, options);
  app.add_option("LAYER", options.layer, "a name, a module path, or #12 for the twelfth layer")
      ->option_text(" ");
  app.footer(
      "Without LAYER: how the totals add up, and the list of layers.\n\n"
      "Examples:\n"
      "  reckon explain alexnet-d2l Conv-1\n"
      "  reckon explain resnet50.onnx layer1.0.conv1 --batch 32\n"
      "  reckon explain gpt2 '#3'\n"
      "  reckon explain 784-128-64-10\n");
}

Answer run_explain(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  RECKON_ASSIGN(const Inquiry* inquiry, open(options, asked.question));
  const Subject subject = inquiry->subject();
  const bool is_text = asked.format == Format::text, is_json = asked.format == Format::json;
  if (options.layer.empty()) {
    if (is_json) return explain_totals_json(subject);
    if (is_text) return explain_totals_text(subject, asked.style);
    return page_of(explain_totals_sheet(subject), asked);
  }
  RECKON_ASSIGN(const Layer* layer, find_layer(inquiry->analysis, options.layer));
  if (is_json) return explain_json(subject, *layer);
  if (is_text) return explain_text(subject, *layer, asked.style);
  return page_of(explain_sheet(subject, *layer), asked);
}

}  // namespace reckon::cli
