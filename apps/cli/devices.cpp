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
  app.add_option("ACTION", options.model, "show, calibrate; none: the list")->option_text(" ");
  app.add_option("NAME", options.layer, "with show: a device, or a file")->option_text(" ");
  app.add_option("--out", options.device.out, "calibrate: write the device to this file")
      ->type_name("FILE");
  app.add_option("--name", options.device.name, "calibrate: what it is called (this-machine)")
      ->type_name("NAME");
  app.add_option("--runs", options.device.runs, "calibrate: of each measurement (15)")
      ->type_name("N");
  app.add_option("--patience", options.device.patience,
                 "calibrate: seconds to wait for undisturbed runs, each (3)")
      ->type_name("N");
  add_format_options(app, options);
  app.footer(
      "Examples:\n"
      "  reckon devices\n"
      "  reckon devices show h100-sxm\n"
      "  reckon devices show my-board.json\n"
      "  reckon devices calibrate --out here.json\n"
      "  reckon time alexnet --device here.json\n"
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
  constexpr std::array<std::string_view, 2> actions = {"show", "calibrate"};
  if (options.model != "show") {
    const std::string guess = did_you_mean(options.model, actions);
    return fail(ErrorCode::bad_argument,
                "devices has no action " + quoted(std::string_view(options.model)) +
                    (guess.empty() ? "; it has show and calibrate" : guess),
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
