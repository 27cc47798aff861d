// reckon time MODEL --device D: how long, layer by layer, and what bounds it; the layers by kind,
// the roofline as a picture, latency and throughput against the batch, wide against deep.
#include "api/time_sweep.h"
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
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  app.add_option("--fused", words.fused, "element-wise layers join the kernel before: on, off")
      ->type_name("on|off");
  app.add_option("--library", words.library,
                 "with what a library does beside: none, libtorch (of a processor)");
  app.add_option("--overlap", words.overlap, "load while computing (double buffering): on, off")
      ->type_name("on|off");
  app.add_flag("--layers", options.time_page.layers, "every layer, with its parts");
  app.add_flag("--kinds", options.time_page.kinds, "the layers by kind");
  app.add_flag("--shapes", options.time_page.shapes,
               "wide against deep: fully connected networks of as many parameters");
  app.add_option("--plot", options.time_page.plot, "write the roofline as SVG to this file")
      ->type_name("FILE");
  app.footer(
      "With --batch 1..256: latency and throughput against the batch.\n\n"
      "Times are modelled by the roofline of each kernel: docs/machine.md tells how far\n"
      "they may be trusted.\n\n"
      "Examples:\n"
      "  reckon time resnet50.onnx --device h100-sxm --precision bf16 --batch 64\n"
      "  reckon time gpt2 --device t4 --train --optimizer adamw\n"
      "  reckon time mobilenet-v2 --device rpi5 --format csv > layers.csv\n"
      "  reckon time resnet18 --device h100-sxm --batch 1..256\n"
      "  reckon time resnet18 --device t4 --train --kinds\n"
      "  reckon time 784-1024-1024-10 --device h100-sxm --shapes\n"
      "  reckon time alexnet --device t4 --plot roofline.svg\n");
}

namespace {

Answer sweep_page(const Options& options, const Asked& asked, const TimeWords& words,
                  const std::optional<BatchRange>& range) {
  if (options.time_page.layers || options.time_page.kinds || !options.time_page.plot.empty())
    return fail(ErrorCode::bad_argument,
                "a table over several points has no layers: leave --layers, --kinds and --plot out",
                options.time_page.shapes ? "--shapes" : "--batch");
  auto found = options.time_page.shapes
                   ? wide_against_deep(options.model, asked.question, words)
                   : sweep_batches(options.model, asked.question, words, *range);
  if (!found) return std::unexpected<Failure>(std::move(found).error());
  const Subject subject = found->inquiry.subject();
  if (asked.format == Format::json) return time_sweep_json(subject, found->sweep);
  if (asked.format == Format::text)
    return time_sweep_text(subject.model.name, found->sweep, asked.style);
  return page_of(time_sweep_sheet(found->sweep), asked);
}

}  // namespace

Answer run_time(const Options& given) {
  Options options = given;
  std::optional<BatchRange> range;
  if (options.batch.find("..") != std::string::npos) {
    RECKON_ASSIGN(range, parse_batch_range(options.batch));
    if (options.time_page.shapes)
      return fail(ErrorCode::bad_argument, "wide against deep is asked at one batch", "--batch");
    options.batch.clear();
  }
  RECKON_ASSIGN(const Asked asked, read(options));
  RECKON_TRY(needs_model(options));
  TimeWords words = options.time;
  RECKON_TRY(read_own_device(words.device, words.own_devices));
  if (range || options.time_page.shapes) return sweep_page(options, asked, words, range);
  RECKON_ASSIGN(TimeInquiry found, inquire_time(options.model, asked.question, words));
  // Kept until the process ends, as command.h's open() does.
  static const TimeInquiry* kept = nullptr;
  kept = new TimeInquiry(std::move(found));
  const Subject subject = kept->inquiry.subject();
  const TimePage& page = options.time_page;
  if (!page.plot.empty())
    RECKON_TRY(write_file(page.plot, roofline_svg(subject.model.name, kept->time)));
  if (asked.format == Format::json) return time_json(subject, kept->time);
  if (page.kinds && asked.format == Format::text)
    return time_kinds_text(subject, kept->time, asked.style);
  if (page.kinds) return page_of(time_kinds_sheet(kept->time), asked);
  if (asked.format == Format::text && !page.layers)
    return time_text(subject, kept->time, asked.style);
  return page_of(time_sheet(kept->time), asked);
}

}  // namespace reckon::cli
