// A model behind the C interface.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "formats/model.h"
#include "reckon/reckon.h"

struct reckon_model {
  std::shared_ptr<const reckon::Model> model;  // null when it could not be opened
  std::string error;                           // the error object; empty when it was opened
};

namespace reckon {

// For whoever called, who gives it back to reckon_free; null when memory is exhausted.
inline char* copied(const std::string& text) {
  auto* out = static_cast<char*>(std::malloc(text.size() + 1));
  if (out != nullptr) std::memcpy(out, text.c_str(), text.size() + 1);
  return out;
}

}  // namespace reckon
