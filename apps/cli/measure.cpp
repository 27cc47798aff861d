// reckon measure MODEL: run it, and hold the prediction against the run. The description; what
// happens is in measure_run.cpp (a program with LibTorch) or measure_start.cpp (which starts it).
#include "command.h"

namespace reckon::cli {

void describe_measure(CLI::App& app, Options& options) {
  app.description("Run it with LibTorch: time and bytes, beside the prediction.");
  add_model_options(app, options);
  MeasureWords& words = options.measure;
  app.add_flag("--train", words.train, "training steps (forward, loss, backward, update)");
  app.add_option("--optimizer", words.optimizer, "sgd, momentum, nesterov, adam, adamw, … (sgd)")
      ->type_name("NAME");
  app.add_option("--freeze", words.freeze, "layers that are not trained; repeatable")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  app.add_option("--inplace", words.in_place, "activations overwrite their input (on)")
      ->type_name("on|off");
  app.add_option("--device", words.device, "that runs it: cpu, cuda (cpu)")->type_name("NAME");
  app.add_option("--on", words.on, "predict the time for this device, or device file")
      ->type_name("DEVICE");
  app.add_option("--threads", words.threads, "of the processor (one a core)")->type_name("N");
  app.add_option("--warmup", words.warmup, "passes before the timed ones (3)")->type_name("N");
  app.add_option("--repeats", words.repeats, "timed passes (a second's worth, 10 to 1,000)")
      ->type_name("N");
  app.add_option("--values", words.values, "N elements of each result, in JSON")->type_name("N");
  app.footer(
      "Every allocation of the run is counted. Weights and inputs are numbers made from\n"
      "names, not those of the file: docs/measure.md has the formula.\n\n"
      "Examples:\n"
      "  reckon measure 784-128-64-10 --train --batch 32\n"
      "  reckon measure resnet18.onnx --batch 8 --repeats 30\n"
      "  reckon measure mobilenet-v2 --train --format csv > layers.csv\n");
}

}  // namespace reckon::cli
