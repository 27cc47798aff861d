// Rows of the table of built-in networks, which is generated from networks/*.net.
#pragma once

#include <string_view>

#include "formats/model.h"

namespace reckon {

// The summary is the first line, a comment: "# LeNet-5 …".
constexpr BuiltIn network(std::string_view name, std::string_view text) {
  std::string_view summary = text.substr(0, text.find('\n'));
  while (summary.starts_with('#') || summary.starts_with(' ')) summary.remove_prefix(1);
  return {name, summary, text};
}

}  // namespace reckon
