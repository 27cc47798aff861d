// reckon memory MODEL: the ledger, the peak of a step, an inference's arena, recomputation.
#include "api/memory_inquiry.h"
#include "base/text.h"
#include "command.h"

namespace reckon::cli {

void describe_memory(CLI::App& app, Options& options) {
  app.description("What an inference or a training step needs, and why.");
  add_model_options(app, options);
  add_training_options(app, options);
  MemoryWords& words = options.memory;
  app.add_option("--accumulate", options.accumulate, "take the batch in N parts")->type_name("N");
  app.add_option("--arena", words.arena, "planner: greedy, best, optimal; shows the offsets")
      ->type_name("NAME");
  app.add_option("--order", words.order, "of an inference's steps: given, best")->type_name("NAME");
  app.add_option("--checkpoint", words.checkpoint,
                 "none, every:K, sqrt, module, optimal, budget=6GiB")
      ->type_name("HOW");
  app.add_option("--device", words.device, "hold the need against this device")
      ->type_name("NAME|FILE");
  app.add_flag("--timeline", options.timeline, "plot what is alive, step by step");
  app.footer(
      "The policy pytorch simulates the step: what is alive at its worst moment. The\n"
      "policy textbook adds up weights, gradients, optimizer state and activations, the\n"
      "policy arena plans an inference on static memory (a device with flash). Exit\n"
      "status 3 when it does not fit --device.\n\n"
      "Examples:\n"
      "  reckon memory resnet50.onnx --batch 8\n"
      "  reckon memory 784-128-64-10 --train --optimizer adam --batch 32\n"
      "  reckon memory gpt2 --train --precision amp-bf16 --optimizer adamw\n"
      "  reckon memory vgg19.onnx --train --batch 16 --timeline\n"
      "  reckon memory vgg19.onnx --train --batch 64 --checkpoint budget=6GiB\n"
      "  reckon memory keyword.onnx --precision int8 --arena optimal --order best\n");
}

Answer run_memory(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  MemoryWords words = options.memory;
  if (!options.accumulate.empty()) {
    RECKON_ASSIGN(words.accumulate, whole_number(options.accumulate, "--accumulate"));
  }
  RECKON_TRY(needs_model(options));
  RECKON_TRY(read_own_device(words.device, words.own_devices));
  auto found = inquire_memory(options.model, asked.question, words);
  if (!found) {
    // A budget that no plan keeps is an answer, not a wrong call.
    if (found.error().where.starts_with("--checkpoint "))
      return std::unexpected(Failure(std::move(found).error(), Exit::check_failed));
    return std::unexpected<Failure>(std::move(found).error());
  }
  // Kept until the process ends, as command.h's open() does.
  static const MemoryInquiry* kept = nullptr;
  kept = new MemoryInquiry(*std::move(found));
  const Subject subject = kept->inquiry.subject();
  const MemoryAnswer& memory = kept->memory;
  const MemoryPage page{.timeline = options.timeline, .arena = !words.arena.empty()};
  if (page.timeline && !memory.timeline)
    return fail(ErrorCode::unsupported,
                memory.note.empty() ? "the policy textbook has no timeline" : memory.note,
                "--timeline");
  const auto text = [&]() -> std::string {
    if (asked.format == Format::json) return memory_json(subject, memory);
    if (asked.format == Format::text) return memory_text(subject, memory, page, asked.style);
    if (page.timeline) return page_of(timeline_sheet(*memory.timeline), asked);
    if (page.arena) return page_of(arena_sheet(*memory.inference), asked);
    return page_of(memory_sheet(memory), asked);
  };
  return Answered(text(), memory.fits() ? Exit::answered : Exit::check_failed);
}

}  // namespace reckon::cli
