// The reader of one device:
//   {"name": "…", "standing": "reference", "mem_bytes": 85899345920,
//    "tdp_w": {"value": 700, "standing": "assumed", "source": "…"}, …}
// A figure is a number, which has the standing of its device, or an object with its own. What
// `reckon devices show NAME --format json` prints is read as well; there, figures are a list:
//   "figures": [{"name": "tdp_w", "value": 700, "unit": "W", "what": "…", "standing": "…", …}, …]
#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "machine/device.h"
#include "machine/device_row.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_text_bytes = 1000;  // of one text in the file

constexpr std::string_view text_fields[] = {"name",       "title",  "class",
                                            "confidence", "source", "notes"};
constexpr Standing standings[] = {Standing::exact, Standing::measured, Standing::modelled,
                                  Standing::reference, Standing::assumed};

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

// Figures outside are typing mistakes or another unit: no machine is within orders of magnitude.
struct Span {
  std::string_view unit;
  double least, most;
};
constexpr Span spans[] = {{"B", 0, 1e18},  {"FLOP/s", 1, 1e21}, {"OP/s", 1, 1e21}, {"B/s", 1, 1e18},
                          {"Hz", 1, 1e12}, {"W", 1e-9, 1e9},    {"s", 1e-12, 100}, {"", 0, 1e9}};

Status check_span(double x, const DeviceFigure& figure, const Place& place) {
  for (const Span& span : spans) {
    if (span.unit != figure.unit || (x == 0 && figure.may_be_zero)) continue;
    const std::string unit =
        span.unit.empty() ? std::string() : "; its unit is " + std::string(span.unit);
    if (x > span.most) return place.error("is too large for a machine" + unit);
    if (x < span.least) return place.error("is too small for a machine" + unit);
  }
  return {};
}

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
  RECKON_TRY(check_span(number.real, figure, place));
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
        constexpr std::string_view parts[] = {"value", "standing", "source"};
        return place.error("holds " + reckon::quoted(key) +
                           "; it may hold value, standing and source" + did_you_mean(key, parts));
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

const DeviceFigure* find_figure(std::string_view name) {
  for (const DeviceFigure& figure : device_figures())
    if (figure.name == name) return &figure;
  return nullptr;
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

// One element of the list that `devices show --format json` prints.
Status read_listed(const Json& entry, Place place, Device& device) {
  if (!entry.is_object()) return place.error("holds something that is no object");
  const auto name = entry.find("name");
  if (name == entry.end() || !name->is_string())
    return place.error("holds an entry without a name");
  place.field = name->get<std::string>();
  const DeviceFigure* const figure = find_figure(place.field);
  if (figure == nullptr) return unknown_field(place.field, place);
  Json bare = Json::object();
  for (const auto& [key, part] : entry.items()) {
    if (key == "unit") {
      RECKON_ASSIGN(const std::string unit, read_text(part, place));
      if (unit != figure->unit)
        return place.error("is in " +
                           (figure->unit.empty() ? "no unit" : std::string(figure->unit)) +
                           ", not in " + reckon::quoted(std::string_view(unit)));
    } else if (key != "name" && key != "what") {
      bare[key] = part;
    }
  }
  return read_figure(bare, *figure, place, device);
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
    if (at->is_null()) return {};  // as `devices show` writes a year that nobody knows
    if (!at->is_number_integer() || at->get<double>() < 1900 || at->get<double>() > 2200)
      return place.error("is not a year");
    device.year = at->get<std::int64_t>();
  }
  return {};
}

}  // namespace

Result<Device> read_device_row(const Json& row, std::size_t index, std::string_view file) {
  Place place{file, "device " + std::to_string(index + 1), ""};
  if (!row.is_object()) return place.error("is not an object");
  Device device;
  RECKON_TRY(read_head(row, place, device));
  for (const auto& [key, value] : row.items()) {
    place.field = key;
    if (const DeviceFigure* const figure = find_figure(key); figure != nullptr) {
      RECKON_TRY(read_figure(value, *figure, place, device));
    } else if (key == "figures") {
      if (!value.is_array()) return place.error("is not a list");
      for (const Json& entry : value) RECKON_TRY(read_listed(entry, place, device));
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

}  // namespace reckon
