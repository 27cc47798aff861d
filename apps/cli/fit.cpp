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
      "Without --max, --smallest-device and --advise: does it fit? The need is the peak of\n"
      "a simulated step, on a microcontroller the arena of an inference, as in `reckon\n"
      "memory`; --policy textbook asks for the sum of the ledger. Exit status 3 when it\n"
      "does not fit.\n\n"
      "Examples:\n"
      "  reckon fit gpt2 --device t4 --train --batch 16\n"
      "  reckon fit resnet50.onnx --device t4 --max batch --train --optimizer adam\n"
      "  reckon fit mnist --device laptop-8gb --max W --train --optimizer adam\n"
      "  reckon fit gpt2 --budget 6GiB --max layers --policy textbook --train\n"
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
  const Exit status = nothing_fits ? Exit::check_failed : Exit::answered;
  if (asked.format == Format::json) return Answered(fit_json(subject, found->fit), status);
  if (asked.format == Format::text)
    return Answered(fit_text(subject, found->fit, asked.style), status);
  return Answered(page_of(fit_sheet(found->fit), asked), status);
}

}  // namespace reckon::cli
