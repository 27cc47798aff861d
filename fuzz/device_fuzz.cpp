// Any text as a file of devices: an error, or devices whose figures are usable as they stand.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "machine/roofline.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  using namespace reckon;
  const std::string_view text(reinterpret_cast<const char*>(data), n_bytes);
  const auto devices = parse_devices(text, "fuzz.json");
  if (!devices) {
    if (devices.error().message.empty() || devices.error().where.empty()) std::abort();
    return 0;
  }
  for (const Device& device : *devices) {
    if (!device.mem_bytes || device.mem_bytes->value <= 0 || device.name.empty()) std::abort();
    for (const auto name : number_format_names()) {
      const auto rates = machine_rates(device, *find_number_format(name));
      if (!rates) continue;
      const WorkTime t = time_of({.product_ops = 1e12, .bytes = 1e9}, *rates);
      if (!std::isfinite(t.seconds) || !(t.seconds > 0)) std::abort();
    }
  }
  (void)one_device(*devices, "", "fuzz.json");
  return 0;
}
