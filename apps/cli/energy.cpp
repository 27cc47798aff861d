// reckon energy MODEL: how much energy, what it is made of, and number formats side by side.
#include "api/energy_inquiry.h"
#include "command.h"

namespace reckon::cli {

void describe_energy(CLI::App& app, Options& options) {
  app.description("How much energy it takes: arithmetic, and moving data.");
  add_model_options(app, options);
  EnergyWords& words = options.energy;
  app.add_option("--precision", words.formats,
                 "fp32, fp16, bf16, int8; several side by side; weights/activations (fp32)")
      ->type_name("NAME,…");
  app.add_option("--node", words.node, "process of the constants: 45nm, 7nm (7nm)")
      ->type_name("NAME");
  app.add_option("--memory", words.memory, "behind the chip: ddr, hbm2, gddr6, sram")
      ->type_name("NAME");
  app.add_option("--sram", words.sram, "on the chip: 8kb, 32kb, 1mb (1mb)")->type_name("NAME");
  app.add_option("--device", words.device, "takes its time and idle power")->type_name("NAME|FILE");
  app.add_option("--idle-w", options.idle_w, "what the device draws when idle")->type_name("W");
  app.add_flag("--train", words.train, "a training step, not an inference");
  app.add_option("--optimizer", words.optimizer, "of a training step (sgd)")->type_name("NAME");
  app.add_option("--freeze", words.freeze, "layers that are not trained; repeatable")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  app.add_option("--fused", words.fused, "element-wise layers join the kernel before: on, off")
      ->type_name("on|off");
  app.add_option("--constant", options.unit.constants, "put a value of your own for a constant")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  app.footer(
      "Energies are modelled from published constants: docs/energy.md has the table.\n\n"
      "Examples:\n"
      "  reckon energy resnet50 --precision fp32,fp16,int8\n"
      "  reckon energy gpt2 --precision fp16,int8/fp16 --memory hbm2\n"
      "  reckon energy alexnet --train --optimizer adam --batch 32 --node 45nm\n"
      "  reckon energy resnet50 --device tpu-v4 --precision bf16 --batch 64\n"
      "  reckon energy mobilenet-v2 --format csv > layers.csv\n");
}

Answer run_energy(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  RECKON_TRY(needs_model(options));
  EnergyWords words = options.energy;
  RECKON_TRY(read_own_device(words.device, words.own_devices));
  RECKON_ASSIGN(words.constants, read_constants(options.unit.constants));
  if (!options.idle_w.empty()) {
    words.idle_w = parse_real(options.idle_w);
    if (!words.idle_w)
      return fail(ErrorCode::bad_argument, "a power such as 55 is expected", "--idle-w");
  }
  RECKON_ASSIGN(EnergyInquiry found, inquire_energy(options.model, asked.question, words));
  // Kept until the process ends, as command.h's open() does.
  static const EnergyInquiry* kept = nullptr;
  kept = new EnergyInquiry(std::move(found));
  const Subject subject = kept->inquiry.subject();
  if (asked.format == Format::json) return energy_json(subject, kept->energy);
  if (asked.format == Format::text) return energy_text(subject, kept->energy, asked.style);
  return page_of(energy_sheet(kept->energy), asked);
}

}  // namespace reckon::cli
