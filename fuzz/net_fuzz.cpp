// Any text in the network language: an error or a model, and a model can be analysed.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "analyze_model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  const std::string_view text(reinterpret_cast<const char*>(data), n_bytes);
  reckon::analyze_model(reckon::open_network_text(text, "fuzz.net"));
  return 0;
}
