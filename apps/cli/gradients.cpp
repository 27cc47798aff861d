// reckon gradients: what is left of a gradient after so many layers, really back-propagated.
#include "api/unit_questions.h"
#include "command.h"

namespace reckon::cli {

void describe_gradients(CLI::App& app, Options& options) {
  app.description("What layers leave of a gradient, by back-propagation.");
  UnitOptions& unit = options.unit;
  app.add_option("--activation", unit.activation, "sigmoid, tanh, relu, gelu, …; sigmoid")
      ->type_name("NAME");
  app.add_option("--initialisation", unit.initialisation,
                 "torch_default, xavier_normal, he_normal, …; torch_default")
      ->type_name("NAME");
  app.add_option("--depth", options.depth, "layers, 1 to 256; 20")->type_name("N");
  app.add_option("--units", unit.units, "in every layer, 1 to 4096; 128")->type_name("N");
  app.add_option("--samples", unit.samples, "in the batch; 32")->type_name("N");
  app.add_option("--seeds", unit.seeds, "networks to take the mean of; 8")->type_name("N");
  add_format_options(app, options);
  app.footer(
      "Examples:\n"
      "  reckon gradients\n"
      "  reckon gradients --activation tanh --initialisation xavier\n"
      "  reckon gradients --activation relu --initialisation he --depth 50\n"
      "  reckon gradients --activation gelu --format csv\n");
}

Answer run_gradients(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  const UnitOptions& unit = options.unit;
  UnitWords words;
  words.activation = unit.activation.empty() ? "sigmoid" : unit.activation;
  words.initialisation = unit.initialisation;
  const struct {
    std::string_view option;
    const std::string& text;
    std::optional<std::int64_t>& word;
  } numbers[] = {{"--depth", options.depth, words.depth},
                 {"--units", unit.units, words.width},
                 {"--samples", unit.samples, words.samples},
                 {"--seeds", unit.seeds, words.seeds}};
  for (const auto& [option, text, word] : numbers)
    if (!text.empty()) {
      RECKON_ASSIGN(word, whole_number(text, option));
    }
  auto report = inquire_gradients(words);
  if (!report) {
    // The words of a question are options here.
    Error error = std::move(report).error();
    const std::string_view prefix = "question.";
    if (error.where.starts_with(prefix)) {
      const std::string key = error.where.substr(prefix.size());
      error.where = key == "gradients" ? key : "--" + (key == "width" ? std::string("units") : key);
    }
    if (error.code == ErrorCode::not_found) error.code = ErrorCode::bad_argument;
    return std::unexpected<Failure>(std::move(error));
  }
  if (asked.format == Format::json) return gradients_json(*report);
  if (asked.format == Format::text) return gradients_text(*report, asked.style);
  return page_of(gradients_sheet(*report, asked.format == Format::csv), asked);
}

}  // namespace reckon::cli
