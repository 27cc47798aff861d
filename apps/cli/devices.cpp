// reckon devices [show NAME]: the devices and where their figures are from.
#include "base/text.h"
#include "command.h"
#include "report/fit_pages.h"

namespace reckon::cli {

// `model` is "show" or empty, `layer` the name.
void describe_devices(CLI::App& app, Options& options) {
  app.description("The devices; show NAME has every figure with its source.");
  app.add_option("ACTION", options.model, "show")->option_text(" ");
  app.add_option("NAME", options.layer, "a device of the list, or a file")->option_text(" ");
  add_format_options(app, options);
  app.footer(
      "Examples:\n"
      "  reckon devices\n"
      "  reckon devices show h100-sxm\n"
      "  reckon devices show my-board.json\n"
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
  if (options.model != "show")
    return fail(ErrorCode::bad_argument,
                "devices can only show, not " + quoted(std::string_view(options.model)), "devices");
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
