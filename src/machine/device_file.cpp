// A file of devices: {"schema": 1, "devices": [device, …]}, or one device alone. What
// `reckon devices --format json` prints is such a file ("reckon" stands beside "devices" there).
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"
#include "machine/device_row.h"

namespace reckon {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_file_bytes = 1024 * 1024;
constexpr int max_nesting = 16;

// Looks for the first byte that is not JSON, and for nesting that no file of devices has: a tree of
// it would be built before anything could be refused.
struct Scan : nlohmann::json_sax<Json> {
  std::size_t wrong_at = 0;  // counted from 1
  int depth = 0;
  bool too_deep = false;

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return --depth >= 0; }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return --depth >= 0; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    wrong_at = position;
    return false;
  }

 private:
  bool enter() {
    too_deep = ++depth > max_nesting;
    return !too_deep;
  }
};

// "own.json:3:14" of the byte `at`, counted from 1.
std::string line_and_column(std::string_view text, std::size_t at, std::string_view file) {
  const std::string_view before = text.substr(0, at > 0 ? std::min(at - 1, text.size()) : 0);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
  return printable(file) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

}  // namespace

std::unexpected<Error> Place::error(std::string_view message) const {
  std::string where = printable(file);
  if (!device.empty()) where += ": " + printable(device);
  if (!field.empty()) where += ": " + printable(field);
  const std::string subject = !field.empty()   ? printable(field) + " "
                              : device.empty() ? ""
                                               : "a device ";
  return fail(ErrorCode::syntax, subject + std::string(message), std::move(where));
}

Result<std::vector<Device>> parse_devices(std::string_view text, std::string_view file) {
  if (text.size() > max_file_bytes)
    return fail(ErrorCode::limit, "a file of devices has at most 1 MiB", printable(file));
  Scan scan;
  if (!Json::sax_parse(text, &scan)) {
    if (scan.too_deep)
      return fail(ErrorCode::syntax, "is nested deeper than any device", printable(file));
    return fail(ErrorCode::syntax, "is not JSON", line_and_column(text, scan.wrong_at, file));
  }
  const Json root = Json::parse(text, nullptr, false);
  const Place place{file, "", ""};
  if (!root.is_object()) return place.error("is no device and no list of devices");
  if (!root.contains("devices")) {
    RECKON_ASSIGN(Device device, read_device_row(root, 0, file));
    return std::vector<Device>{std::move(device)};
  }
  if (!root["devices"].is_array())
    return place.error("has no list of devices: {\"schema\": 1, \"devices\": […]}");
  for (const auto& [key, value] : root.items()) {
    if (key == "schema" && value != 1) return place.error("schema is 1");
    constexpr std::string_view known[] = {"schema", "devices", "reckon"};
    if (std::find(std::begin(known), std::end(known), key) == std::end(known))
      return place.error(quoted(std::string_view(key)) + " is no field of a file of devices" +
                         did_you_mean(key, known));
  }
  std::vector<Device> devices;
  std::set<std::string, std::less<>> names;
  for (const Json& row : root["devices"]) {
    RECKON_ASSIGN(Device device, read_device_row(row, devices.size(), file));
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

DeviceSpec device_spec(std::string_view word) {
  const std::size_t hash = word.rfind('#');
  const std::string_view path = word.substr(0, hash);
  if (path.find('/') == std::string_view::npos && !path.ends_with(".json")) return {"", word};
  return {path, hash == std::string_view::npos ? std::string_view() : word.substr(hash + 1)};
}

Result<Device> one_device(std::span<const Device> devices, std::string_view name,
                          std::string_view file) {
  if (devices.empty())
    return fail(ErrorCode::not_found, "there is no device in this file", printable(file));
  if (name.empty() && devices.size() == 1) return devices[0];
  std::vector<std::string_view> known;
  std::string list;
  for (const Device& device : devices) {
    if (device.name == name) return device;
    known.push_back(device.name);
    if (known.size() <= 8) list.append(list.empty() ? "" : ", ").append(device.name);
  }
  if (known.size() > 8) list += ", …";
  if (name.empty())
    return fail(ErrorCode::bad_argument,
                "the file has " + std::to_string(devices.size()) + " devices: name one as " +
                    printable(file) + "#" + printable(known[0]) + " (" + list + ")",
                "`device`");
  const std::string guess = did_you_mean(name, known);
  return fail(ErrorCode::not_found,
              "there is no device " + quoted(name) + " in this file" +
                  (guess.empty() ? "; it has " + list : guess),
              printable(file));
}

}  // namespace reckon
