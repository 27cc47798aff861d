// In place of the ONNX reader where the engine is in a page.
#include "base/text.h"
#include "formats/onnx/onnx.h"

namespace reckon {

bool onnx_match(ByteSource&) {
  return false;
}

Result<Model> onnx_open(ByteSource& source) {
  return fail(ErrorCode::unsupported,
              "the engine of a page reads networks in the network language only; the program "
              "'reckon' reads ONNX files",
              printable(source.name()));
}

}  // namespace reckon
