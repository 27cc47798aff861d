// Where something stands in the files of a lab.
#pragma once

#include <cstdint>
#include <string>

namespace reckon::lab {

struct Place {
  std::uint32_t line = 0, column = 0;  // from 1; 0: nowhere
  const std::string* file = nullptr;   // name of a file of the lab, which owns it

  // "act-1.toml:12:5"
  std::string text() const {
    return (file == nullptr ? std::string("lab") : *file) +
           (line == 0 ? "" : ":" + std::to_string(line) + ":" + std::to_string(column));
  }
};

}  // namespace reckon::lab
