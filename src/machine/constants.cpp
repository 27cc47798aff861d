// The reader of constants.json:
//   {"schema": 1, "constants": [{"name": "relu.transistors", "label": "ReLU unit", "value": 50,
//     "unit": "transistors", "standing": "reference", "editable": true, "source": "…"}, …]}
// with "low" and "high" in place of "value" for a range.
#include "machine/constants.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "machine/constant_data.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_file_bytes = 1024 * 1024;
constexpr double max_value = 1e12;
constexpr Standing standings[] = {Standing::exact, Standing::measured, Standing::modelled,
                                  Standing::reference, Standing::assumed};

struct Place {
  std::string_view file;
  std::string constant;

  std::unexpected<Error> error(std::string message) const {
    return fail(ErrorCode::bad_argument, std::move(message),
                printable(file) + ": " + printable(constant));
  }
};

Result<double> read_number(const Json& value, const Place& place) {
  const double number = value.is_number() ? value.get<double>() : -1;
  if (!(number >= 0 && number <= max_value))
    return place.error("a number of 0 to 1e12 is expected");
  return number;
}

Status read_field(std::string_view key, const Json& value, const Place& place,
                  HardwareConstant& row, int& n_values) {
  const std::pair<std::string_view, std::string*> texts[] = {
      {"name", &row.name}, {"label", &row.label}, {"unit", &row.unit}, {"source", &row.source}};
  for (const auto& [name, text] : texts)
    if (key == name) {
      if (!value.is_string()) return place.error(reckon::quoted(key) + " is not a text");
      *text = value.get<std::string>();
      return {};
    }
  if (key == "value" || key == "low" || key == "high") {
    RECKON_ASSIGN(const double number, read_number(value, place));
    if (key != "high") row.low = number;
    if (key != "low") row.high = number;
    n_values += key == "value" ? 2 : 1;
  } else if (key == "editable") {
    if (!value.is_boolean()) return place.error("editable is true or false");
    row.editable = value.get<bool>();
  } else if (key == "standing") {
    for (const Standing standing : standings)
      if (value == to_string(standing)) {
        row.standing = standing;
        return {};
      }
    return place.error("standing is one of exact, measured, modelled, reference, assumed");
  } else {
    return place.error(reckon::quoted(key) + " is no field of a constant");
  }
  return {};
}

Result<HardwareConstant> read_row(const Json& json, std::size_t index, std::string_view file) {
  Place place{file, "constant " + std::to_string(index + 1)};
  if (!json.is_object()) return place.error("is not an object");
  if (const auto name = json.find("name"); name != json.end() && name->is_string())
    place.constant = name->get<std::string>();
  HardwareConstant row;
  int n_values = 0;
  for (const auto& [key, value] : json.items())
    RECKON_TRY(read_field(key, value, place, row, n_values));
  if (row.name.empty() || row.unit.empty() || row.source.empty())
    return place.error("a constant has a name, a unit and a source");
  if (n_values != 2 || row.low > row.high)
    return place.error("a constant has a value, or low and high in this order");
  if (row.whole() && (row.low != std::floor(row.low) || row.high != std::floor(row.high)))
    return place.error("is not a whole number");
  return row;
}

}  // namespace

Result<HardwareConstants> HardwareConstants::parse(std::string_view text, std::string_view file) {
  if (text.size() > max_file_bytes)
    return fail(ErrorCode::limit, "a file of constants has at most 1 MiB", printable(file));
  const Json root = Json::parse(text, nullptr, false);
  if (root.is_discarded()) return fail(ErrorCode::syntax, "is not JSON", printable(file));
  if (!root.is_object() || !root.contains("constants") || !root["constants"].is_array())
    return fail(ErrorCode::bad_argument, "has no list of constants", printable(file));
  HardwareConstants constants;
  for (const Json& json : root["constants"]) {
    RECKON_ASSIGN(HardwareConstant row, read_row(json, constants.rows_.size(), file));
    if (constants.find(row.name) != nullptr) return Place{file, row.name}.error("is there twice");
    constants.rows_.push_back(std::move(row));
  }
  return constants;
}

Result<HardwareConstants> HardwareConstants::built_in() {
  return parse(constants_json(), "constants.json");
}

const HardwareConstant* HardwareConstants::find(std::string_view name) const {
  const auto at = std::ranges::find_if(rows_, [&](const auto& row) { return row.name == name; });
  return at == rows_.end() ? nullptr : &*at;
}

Status HardwareConstants::set(std::string_view name, double value) {
  const auto at = std::ranges::find_if(rows_, [&](const auto& row) { return row.name == name; });
  const auto wrong = [&](ErrorCode code, std::string message) {
    return fail(code, std::move(message), printable(name));
  };
  std::vector<std::string_view> names;
  for (const HardwareConstant& row : rows_) names.push_back(row.name);
  if (at == rows_.end())
    return wrong(ErrorCode::not_found,
                 "there is no constant " + quoted(name) + did_you_mean(name, names));
  if (!at->editable) return wrong(ErrorCode::bad_argument, "this constant cannot be changed");
  if (!(value >= 0 && value <= max_value))
    return wrong(ErrorCode::bad_argument, "a number of 0 to 1e12 is expected");
  if (at->whole() && value != std::floor(value))
    return wrong(ErrorCode::bad_argument, "a whole number is expected");
  at->overridden = at->overridden || value != at->low || value != at->high;
  at->low = at->high = value;
  if (at->overridden) {
    at->standing = Standing::assumed;
    at->source = "given in the question";
  }
  return {};
}

}  // namespace reckon
