// reckon devices [ACTION]: the devices and where their figures are from; actions that make figures
// are files of their own.
#include "command.h"
#include "report/fit_pages.h"

namespace reckon::cli {

Answer run_devices_calibrate(const Call& call);
Answer run_devices_fit(const Call& call);

Answer run_devices(const Call& call) {
  const std::string_view action = call.asked.text("action");
  if (action.empty()) {
    RECKON_ASSIGN(const std::vector<Device> devices, built_in_devices());
    if (call.format == Format::json) return json_of({devices_field, devices});
    if (call.format == Format::text) return devices_text(devices, call.style);
    return page_of(devices_sheet(devices), call);
  }
  if (action == "calibrate") return run_devices_calibrate(call);
  if (action == "fit") return run_devices_fit(call);
  if (!call.asked.has("about"))
    return fail(ErrorCode::bad_argument, "name a device: reckon devices show t4", "devices show");
  RECKON_ASSIGN(const Device device, device_named(call.asked.text("about")));
  if (call.format == Format::json) return json_of({devices_field, std::span(&device, 1)});
  if (call.format == Format::text) return device_text(device, call.style);
  return page_of(device_sheet(device), call);
}

}  // namespace reckon::cli
