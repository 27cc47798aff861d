// reckon time MODEL --device D: how long, layer by layer, and what bounds it.
#include "api/time_inquiry.h"
#include "command.h"

namespace reckon::cli {

void describe_time(CLI::App& app, Options& options) {
  app.description("How long it takes on a device, and what bounds it.");
  add_model_options(app, options);
  TimeWords& words = options.time;
  app.add_option("--device", words.device, "a device of `reckon devices`, or a file of your own")
      ->type_name("NAME|FILE");
  app.add_option("--precision", words.format, "fp32, tf32, fp16, bf16, fp8, fp4, int8 (fp32)")
      ->type_name("NAME");
  app.add_flag("--train", words.train, "a training step, not an inference");
  app.add_option("--optimizer", words.optimizer, "of a training step (sgd)")->type_name("NAME");
  app.add_option("--freeze", words.freeze, "layers that are not trained; repeatable")
      ->type_name("PREFIX");
  app.add_option("--fused", words.fused, "element-wise layers join the kernel before: on, off")
      ->type_name("on|off");
  app.add_option("--overlap", words.overlap, "load while computing (double buffering): on, off")
      ->type_name("on|off");
  app.footer(
      "Times are modelled by the roofline of each kernel: docs/machine.md tells how far\n"
      "they may be trusted.\n\n"
      "Examples:\n"
      "  reckon time resnet50.onnx --device h100-sxm --precision bf16 --batch 64\n"
      "  reckon time gpt2 --device t4 --train --optimizer adamw\n"
      "  reckon time mobilenet-v2 --device rpi5 --format csv > layers.csv\n");
}

Answer run_time(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  RECKON_TRY(needs_model(options));
  TimeWords words = options.time;
  RECKON_TRY(read_own_device(words.device, words.own_devices));
  RECKON_ASSIGN(TimeInquiry found, inquire_time(options.model, asked.question, words));
  // Kept until the process ends, as command.h's open() does.
  static const TimeInquiry* kept = nullptr;
  kept = new TimeInquiry(std::move(found));
  const Subject subject = kept->inquiry.subject();
  if (asked.format == Format::json) return time_json(subject, kept->time);
  if (asked.format == Format::text) return time_text(subject, kept->time, asked.style);
  return page_of(time_sheet(kept->time), asked);
}

}  // namespace reckon::cli
