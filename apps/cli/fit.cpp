// reckon fit MODEL: the largest value that fits, the smallest device, the least change.
#include "api/fit_inquiry.h"
#include "command.h"

namespace reckon::cli {

void describe_fit(CLI::App& app, Options& options) {
  app.description("The largest batch, width, depth, … that fits a memory.");
  add_model_options(app, options);
  add_training_options(app, options);
  app.add_option("--device", options.fit.device, "its usable memory is the budget")
      ->type_name("NAME|FILE");
  app.add_option("--budget", options.fit.budget, "bytes: 6GiB, 6GB, 512KiB, 8589934592")
      ->type_name("BYTES");
  app.add_option("--max", options.fit.maximum, "what to maximise: batch or a --set name")
      ->type_name("NAME");
  app.add_flag("--smallest-device", options.fit.smallest, "which device it takes");
  app.add_flag("--advise", options.fit.advise, "the least change that makes it fit");
  app.footer(
      "The policy is textbook here: the lines of the ledger, weights to activations,\n"
      "are what binds. --policy pytorch asks for the peak of the simulated step,\n"
      "--policy arena for the SRAM of a microcontroller, where inference is planned.\n"
      "Exit status 3 when nothing fits.\n\n"
      "Examples:\n"
      "  reckon fit resnet50.onnx --device t4 --max batch --train --optimizer adam\n"
      "  reckon fit mnist --device laptop-8gb --max W --train --optimizer adam\n"
      "  reckon fit gpt2 --budget 6GiB --max layers --policy pytorch --train\n"
      "  reckon fit gpt2 --smallest-device --train --optimizer adamw --batch 8\n"
      "  reckon fit gpt2 --device t4 --advise --train --optimizer adamw --batch 64\n");
}

Answer run_fit(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  RECKON_TRY(needs_model(options));
  FitWords words = options.fit;
  RECKON_TRY(read_own_device(words.device, words.own_devices));
  bool nothing_fits = false;
  auto found = inquire_fit(options.model, asked.question, options.memory, words, &nothing_fits);
  if (!found) {
    if (nothing_fits) return std::unexpected(Failure(std::move(found).error(), Exit::check_failed));
    return std::unexpected<Failure>(std::move(found).error());
  }
  const Subject subject = found->inquiry.subject();
  if (asked.format == Format::json) return fit_json(subject, found->fit);
  if (asked.format == Format::text) return fit_text(subject, found->fit, asked.style);
  return page_of(fit_sheet(found->fit), asked);
}

}  // namespace reckon::cli
