#include "formats/onnx/metadata.h"

#include "formats/onnx/fields.h"

namespace reckon {

MetadataEntry read_metadata(WireReader& wire, Message message) {
  MetadataEntry out;
  Field field;
  while (wire.next(message, field)) {
    if (field.wire != Wire::bytes || field.size > WireReader::window_bytes) continue;
    if (field.number == onnx::entry::key) out.key = wire.text(field);
    if (field.number == onnx::entry::value) out.value = wire.text(field);
  }
  return out;
}

Stated stated_by(const MetadataEntry& entry) {
  if (entry.key != "pkg.torch.export.graph_signature.InputSpec.kind") return Stated::nothing;
  if (entry.value == "PARAMETER") return Stated::parameter;
  if (entry.value == "BUFFER") return Stated::buffer;
  if (entry.value == "CONSTANT_TENSOR") return Stated::constant;
  return Stated::nothing;
}

}  // namespace reckon
