// reckon layers MODEL: one line for each layer, or a tree of modules.
#include "command.h"
#include "report/pages.h"
#include "terminal.h"

namespace reckon::cli {

void describe_layers(CLI::App& app, Options& options) {
  app.description("One line for each layer, or for each module with --depth.");
  add_model_options(app, options);
  add_convention_option(app, options);
  app.add_option("--depth", options.depth, "a tree of modules to this depth")->type_name("N");
  app.add_flag("--all", options.all, "also nodes that only prepare shapes and constants");
  app.footer(
      "The column \"sees\" is the receptive field: how many input elements, along each\n"
      "spatial dimension, one output element depends on. A wider terminal shows more\n"
      "columns; CSV and JSON have all of them.\n\n"
      "Examples:\n"
      "  reckon layers alexnet\n"
      "  reckon layers resnet50.onnx --depth 2\n"
      "  reckon layers vgg16 --batch 8 --format csv > vgg16.csv\n"
      "  reckon layers alexnet-d2l --convention torchsummary\n");
}

Answer run_layers(const Options& options) {
  RECKON_ASSIGN(Asked asked, read(options));
  const Rows rows = options.all ? Rows::all : Rows::visible;
  std::optional<int> depth;
  if (!options.depth.empty()) {
    RECKON_ASSIGN(depth, depth_of(options));
  }
  RECKON_ASSIGN(const Inquiry* inquiry, open(options, asked.question));
  const Subject subject = inquiry->subject();
  if (asked.format == Format::json) return report_json(subject, rows, print);
  if (subject.convention != nullptr) {
    if (asked.format == Format::text) return convention_text(subject, asked.style);
    return page_of(convention_sheet(subject), asked);
  }
  return page_of(depth ? modules_sheet(subject, *depth) : layers_sheet(subject, rows), asked);
}

}  // namespace reckon::cli
