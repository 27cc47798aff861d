// reckon chip MODEL --area-mm2 A --power-w P: how to split a chip for a network.
#include "api/chip_inquiry.h"
#include "base/text.h"
#include "command.h"

namespace reckon::cli {

void describe_chip(CLI::App& app, Options& options) {
  app.description("How to split a chip's area and power for a network.");
  add_model_options(app, options);
  app.add_option("--area-mm2", options.chip_area, "of the whole chip")->type_name("MM2");
  app.add_option("--power-w", options.chip_power, "of the whole chip")->type_name("W");
  app.add_option("--precision", options.chip.format, "int8, bf16, fp16, fp32 (int8)")
      ->type_name("NAME");
  app.add_option("--memory", options.chip.memory, "behind the chip: hbm2, gddr6, ddr (hbm2)")
      ->type_name("NAME");
  app.add_option("--node", options.chip.node, "process of the constants: 7nm")->type_name("NAME");
  app.add_option("--constant", options.unit.constants, "put a value of your own for a constant")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--plot", options.time_page.plot, "draw the designs as SVG to this file")
      ->type_name("FILE");
  app.footer(
      "Every design of a lattice is compared: multipliers, memory on the chip, bandwidth.\n"
      "docs/energy.md has the model and its constants, many of which are assumed.\n\n"
      "Examples:\n"
      "  reckon chip resnet50 --area-mm2 400 --power-w 175\n"
      "  reckon chip gpt2 --area-mm2 400 --power-w 175 --precision bf16 --batch 8\n"
      "  reckon chip mobilenet-v2 --area-mm2 50 --power-w 10 --memory ddr\n"
      "  reckon chip resnet50 --area-mm2 400 --power-w 175 --constant chip.other_share=0.4\n"
      "  reckon chip resnet50 --area-mm2 400 --power-w 175 --plot chip.svg\n");
}

Answer run_chip(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  RECKON_TRY(needs_model(options));
  ChipWords words = options.chip;
  const auto number = [](const std::string& text, double& out, std::string_view option) -> Status {
    if (text.empty()) return {};
    const auto value = parse_real(text);
    if (!value)
      return fail(ErrorCode::bad_argument,
                  "a number is expected, not " + quoted(std::string_view(text)),
                  std::string(option));
    out = *value;
    return {};
  };
  RECKON_TRY(number(options.chip_area, words.area_mm2, "--area-mm2"));
  RECKON_TRY(number(options.chip_power, words.power_w, "--power-w"));
  RECKON_ASSIGN(words.constants, read_constants(options.unit.constants));
  RECKON_ASSIGN(ChipInquiry found, inquire_chip(options.model, asked.question, words));
  // Kept until the process ends, as command.h's open() does.
  static const ChipInquiry* kept = nullptr;
  kept = new ChipInquiry(std::move(found));
  const Subject subject = kept->inquiry.subject();
  const std::string& plot = options.time_page.plot;
  if (!plot.empty()) RECKON_TRY(write_file(plot, chip_svg(subject.model.name, kept->chip)));
  if (asked.format == Format::json) return chip_json(subject, kept->chip);
  if (asked.format == Format::text) return chip_text(subject, kept->chip, asked.style);
  return page_of(chip_sheet(kept->chip), asked);
}

}  // namespace reckon::cli
