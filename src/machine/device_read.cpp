// The reader of devices.json:
//   {"schema": 1, "devices": [{"name": "…", "standing": "reference", "mem_bytes": 85899345920,
//     "tdp_w": {"value": 700, "standing": "assumed", "source": "…"}, …}]}
// A figure is a number, which has the standing of its device, or an object with its own.
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "machine/device.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_file_bytes = 1024 * 1024;
constexpr std::size_t max_text_bytes = 1000;  // of one text in the file

constexpr std::string_view text_fields[] = {"name",       "title",  "class",
                                            "confidence", "source", "notes"};
constexpr Standing standings[] = {Standing::exact, Standing::measured, Standing::modelled,
                                  Standing::reference, Standing::assumed};

// Where an error happened: "devices.json: h100-sxm: mem_bytes".
struct Place {
  std::string_view file;
  std::string device;
  std::string field;

  std::unexpected<Error> error(std::string message) const {
    std::string where = printable(file);
    if (!device.empty()) where += ": " + printable(device);
    if (!field.empty()) where += ": " + printable(field);
    return fail(ErrorCode::bad_argument, std::move(message), std::move(where));
  }
};

Result<std::string> read_text(const Json& value, const Place& place) {
  if (!value.is_string()) return place.error("is not a text");
  const std::string& text = value.get_ref<const std::string&>();
  if (text.size() > max_text_bytes) return place.error("is longer than 1,000 bytes");
  return text;
}

Result<Standing> read_standing(const Json& value, const Place& place) {
  if (value.is_string())
    for (const Standing standing : standings)
      if (value.get_ref<const std::string&>() == to_string(standing)) return standing;
  return place.error("standing is one of exact, measured, modelled, reference, assumed");
}

// The number of a figure as a double and, where it is whole, exactly.
struct Number {
  double real = 0;
  std::optional<std::int64_t> whole;
};

Result<Number> read_number(const Json& value, const DeviceFigure& figure, const Place& place) {
  if (!value.is_number()) return place.error("is not a number");
  Number number;
  constexpr double exact_to = 9007199254740992.0;  // 2^53
  number.real = value.get<double>();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
    return place.error("is beyond 64 bits");
  if (value.is_number_integer())
    number.whole = value.get<std::int64_t>();
  else if (std::fabs(number.real) <= exact_to && number.real == std::floor(number.real))
    number.whole = static_cast<std::int64_t>(number.real);
  if (!std::isfinite(number.real)) return place.error("is not finite");
  if (number.real < 0) return place.error("is below zero");
  if (number.real == 0 && !figure.may_be_zero)
    return place.error("is zero; leave out what is not known");
  if (figure.count != nullptr && !number.whole) return place.error("is not a whole number");
  return number;
}

Status read_figure(const Json& value, const DeviceFigure& figure, const Place& place,
                   Device& device) {
  Standing standing = device.standing;
  std::string source;
  const Json* bare = &value;
  if (value.is_object()) {
    bare = nullptr;
    for (const auto& [key, part] : value.items()) {
      if (key == "value") {
        bare = &part;
      } else if (key == "standing") {
        RECKON_ASSIGN(standing, read_standing(part, place));
      } else if (key == "source") {
        RECKON_ASSIGN(source, read_text(part, place));
      } else {
        return place.error("holds " + reckon::quoted(key) +
                           "; it may hold value, standing and source");
      }
    }
    if (bare == nullptr) return place.error("has no value");
  }
  RECKON_ASSIGN(const Number number, read_number(*bare, figure, place));
  if (figure.count != nullptr)
    device.*figure.count = Datum<std::int64_t>{*number.whole, standing, std::move(source)};
  else
    device.*figure.rate = Datum<double>{number.real, standing, std::move(source)};
  return {};
}

std::unexpected<Error> unknown_field(const std::string& key, const Place& place) {
  std::vector<std::string_view> known(std::begin(text_fields), std::end(text_fields));
  known.insert(known.end(), {"year", "standing"});
  for (const DeviceFigure& figure : device_figures()) known.push_back(figure.name);
  return place.error("is no field of a device" + did_you_mean(key, known) +
                     " Units are bytes, flops_per_s, ops_per_s, bytes_per_s, hz, w and s");
}

bool is_name(std::string_view name) {
  const auto may = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), may);
}

Status read_head(const Json& row, Place& place, Device& device) {
  const std::array<std::string*, 6> texts = {&device.name,       &device.title,  &device.kind,
                                             &device.confidence, &device.source, &device.notes};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto at = row.find(text_fields[i]);
    if (at == row.end()) continue;
    place.field = text_fields[i];
    RECKON_ASSIGN(*texts[i], read_text(*at, place));
    if (i == 0) place.device = device.name;
  }
  place.field = "name";
  if (device.name.empty()) return place.error("is missing");
  if (!is_name(device.name))
    return place.error("is made of small letters, digits, '-' and '.', at most 64 of them");
  if (device.title.empty()) device.title = device.name;
  if (const auto at = row.find("standing"); at != row.end()) {
    place.field = "standing";
    RECKON_ASSIGN(device.standing, read_standing(*at, place));
  }
  if (const auto at = row.find("year"); at != row.end()) {
    place.field = "year";
    if (!at->is_number_integer() || at->get<double>() < 1900 || at->get<double>() > 2200)
      return place.error("is not a year");
    device.year = at->get<std::int64_t>();
  }
  return {};
}

Result<Device> read_device(const Json& row, std::size_t index, std::string_view file) {
  Place place{file, "device " + std::to_string(index + 1), ""};
  if (!row.is_object()) return place.error("is not an object");
  Device device;
  RECKON_TRY(read_head(row, place, device));
  for (const auto& [key, value] : row.items()) {
    place.field = key;
    const auto figures = device_figures();
    const auto at = std::find_if(figures.begin(), figures.end(),
                                 [&](const DeviceFigure& f) { return f.name == key; });
    if (at != figures.end()) {
      RECKON_TRY(read_figure(value, *at, place, device));
    } else if (key != "year" && key != "standing" &&
               std::find(std::begin(text_fields), std::end(text_fields), key) ==
                   std::end(text_fields)) {
      return unknown_field(key, place);
    }
  }
  place.field = "mem_bytes";
  if (!device.mem_bytes) return place.error("is missing: a device has memory, in bytes");
  place.field = "usable_bytes";
  if (device.usable_bytes && device.usable_bytes->value > device.mem_bytes->value)
    return place.error("is more than mem_bytes");
  return device;
}

}  // namespace

Result<std::vector<Device>> parse_devices(std::string_view text, std::string_view file) {
  if (text.size() > max_file_bytes)
    return fail(ErrorCode::limit, "a file of devices has at most 1 MiB", printable(file));
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded()) return fail(ErrorCode::syntax, "is not JSON", printable(file));
  const Place place{file, "", ""};
  const bool whole = root.is_object() && root.contains("devices") && root["devices"].is_array();
  if (!whole) return place.error("has no list of devices: {\"schema\": 1, \"devices\": […]}");
  for (const auto& [key, value] : root.items()) {
    if (key == "schema" && value != 1) return place.error("schema is 1");
    if (key != "schema" && key != "devices")
      return place.error(reckon::quoted(key) + " is no field of a file of devices");
  }
  std::vector<Device> devices;
  std::set<std::string, std::less<>> names;
  for (const Json& row : root["devices"]) {
    RECKON_ASSIGN(Device device, read_device(row, devices.size(), file));
    if (!names.insert(device.name).second)
      return Place{file, device.name, "name"}.error("is given to two devices");
    devices.push_back(std::move(device));
  }
  return devices;
}

Result<std::vector<Device>> read_devices(ByteSource& source) {
  if (source.size_bytes() > max_file_bytes)
    return fail(ErrorCode::limit, "a file of devices has at most 1 MiB", printable(source.name()));
  std::string text(static_cast<std::size_t>(source.size_bytes()), '\0');
  RECKON_TRY(source.read(0, std::as_writable_bytes(std::span(text))));
  return parse_devices(text, source.name());
}

}  // namespace reckon
