// reckon devices [ACTION]: the devices and where their figures are from; actions that make figures
// are files of their own.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "command.h"
#include "report/fit_pages.h"

namespace reckon::cli {

// `model` is the action, `layer` what it is about.
void describe_devices(CLI::App& app, Options& options) {
  app.description("The devices; `calibrate` measures this one.");
  app.add_option("ACTION", options.model, "show, calibrate, fit; none: the list")->option_text(" ");
  app.add_option("NAME", options.layer, "show: a device or a file; fit: a table")->option_text(" ");
  app.add_option("--out", options.device.out, "calibrate: write the device to this file")
      ->type_name("FILE");
  app.add_option("--name", options.device.name,
                 "calibrate: what it is called (this-machine);\nfit: the column of names (model)")
      ->type_name("NAME");
  app.add_option("--runs", options.device.runs, "calibrate: of each measurement (15)")
      ->type_name("N");
  app.add_option("--patience", options.device.patience,
                 "calibrate: seconds to wait for undisturbed runs, each (3)")
      ->type_name("N");
  const auto column = [&](const char* name, std::string& of, const char* what) {
    app.add_option(name, of, what)->type_name("COLUMN");
  };
  DeviceWords& words = options.device;
  column("--rate", words.rate, "fit: images a second, measured; must be told");
  column("--macs", words.macs, "fit: MACs of one image (gmacs)");
  column("--outputs", words.outputs, "fit: outputs of convolutions and linear layers (macts)");
  column("--params", words.params, "fit: parameters (params_M)");
  column("--batches", words.batch, "fit: images in one pass (RATE_batch, else 1)");
  app.add_option("--folds", words.folds, "fit: of the cross-validation (10)")->type_name("N");
  add_format_options(app, options);
  app.footer(
      "Examples:\n"
      "  reckon devices\n"
      "  reckon devices show h100-sxm\n"
      "  reckon devices show my-board.json\n"
      "  reckon devices calibrate --out here.json\n"
      "  reckon time alexnet --device here.json\n"
      "  reckon devices fit table.csv --rate rtx3090_images_per_s\n"
      "  reckon devices --format csv > devices.csv\n");
}

Answer run_devices(const Options& options) {
  RECKON_ASSIGN(const Asked asked, read(options));
  if (options.model.empty()) {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    if (asked.format == Format::json) return devices_json(devices);
    if (asked.format == Format::text) return devices_text(devices, asked.style);
    return page_of(devices_sheet(devices), asked);
  }
  if (options.model == "calibrate") return run_devices_calibrate(options);
  if (options.model == "fit") return run_devices_fit(options);
  constexpr std::array<std::string_view, 3> actions = {"show", "calibrate", "fit"};
  if (options.model != "show") {
    const std::string guess = did_you_mean(options.model, actions);
    return fail(ErrorCode::bad_argument,
                "devices has no action " + quoted(std::string_view(options.model)) +
                    (guess.empty() ? "; it has show, calibrate and fit" : guess),
                "devices");
  }
  if (options.layer.empty())
    return fail(ErrorCode::bad_argument, "name a device: reckon devices show t4", "devices show");
  std::string name = options.layer;
  std::vector<Device> own;
  RECKON_TRY(read_own_device(name, own));
  RECKON_ASSIGN(const Device device, find_device(name, own));
  if (asked.format == Format::json) return devices_json({&device, 1});
  if (asked.format == Format::text) return device_text(device, asked.style);
  return page_of(device_sheet(device), asked);
}

}  // namespace reckon::cli
