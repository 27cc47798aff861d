// Between the reader of a file of devices and that of one of its rows.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "machine/device.h"

namespace reckon {

// Where an error happened: "own.json: my-board: mem_bytes". The field begins the sentence, too.
struct Place {
  std::string_view file;
  std::string device;
  std::string field;

  std::unexpected<Error> error(std::string_view message) const;
};

// The device `index` (from 0) of a file; fails with syntax at the device and the field.
Result<Device> read_device_row(const nlohmann::json& row, std::size_t index, std::string_view file);

}  // namespace reckon
