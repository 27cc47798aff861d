// Any bytes as an ONNX file: an error or a model, and a model can be analysed.
#include <cstddef>
#include <cstdint>
#include <span>

#include "analyze_model.h"
#include "formats/onnx/onnx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t n_bytes) {
  const auto source = reckon::memory_source(std::as_bytes(std::span(data, n_bytes)));
  (void)reckon::onnx_match(*source);
  reckon::analyze_model(reckon::onnx_open(*source));
  return 0;
}
