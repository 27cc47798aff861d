// Where something stands in a text that a person wrote.
#pragma once

#include <cstdint>
#include <string>

namespace reckon::language {

struct Place {
  std::uint32_t line = 0, column = 0;  // from 1, columns count characters; 0: nowhere
  const std::string* file = nullptr;   // name of the text, which outlives its places

  // "act-1.toml:12:5"
  std::string text() const {
    return (file == nullptr ? std::string() : *file) +
           (line == 0 ? "" : ":" + std::to_string(line) + ":" + std::to_string(column));
  }
};

}  // namespace reckon::language
